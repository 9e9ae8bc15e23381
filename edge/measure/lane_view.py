"""A lane as it lies in the picture: its area, its ground plane, its booth line and its upstream end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from edge.config import Facing, LaneConfig
from edge.measure.footing import footing, lean_of
from edge.measure.geometry import (
    Floats,
    GroundError,
    GroundPlane,
    Point,
    Segment,
    ground_of,
    inside,
    segment_of,
    to_pixels,
)
from edge.measure.track import Track

END_SAMPLES = 5
FIRST_SHARES = 0.1, 0.3, 0.5, 0.7, 1.0

FIRST_M = 16.5
"""The first vehicle of a queue stands somewhere in so much road: a lorry takes all of it."""

BEGINS_M = 7.0
"""A view that begins farther than this from the booth line does not show whether one stands before it."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneView:
    """In pixels; `upstream` is the unit vector away from the booth, `end` points of the upstream end.

    `first`: points of the road on which the first vehicle of a queue stands. `end_up` is how far upstream
    (px) the end lies, `end_m` how many metres of road from the booth line, and `begins_m` from where on the
    area shows the road; `vanishing`: the point in which it vanishes; `dim`: what lies downstream is out of
    sight today.
    """

    lane: str
    facing: Facing
    anchor: str
    area: tuple[Point, ...] | None
    plane: GroundPlane | None
    booth: Segment | None
    upstream: Point
    first: tuple[Point, ...]
    end: tuple[Point, ...] | None
    end_up: float
    end_m: float | None
    begins_m: float | None
    lean: float | None
    vanishing: Point | None
    width: int
    dim: bool = False

    def holds(self, track: Track, at: float) -> bool:
        """Whether the track's anchor is in the lane's area at `at`."""
        return self.area is not None and inside(self.point(track, at, self.anchor), self.area)

    def seen_below(self, row: float) -> LaneView:
        """The same lane on a day on which the road above this row (px) of the picture is out of sight.

        A camera that looks upstream sees less of where the queue ends, one that looks downstream of where it
        begins.
        """
        seen = [] if self.area is None else _below(self.area, row)
        if self.area is None or seen == list(self.area) or len(seen) < 3:
            return self
        if self.facing == "away":
            begins_m = None if self.plane is None else _nearest_m(self.plane, np.array(seen))
            return replace(self, begins_m=begins_m, dim=begins_m is None or begins_m > BEGINS_M)
        end, end_up, end_m = _ending(np.array(seen), self.upstream, self.plane)
        return replace(self, end=end, end_up=end_up, end_m=end_m)

    def may_be_left(self, track: Track, at: float) -> bool:
        """Whether a vehicle that was not seen for a while is out of the area, had it driven twice as fast."""
        motion = track.motion
        x, y = self.point(track, at, self.anchor)
        ahead = at - track.seen_at
        return self.area is None or not inside((x + ahead * motion.vx, y + ahead * motion.vy), self.area)

    def point(self, track: Track, at: float, anchor: str) -> Point:
        """The point (px) that stands for the vehicle at `at`."""
        return footing(track, at, anchor, self.lean, self.width)

    def up(self, point: Point) -> float:
        """How far upstream a point of the picture lies, px from the picture's corner."""
        return point[0] * self.upstream[0] + point[1] * self.upstream[1]

    def metres(self, point: Point) -> Point | None:
        """The point on the road: metres across and upstream; None without a plane or above its horizon."""
        return None if self.plane is None else _on_road(self.plane, point)


