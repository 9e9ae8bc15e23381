"""How a vehicle advances along its lane: metres of road and m/s, though the next one hides its foot.

A line fitted over seconds says late that a vehicle stands or starts; a filter that knows how vehicles stand,
brake and start says it within a second (`path.py`). And who closes up hides the foot of the vehicle before,
whose box shrinks from below as if it drove. Its upper edge shows then how it moves, for how tall it is was
seen before.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.measure.geometry import GroundError, GroundPlane, Point
from edge.measure.path import Path, Place
from edge.measure.trail import Trail

NOISE_PX = 0.5
"""Standard deviation of an edge of a box."""

LEAST_NOISE_M = 0.1
TALL_GAIN = 0.2
"""How much one look says of how tall a vehicle is."""

ACROSS_GAIN = 0.2
"""How much one look says of how far across the road it is."""

LEAST_SHARE = 0.3
"""A camera hardly above a vehicle does not see from its upper edge where it is."""

OFFSET_GAIN = 0.2
"""How much one look corrects a hidden foot that would lie above what is seen of the vehicle."""


class Advance:
    """One vehicle in one lane: where its end that the camera sees is, and how fast it drives."""

    __slots__ = ("_began_m", "_hidden", "_offset", "_path", "_tall", "across_m", "lane")

    def __init__(self, lane: str) -> None:
        """`across_m`: metres across the road to its middle, by its foot; None: that was not seen yet."""
        self.lane = lane
        self.across_m: float | None = None
        self._began_m: float | None = None
        self._path = Path()
        self._tall: float | None = None
        self._hidden = False
        self._offset = 0.0

    @property
    def metres(self) -> float | None:
        """Metres upstream of the booth line at the last look; None: it never was on the plane."""
        return self._path.metres

    @property
    def way_m(self) -> float:
        """How far it drove along the lane since it was first seen in it."""
        return 0.0 if self._began_m is None or self.metres is None else self._began_m - self.metres

    @property
    def trail(self) -> Trail:
        """Where it was in the last seconds."""
        return self._path.trail

    def slower(self, limit: float) -> float | None:
        """How likely it was slower than `limit` (m/s) at the last look; None while that is not known well."""
        return self._path.slower(limit)

    def see(self, plane: GroundPlane, xyxy: Sequence[float], foot_above: float | None, at: float) -> None:
        """Take a box (px) seen at `at` (s).

        foot_above: who hides its foot has its own in this row (px); None: its lower edge is seen.
        """
        x0, y0, x1, y1 = xyxy
        x = (x0 + x1) / 2
        foot = place_of(plane, x, y1, NOISE_PX)
        head = None if foot_above is None else self._by_head(plane, x, y0, foot_above)
        place = foot if head is None else head
        if place is None:
            return
        hidden = head is not None
        if hidden != self._hidden:
            self._change_over(hidden, place[0], at)
        if hidden and foot is not None and _is_above(plane, (x, y1), place[0] + self._offset, foot):
            self._offset += OFFSET_GAIN * (foot[0] - place[0] - self._offset)
        self._path.see((place[0] + self._offset, place[1]), at)
        if self._began_m is None:
            self._began_m = place[0]
        if foot_above is None or self._tall is None:
            self._learn_height((y1 - y0) / plane.nearness(x, y1)[0])
        if foot_above is None and foot is not None:
            self._learn_across(plane.place(x, y1)[0])

    def _change_over(self, hidden: bool, metres: float, at: float) -> None:
        """The other edge says from now on where it is; that the two do not quite agree is no motion."""
        self._hidden = hidden
        expected = self._path.expected(at)
        self._offset = expected - metres if hidden else 0.0
        if not hidden:
            self._path.move(metres - expected)

    def _by_head(self, plane: GroundPlane, x: float, y: float, above: float) -> Place | None:
        """Where one as tall as it was seen to be has its foot, if its upper edge is there.

        None: not known, or that would be nearer than the foot of who hides it (row `above`).
        """
        if self._tall is None:
            return None
        near, slope = plane.nearness(x, y)
        share = 1.0 - self._tall * slope
        if share < LEAST_SHARE:
            return None
        row = y + self._tall * near / share
        return place_of(plane, x, row, NOISE_PX / share) if row <= above else None

    def _learn_across(self, across_m: float) -> None:
        before_m = across_m if self.across_m is None else self.across_m
        self.across_m = before_m + ACROSS_GAIN * (across_m - before_m)

    def _learn_height(self, tall: float) -> None:
        self._tall = tall if self._tall is None else self._tall + TALL_GAIN * (tall - self._tall)


def place_of(plane: GroundPlane, x: float, y: float, noise_px: float) -> Place | None:
    """Where on the road a pixel is; None near or above the horizon."""
    try:
        (_, place), (_, above) = plane.place(x, y), plane.place(x, y - noise_px)
    except GroundError:
        return None
    return place, max(abs(above - place), LEAST_NOISE_M)


def _is_above(plane: GroundPlane, edge: Point, metres: float, foot: Place) -> bool:
    """Whether a place would clearly lie above the lower edge (px) of what is seen: a hidden foot cannot."""
    _, below = plane.place(edge[0], edge[1] + 1.0)
    off = metres - foot[0]
    return bool(off * (below - foot[0]) < 0 and abs(off) > 2 * foot[1])
