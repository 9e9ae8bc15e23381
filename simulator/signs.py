"""Lane signs over the booths: which class a lane serves and whether it is open, changing with time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import pyvista as pv

from simulator.site import Lane
from simulator.stage import Image
from simulator.traffic import LaneTraffic

WIDE_M, FOOT_M, TOP_M, FACE_Y_M = 3.4, 4.7, 6.95, 7.95
"""The board hangs before the canopy and faces upstream."""
TEXTS = {"fast": "FAST/EXPRES", "standard": "TRUCKS/CAMIONS", "nexus": "NEXUS"}
_GREEN, _RED, _AMBER, _BOARD = (40, 230, 90), (240, 44, 36), (255, 196, 60), (14, 14, 16)
_FACE_PX = (224, 340)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a lane's sign shows between two moments: `state` is open (green arrow) or closed (red cross)."""

    lane: str
    from_s: float
    to_s: float
    state: str
    lane_class: str
    text: str


def shown(traffic: Iterable[LaneTraffic], seed: int, length_s: float) -> list[Shown]:
    """Closed until the first vehicle comes and after the last has left; between, another class for a while.

    The class on the sign changes nothing in the traffic.
    """
    found = []
    for number, part in enumerate(traffic):
        rng = np.random.default_rng([seed, 11, number])
        own = part.lane.stream.rpartition("/")[2]
        other = str(rng.choice([name for name in TEXTS if name != own]))
        opens = min((drive.enter_s for drive in part.drives), default=length_s) + 2.0
        closes = max((drive.gone_s or length_s for drive in part.drives), default=length_s)
        shares = (rng.uniform(0.2, 0.4), rng.uniform(0.55, 0.8))
        changes = [float(opens + share * (closes - opens)) for share in shares]
        times = [round(at_s, 1) for at_s in (0.0, opens, *changes, closes, length_s)]
        states = [("closed", own), ("open", own), ("open", other), ("open", own), ("closed", own)]
        found += [
            Shown(part.lane.id, start, end, state, name, TEXTS[name])
            for start, end, (state, name) in zip(times, times[1:], states, strict=False)
            if end > start
        ]
    return found


def rows(signs: Iterable[Shown]) -> list[dict[str, Any]]:
    """As truth.json writes them."""
    return [
        {key.replace("lane_class", "class"): value for key, value in asdict(one).items()} for one in signs
    ]


def corners_m(lane: Lane) -> list[tuple[float, float, float]]:
    """Two opposite corners of the board, metres."""
    half = WIDE_M / 2
    return [(lane.x_m + half, FACE_Y_M, TOP_M), (lane.x_m - half, FACE_Y_M, FOOT_M)]


def face(sign: Shown) -> Image:
    """The board's face, (height, width, 3) uint8 RGB: text above, arrow or cross below."""
    height, width = _FACE_PX
    image = np.full((height, width, 3), _BOARD, np.uint8)
    for row, word in enumerate(sign.text.split("/")):
        scale = min(2.4, 0.86 * width / cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 5)[0][0])
        (wide, _), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, scale, 6)
        place = ((width - wide) // 2, 52 + 52 * row)
        cv2.putText(image, word, place, cv2.FONT_HERSHEY_SIMPLEX, scale, _AMBER, 7)
    middle, top, foot = width // 2, 120, height - 14
    if sign.state == "open":
        cv2.arrowedLine(image, (middle, top), (middle, foot), _GREEN, 18, tipLength=0.55)
    else:
        for side in (-1, 1):
            cv2.line(image, (middle - side * 48, top), (middle + side * 48, foot), _RED, 18)
    return image


def board(lane: Lane) -> pv.PolyData:
    """The board's face in the scene, with texture coordinates as the upstream side reads them."""
    half = WIDE_M / 2
    left, right = lane.x_m + half, lane.x_m - half
    points = [
        (left, FACE_Y_M, FOOT_M),
        (right, FACE_Y_M, FOOT_M),
        (right, FACE_Y_M, TOP_M),
        (left, FACE_Y_M, TOP_M),
    ]
    mesh = pv.PolyData(np.array(points), faces=np.array([4, 0, 1, 2, 3]))
    mesh.active_texture_coordinates = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    return mesh
