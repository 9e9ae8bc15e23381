"""A lane as it lies in the picture: its area, its ground plane, its booth line and its upstream end."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, eq=False)
class LaneView:
    """In pixels; `upstream` is the unit vector away from the booth, `end` points of the upstream end.

    `end_up` is how far upstream (px) the end lies, `end_m` how many metres of road from the booth line, and
    `begins_m` from where on the area shows the road.
    """

    lane: str
    facing: Facing
    anchor: str
    area: tuple[Point, ...] | None
    plane: GroundPlane | None
    booth: Segment | None
    upstream: Point
    end: tuple[Point, ...] | None
    end_up: float
    end_m: float | None
    begins_m: float | None
    lean: float | None
    width: int

    def holds(self, track: Track, at: float) -> bool:
        """Whether the track's anchor is in the lane's area at `at`."""
        return self.area is not None and inside(self.point(track, at, self.anchor), self.area)

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
    end = None if area is None else _end_of(area, upstream)
    return LaneView(
        lane=lane.id,
        facing=facing,
        anchor=lane.area_anchor,
        area=None if area is None else _points(area),
        plane=plane,
        booth=None if lane.booth is None else segment_of(lane.booth, width, height),
        upstream=upstream,
        end=None if end is None else _points(end),
        end_up=0.0 if end is None else float((end @ upstream).max()),
        end_m=None if end is None or plane is None else _farthest_m(plane, end),
        begins_m=None if area is None or plane is None else _nearest_m(plane, area),
        lean=lean_of(upstream if area is None else _axis(area, upstream)),
        width=width,
    )


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


def _on_road(plane: GroundPlane, point: Point) -> Point | None:
    """Metres across and upstream; None above the horizon."""
    try:
        x, y = plane.to_metres([point])[0]
    except GroundError:
        return None
    return float(x), float(y)


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
