"""What really happened in a recording: vehicles, waits, and when each crossed which line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simulator.approach import LINE_M
from simulator.cameras import Camera
from simulator.driving import Drive
from simulator.site import TAIL_LINE_M, Lane
from simulator.traffic import LaneTraffic

SCHEMA = "lanewatch-sim/1"
NEIGHBOUR_WITHIN_S = 60.0


def truth(
    seed: int, length_s: float, traffic: Iterable[LaneTraffic], tail: Camera, booth: Camera
) -> dict[str, Any]:
    """The content of truth.json: seconds from the first frame, null where it did not happen."""
    parts = list(traffic)
    crossings = [
        row
        for part in parts
        for drive in part.drives
        for row in (
            _crossing(part.lane, "tail", tail, drive, length_s),
            _crossing(part.lane, "booth", booth, drive, length_s),
        )
        if row is not None
    ]
    return {
        "schema": SCHEMA,
        "seed": seed,
        "length_s": length_s,
        "vehicles": [
            _vehicle(part.lane, drive, tail, booth, length_s) for part in parts for drive in part.drives
        ],
        "crossings": sorted(crossings, key=lambda row: (row["t_s"], row["lane"])),
    }


def approach_crossings(upstream: LaneTraffic, camera: Camera, length_s: float) -> list[dict[str, Any]]:
    """Crossings of the shared approach's line, as `crossings` has them."""
    rows = (_crossing(upstream.lane, "tail", camera, drive, length_s, LINE_M) for drive in upstream.drives)
    return [row for row in rows if row is not None]


def write_truth(path: Path, content: Mapping[str, Any]) -> None:
    """Write truth.json. `scored: false` in it says that a demo shows the recording and does not judge it."""
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def true_wait_s(content: Mapping[str, Any], stream: str, at_s: float) -> float | None:
    """True wait, seconds, of a vehicle that joins `stream` (e.g. `commercial/fast`) at `at_s`.

    Linear between the waits (booth_s - join_s) of the last vehicle that joined at or before `at_s` and the
    next one that joined at or after it. None where none can be told: before the first and after the last
    joiner, when either of the two joined more than 60 s away, or never reached its booth.
    """
    joined = [v for v in content["vehicles"] if v["stream"] == stream and v["join_s"] is not None]
    before = [v for v in joined if v["join_s"] <= at_s]
    after = [v for v in joined if v["join_s"] >= at_s]
    if not before or not after:
        return None
    last, following = max(before, key=_joined), min(after, key=_joined)
    if at_s - last["join_s"] > NEIGHBOUR_WITHIN_S or following["join_s"] - at_s > NEIGHBOUR_WITHIN_S:
        return None
    if last["booth_s"] is None or following["booth_s"] is None:
        return None
    span_s = following["join_s"] - last["join_s"]
    part = (at_s - last["join_s"]) / span_s if span_s else 0.0
    waits = [float(v["booth_s"] - v["join_s"]) for v in (last, following)]
    return waits[0] + part * (waits[1] - waits[0])


def _joined(vehicle: Mapping[str, Any]) -> float:
    return float(vehicle["join_s"])


def crossed_s(drive: Drive, camera: Camera, y_m: float) -> float | None:
    """When the side that the camera sees passed y_m: the rear if it faces away, else the front."""
    behind_m = drive.vehicle.length_m if camera.facing == "away" else 0.0
    return drive.crossed_s(y_m, behind_m)


def _vehicle(lane: Lane, drive: Drive, tail: Camera, booth: Camera, length_s: float) -> dict[str, Any]:
    return {
        "id": drive.vehicle.id,
        "stream": lane.stream,
        "lane": lane.id,
        "class": drive.vehicle.kind.counted_as,
        "length_m": drive.vehicle.length_m,
        "join_s": _within(drive.join_s, length_s),
        "tail_s": _within(crossed_s(drive, tail, TAIL_LINE_M), length_s),
        "booth_s": _within(drive.booth_s, length_s),
        "leave_s": _within(crossed_s(drive, booth, 0.0), length_s),
    }


def _crossing(
    lane: Lane, line: str, camera: Camera, drive: Drive, length_s: float, y_m: float | None = None
) -> dict[str, Any] | None:
    place_m = y_m if y_m is not None else TAIL_LINE_M if line == "tail" else 0.0
    at_s = _within(crossed_s(drive, camera, place_m), length_s)
    if at_s is None:
        return None
    return {"lane": lane.id, "line": line, "camera": camera.id, "t_s": at_s, "vehicle": drive.vehicle.id}


def _within(at_s: float | None, length_s: float) -> float | None:
    return round(at_s, 3) if at_s is not None and at_s < length_s else None
