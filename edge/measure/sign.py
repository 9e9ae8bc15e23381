"""What a lane sign shows: its region against reference crops of each state, voted over seconds. Pure.

A region that is dark, flat, like no reference, or about as like to two states is unknown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.config import CameraConfig, ImagePoint
from edge.vision import Image, Picture, SignSeen

STATES = ("fast", "standard", "nexus", "ready", "bus", "closed")
"""What central knows a sign to say; `closed` is none of the classes."""

SIDE_PX = 48
"""Crops are compared at this length of their longer side."""

SHIFT_PX = 3
"""A camera that sways in the wind moves the sign by up to so much of that."""

DARK, FLAT = 40.0, 6.0
"""Grey levels: no pixel brighter, or a spread smaller, is a sign that is off, covered or in the dark."""

SHAPE = 0.65
"""Weight of the shape (correlation) against that of the colours (histogram)."""

LEAST, AHEAD = 0.6, 0.06
"""A state must be at least so alike, and ahead of every other state by so much."""

TOO_ALIKE = 0.9
"""Two states whose references are more alike than this cannot be told from each other."""

EVERY_S, VOTE_S, SURE_S = 0.5, 5.0, 2.0
"""How often a sign is looked at, how long looks count, and for how long a state must have been seen."""

MAJORITY = 0.6
HUES, STRENGTHS = 12, 3


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A crop made comparable: grey levels (h, w) without mean, and shares of its colours (n,)."""

    grey: NDArray[np.float32]
    colours: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The sign as it looked in a known state."""

    state: str
    look: Look


def crop_of(image: Image, corners: tuple[ImagePoint, ImagePoint]) -> Image:
    """The part (h, w, 3) of a picture between two opposite corners, fractions; at least one pixel."""
    height, width = image.shape[:2]
    (ax, ay), (bx, by) = corners
    x0, x1 = sorted((round(ax * width), round(bx * width)))
    y0, y1 = sorted((round(ay * height), round(by * height)))
    x0, y0 = min(x0, width - 1), min(y0, height - 1)
    return image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]


def look_at(crop: Image) -> Look | None:
    """The crop (h, w, 3) BGR made comparable; None when nothing can be seen on it."""
    scale = SIDE_PX / max(crop.shape[:2])
    size = (max(8, round(crop.shape[1] * scale)), max(8, round(crop.shape[0] * scale)))
    small = cv2.resize(crop, size, interpolation=cv2.INTER_LINEAR)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    if grey.max() < DARK or grey.std() < FLAT:
        return None
    return Look(grey - grey.mean(), _colours(np.asarray(small, np.uint8)))


def likeness(one: Look, other: Look) -> float:
    """How alike two looks are, 0 to 1; looks of another shape are not alike at all."""
    if one.grey.shape != other.grey.shape:
        return 0.0
    framed = np.pad(one.grey, SHIFT_PX, "edge")
    shape = float(cv2.matchTemplate(framed, other.grey, cv2.TM_CCOEFF_NORMED).max())
    colours = float(np.minimum(one.colours, other.colours).sum())
    return SHAPE * max(0.0, shape) + (1 - SHAPE) * colours


def references_of(crops: Sequence[tuple[str, Image]]) -> tuple[Reference, ...]:
    """References of (state, crop); crops on which nothing can be seen are left out."""
    looks = [(state, look_at(crop)) for state, crop in crops]
    return tuple(Reference(state, look) for state, look in looks if look is not None)


def too_alike(references: Sequence[Reference]) -> tuple[tuple[str, str], ...]:
    """Pairs of states that cannot be told from each other."""
    found = {
        (min(a.state, b.state), max(a.state, b.state))
        for a, b in combinations(references, 2)
        if a.state != b.state and likeness(a.look, b.look) > TOO_ALIKE
    }
    return tuple(sorted(found))


def read(crop: Image, references: Sequence[Reference]) -> tuple[str, float] | None:
    """State and likeness of one look; None when it is unknown."""
    look = look_at(crop)
    if look is None:
        return None
    best: dict[str, float] = {}
    for reference in references:
        best[reference.state] = max(likeness(look, reference.look), best.get(reference.state, 0.0))
    ranked = sorted(best.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < LEAST:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < AHEAD:
        return None
    return ranked[0]


class SignReader:
    """One sign over time."""

    def __init__(
        self, lane: str, corners: tuple[ImagePoint, ImagePoint], references: Sequence[Reference]
    ) -> None:
        self.lane = lane
        self._corners = corners
        self._references = tuple(references)
        self._looks: deque[tuple[float, tuple[str, float] | None]] = deque()

    def see(self, image: Image, at: float) -> SignSeen:
        """The picture at `at` (s); times must not fall."""
        self._looks.append((at, read(crop_of(image, self._corners), self._references)))
        while at - self._looks[0][0] > VOTE_S:
            self._looks.popleft()
        votes: dict[str, list[tuple[float, float]]] = {}
        for seen_at, found in self._looks:
            if found is not None:
                votes.setdefault(found[0], []).append((seen_at, found[1]))
        for state, seen in votes.items():
            if len(seen) > MAJORITY * len(self._looks) and at - seen[0][0] >= SURE_S:
                return SignSeen(self.lane, state, sum(score for _, score in seen) / len(seen))
        return SignSeen(self.lane, None, None)


class SignWatch:
    """All signs of one camera, looked at every half second."""

    def __init__(self, readers: Sequence[SignReader]) -> None:
        self._readers = tuple(readers)
        self._due = float("-inf")

    @staticmethod
    def of(camera: CameraConfig, references: dict[str, tuple[Reference, ...]]) -> SignWatch:
        """Readers of the camera's lanes with a sign; `references` by lane."""
        signed = [(lane.id, lane.sign) for lane in camera.lanes if lane.sign]
        return SignWatch([SignReader(lane, corners, references.get(lane, ())) for lane, corners in signed])

    def see(self, picture: Picture, at: float) -> tuple[SignSeen, ...]:
        """What the signs show at `at` (s); nothing between two looks."""
        if not self._readers or at < self._due:
            return ()
        self._due = at + EVERY_S - 1e-3
        return tuple(reader.see(picture.bgr(), at) for reader in self._readers)


def _colours(small: Image) -> NDArray[np.float32]:
    """Shares (HUES x STRENGTHS,) of hue and saturation, weighted by brightness: what shines counts."""
    hue, saturation, value = cv2.split(cv2.cvtColor(small, cv2.COLOR_BGR2HSV))
    bins = (hue.astype(int) * HUES // 180) * STRENGTHS + saturation.astype(int) * STRENGTHS // 256
    grey = saturation < 256 // STRENGTHS
    bins[grey] = bins[grey] % STRENGTHS
    weights = value.astype(float) ** 2
    shares = np.bincount(bins.ravel(), weights.ravel(), HUES * STRENGTHS)
    return np.asarray(shares / max(shares.sum(), 1e-9), np.float32)