def lane_view(lane: LaneConfig, facing: Facing, width: int, height: int) -> LaneView:
    """The lane in a picture of `width` x `height`."""
    area = None if lane.area is None else to_pixels(lane.area, width, height)
    plane = None if lane.ground is None else ground_of(lane.ground, width, height)
    upstream = _upstream(lane, facing, width, height)
    end, end_up, end_m = (None, 0.0, None) if area is None else _ending(area, upstream, plane)
    return LaneView(
        lane=lane.id,
        facing=facing,
        anchor=lane.area_anchor,
        area=None if area is None else _points(area),
        plane=plane,
        booth=None if lane.booth is None else segment_of(lane.booth, width, height),
        upstream=upstream,
        first=() if area is None or plane is None else _first_of(plane, area),
        end=end,
        end_up=end_up,
        end_m=end_m,
        begins_m=None if area is None or plane is None else _nearest_m(plane, area),
        lean=lean_of(upstream if area is None else _axis(area, upstream)),
        vanishing=None if plane is None else plane.vanishing,
        width=width,
    )


def _ending(
    area: Floats, upstream: Point, plane: GroundPlane | None
) -> tuple[tuple[Point, ...], float, float | None]:
    """Points of the area's upstream end, how far upstream (px) it lies, and how many metres of road."""
    end = _end_of(area, upstream)
    return _points(end), float((end @ upstream).max()), None if plane is None else _farthest_m(plane, end)


def _farthest_m(plane: GroundPlane, end: Floats) -> float | None:
    """Metres from the booth line to the upstream end; None where it lies on or above the horizon."""
    try:
        return float(plane.to_metres(end)[:, 1].max())
    except GroundError:
        return None


def _nearest_m(plane: GroundPlane, area: Floats) -> float | None:
    """Metres from the booth line to the area's nearest corner, of those below the horizon."""
    places = [_on_road(plane, corner) for corner in _points(area)]
    return min((place[1] for place in places if place is not None), default=None)


def _first_of(plane: GroundPlane, area: Floats) -> tuple[Point, ...]:
    """Points (px) along the middle of the first road before the booth line that the area shows, if any."""
    places = [place for corner in _points(area) if (place := _on_road(plane, corner)) is not None]
    if not places:
        return ()
    across = sum(place[0] for place in places) / len(places)
    begins = max(0.0, min(place[1] for place in places))
    return tuple(plane.pixel((across, begins + share * FIRST_M)) for share in FIRST_SHARES)


def _on_road(plane: GroundPlane, point: Point) -> Point | None:
    """Metres across and upstream; None above the horizon."""
    try:
        return plane.place(*point)
    except GroundError:
        return None


def _below(area: Sequence[Point], row: float) -> list[Point]:
    """The corners of the part of an area that lies below a row of the picture.

    Source: Sutherland and Hodgman, Reentrant polygon clipping, 1974.
    """
    found: list[Point] = []
    for (x0, y0), (x1, y1) in zip(area, [*area[1:], area[0]], strict=True):
        if y0 >= row:
            found.append((x0, y0))
        if (y0 >= row) != (y1 >= row):
            found.append((x0 + (row - y0) / (y1 - y0) * (x1 - x0), row))
    return found


def _points(table: Floats) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in table.tolist())


def _upstream(lane: LaneConfig, facing: Facing, width: int, height: int) -> Point:
    """Unit vector against the way that vehicles drive: from the lines, else from how the camera looks."""
    for line in (lane.booth, lane.tail):
        if line is not None:
            normal = segment_of(line, width, height).normal
            return -normal[0], -normal[1]
    return (0.0, 1.0) if facing == "away" else (0.0, -1.0)


def _axis(area: Floats, upstream: Point) -> Point:
    """From the downstream to the upstream end of the area (px): the way of the road."""
    order = np.argsort(-(area @ upstream), kind="stable")
    x, y = area[order[:2]].mean(axis=0) - area[order[-2:]].mean(axis=0)
    return float(x), float(y)


def _end_of(area: Floats, upstream: Point) -> Floats:
    """Points (n, 2) along the edge between the two corners of the area that lie farthest upstream."""
    first, second = area[np.argsort(-(area @ upstream), kind="stable")[:2]]
    share = np.linspace(0.0, 1.0, END_SAMPLES)[:, None]
    return np.asarray(first + share * (second - first))
