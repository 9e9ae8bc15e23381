"""Where one vehicle is on its lane and how fast it drives, by its pixels.

Each box says where its lower end is, and is off by a pixel or more; how much it grew in the picture
(`growth.py`) says how far that end moved since, and hardly errs. So the mean of all boxes, carried on, says
where it is, also while something hides it, and within a second whether it stands.
"""

from __future__ import annotations

from math import exp, log

from edge.measure.advance import place_of
from edge.measure.geometry import TINY, XYXY, GroundPlane
from edge.measure.path import Path
from edge.measure.trail import Trail

NOISE_PX = 0.25
"""Standard deviation of how far growth says that it moved."""

MOST_LOOKS = 30
"""The mean forgets boxes from longer ago than about so many."""

MOST_PX = 1.5
"""A box that ends farther off says no more than this."""

STILL_PX = 0.5
"""Pixels that moved by less are where they were."""

WRONG_PX, WRONG_HEIGHTS = 4.0, 0.12
ABOVE_PX, BELOW_HEIGHTS = 3.0, 1.0
WRONG_LOOKS = 3
"""Something else was followed if boxes end elsewhere, or one that is hidden would end above what is seen of
it or far below, in so many looks one after the other."""


class Closely:
    """A vehicle as long as it is followed.

    near: how near its lower end is (`GroundPlane.nearness`); growth: a logarithm (`Growths`).
    """

    __slots__ = ("_growth", "_looks", "_near", "_path", "_wrong", "lane")

    def __init__(self, lane: str, near: float, growth: float) -> None:
        self.lane = lane
        self._near = log(near) - growth
        self._growth = growth
        self._looks = 1
        self._wrong = 0
        self._path = Path()

    @property
    def metres(self) -> float | None:
        """Metres upstream of the booth line at the last look."""
        return self._path.metres

    @property
    def trail(self) -> Trail:
        """Where it was in the last seconds."""
        return self._path.trail

    def later(self, by_s: float) -> Path:
        """Its way so many seconds after the last look, nobody having looked."""
        return self._path.later(by_s)

    def see(
        self, plane: GroundPlane, xyxy: XYXY, hidden: bool, growth: float, at: float, held: bool = False
    ) -> bool:
        """Take its box (px) at `at` (s), its lower edge hidden or not, and its growth; False: it is lost.

        `held`: the box is that of the last look, and fits as long as the pixels are where they were then.
        """
        x, y = (xyxy[0] + xyxy[2]) / 2, xyxy[3]
        near, slope = plane.nearness(x, y)
        if near <= 0 or slope <= 0:
            return False
        if not held:
            self._growth = growth
        still = abs(growth - self._growth) * near / slope < STILL_PX
        if still and not hidden:
            self._learn(log(near) - growth, MOST_PX * slope / near)
        off_px = (exp(self._near + growth) - near) / slope
        if not held:
            self._wrong = self._wrong + 1 if _is_wrong(off_px, xyxy[3] - xyxy[1], hidden) else 0
        place = place_of(plane, x, y + off_px, NOISE_PX)
        if self._wrong >= WRONG_LOOKS or place is None:
            return False
        self._path.see(place, at)
        return True

    def _learn(self, near: float, most: float) -> None:
        self._looks = min(self._looks + 1, MOST_LOOKS)
        self._near += min(max(near - self._near, -most), most) / self._looks


def begun(lane: str, plane: GroundPlane, xyxy: XYXY, metres: float, growth: float) -> Closely | None:
    """A vehicle that is followed from now on, from where its boxes put it so far; None: not on the plane."""
    x, y = (xyxy[0] + xyxy[2]) / 2, xyxy[3]
    if plane.nearness(x, y)[0] <= TINY:
        return None
    across_m, _ = plane.place(x, y)
    near = plane.nearness_of((across_m, metres))
    return Closely(lane, near, growth) if near > TINY else None


def _is_wrong(off_px: float, height: float, hidden: bool) -> bool:
    """Whether the lower end of what is followed cannot be that of the vehicle, so far (px) below its box."""
    if hidden:
        return off_px < -ABOVE_PX or off_px > BELOW_HEIGHTS * height
    return abs(off_px) > max(WRONG_PX, WRONG_HEIGHTS * height)
