"""How a camera sways on its pole: where its picture lies now, compared with where it lies on average.

Corners of what does not move (kerbs, poles, markings) are found again in each picture and tell a shift and a
turn. Lines and ground points were drawn on a picture like any other, so the average is where they hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.measure.geometry import XYXY, Floats, Point
from edge.vision import Luma

WIDTH_PX = 640
"""Larger pictures are looked at by a whole number smaller, about so wide."""

CORNERS, LEAST_CORNERS = 40, 8
QUALITY, APART_PX = 0.02, 10.0
"""So many corners are followed, none much weaker than the strongest, nor nearer to another; with fewer
nothing is told."""

WINDOW_PX, LEVELS = 11, 1
OFF_PX, TRIES = 1.5, 100
"""A corner that is off by more moved by itself; who did is found in so many tries."""

LEAST_SHARE = 0.5
RENEW_S = 5.0
"""With fewer corners found again than this share others are looked for, not more often than so."""

MEMORY_S, GAP_S = 30.0, 1.0
"""The average is of so long; a pause between two looks counts for no more than the second."""

STEADY_PX = 0.4
"""A camera whose picture is usually off by less than this (px, at its corners) does not sway."""

Motion = tuple[float, float, float]
"""How far the middle of a picture is off to the right and down (px), and its small turn (rad)."""

NONE: Motion = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Swayed:
    """The brightness of a picture, its middle (px), and how it lies compared with the average one."""

    luma: Luma
    middle: Point
    motion: Motion = NONE

    def kept(self) -> Swayed:
        """The same for later: a picture is the decoder's, and written over."""
        return replace(self, luma=self.luma.copy())

    @property
    def lies(self) -> Floats:
        """Where (px) a place of the average picture is in this one: (2, 3)."""
        (x, y), (right, down, turn) = self.middle, self.motion
        return np.array([[1.0, -turn, right + turn * y], [turn, 1.0, down - turn * x]])

    def steady(self, xyxy: XYXY) -> XYXY:
        """Where a box (px) of this picture would lie in the average one, going by its foot."""
        (x, y), (right, down, turn) = self.middle, self.motion
        x0, y0, x1, y1 = xyxy
        by_x, by_y = right - turn * (y1 - y), down + turn * ((x0 + x1) / 2 - x)
        return x0 - by_x, y0 - by_y, x1 - by_x, y1 - by_y


@dataclass(frozen=True, slots=True, eq=False)
class _Reference:
    """A small picture, its corners (n, 2) px, when it was taken (s) and how it lay."""

    grey: Luma
    corners: NDArray[np.float32]
    at: float
    motion: Motion


class Pole:
    """What the pictures of one camera, `width` x `height` px, have told of its sway so far."""

    def __init__(self, width: int, height: int) -> None:
        self._by = max(1, round(width / WIDTH_PX))
        self._middle = width / 2, height / 2
        self._reference: _Reference | None = None
        self._motion = self._mean = NONE
        self._known_s = self._square = 0.0
        self._at: float | None = None

    def look(self, luma: Luma, moving: Iterable[XYXY], at: float) -> Swayed:
        """How the picture at `at` (s) lies; `moving`: boxes of what may move by itself, px."""
        grey, known = self._small(luma), self._reference
        found = None if known is None else self._found(grey, known)
        if found is not None:
            self._motion = found
        elif known is None or not 0 <= at - known.at < RENEW_S:
            self._reference = _Reference(grey.copy(), self._corners(grey, moving), at, self._motion)
        return Swayed(luma, self._middle, self._off(at))

    def _off(self, at: float) -> Motion:
        """How far from the average it is at `at`, as far as the camera sways at all."""
        by_s = 0.0 if self._at is None else min(max(at - self._at, 0.0), GAP_S)
        self._at, self._known_s = at, min(self._known_s + by_s, MEMORY_S)
        share = by_s / self._known_s if self._known_s else 1.0
        off = _between(self._motion, self._mean, 1.0 - share)
        self._mean = _between(self._motion, off, 1.0)
        size = hypot(off[0], off[1]) + abs(off[2]) * hypot(*self._middle)
        self._square += share * (size * size - self._square)
        return off if self._square > STEADY_PX**2 else NONE

    def _small(self, luma: Luma) -> Luma:
        if self._by == 1:
            return luma
        size = luma.shape[1] // self._by, luma.shape[0] // self._by
        return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _corners(self, grey: Luma, moving: Iterable[XYXY]) -> NDArray[np.float32]:
        still = np.full(grey.shape, 255, np.uint8)
        for box in moving:
            x0, y0, x1, y1 = (max(int(edge / self._by), 0) for edge in box)
            still[y0 : y1 + 1, x0 : x1 + 1] = 0
        found = cv2.goodFeaturesToTrack(grey, CORNERS, QUALITY, APART_PX, mask=still)
        return np.zeros((0, 2), np.float32) if found is None else np.asarray(found[:, 0], np.float32)

    def _found(self, grey: Luma, known: _Reference) -> Motion | None:
        """How the picture lies compared with the first one; None: too little of it is found again.

        Sources: Lucas and Kanade (1981) by pyramids, Bouguet (2000); who moved by himself: RANSAC,
        Fischler and Bolles (1981).
        """
        if len(known.corners) < LEAST_CORNERS:
            return None
        size = WINDOW_PX, WINDOW_PX
        now, ok, _ = cv2.calcOpticalFlowPyrLK(
            known.grey, grey, known.corners, known.corners.copy(), winSize=size, maxLevel=LEVELS
        )
        shown = ok[:, 0] == 1
        if shown.sum() < LEAST_CORNERS:
            return None
        lies, agree = cv2.estimateAffinePartial2D(
            known.corners[shown], now[shown], ransacReprojThreshold=OFF_PX, maxIters=TRIES
        )
        if lies is None or agree.sum() < max(LEAST_CORNERS, LEAST_SHARE * len(known.corners)):
            return None
        x, y = self._middle[0] / self._by, self._middle[1] / self._by
        right, down = (lies @ (x, y, 1.0) - (x, y)) * self._by
        before = known.motion
        return before[0] + float(right), before[1] + float(down), before[2] + float(lies[1, 0])


def _between(one: Motion, other: Motion, share: float) -> Motion:
    """What one motion is more than another one, or a share of that."""
    return share * (one[0] - other[0]), share * (one[1] - other[1]), share * (one[2] - other[2])
