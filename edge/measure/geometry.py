"""Lines, areas, boxes and the road's plane in the picture: pure functions on arrays of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import NDArray

from edge.config import GroundConfig, LineConfig

Floats = NDArray[np.float64]
TINY = 1e-9
Point = tuple[float, float]
XYXY = tuple[float, float, float, float]
Row = tuple[float, float, float]


ABOVE_HORIZON = "a point lies on or above the horizon of the ground plane"


class GroundError(ValueError):
    """A point that has no place on the road's plane."""


def to_pixels(points: Sequence[Point], width: int, height: int) -> Floats:
    """Image fractions (n, 2) as pixels (n, 2) of a picture of `width` x `height`."""
    return np.asarray(points, float) * (width, height)


def anchor_of(xyxy: Sequence[float], anchor: str) -> Point:
    """The point (px) that stands for a box: `bottom` is its bottom centre, `center` its centre."""
    x0, y0, x1, y1 = xyxy
    return (x0 + x1) / 2, y1 if anchor == "bottom" else (y0 + y1) / 2


@dataclass(frozen=True, slots=True)
class Segment:
    """A counting line from `a` to `b` (px) with its unit normal, which points to the side that counts."""

    a: Point
    b: Point
    normal: Point

    @property
    def ends(self) -> tuple[Point, Point]:
        """Both end points."""
        return self.a, self.b

    def beyond(self, point: Point) -> float:
        """Signed distance (px) of a point: positive on the side that vehicles drive to."""
        return (point[0] - self.a[0]) * self.normal[0] + (point[1] - self.a[1]) * self.normal[1]

    def met_at(self, start: Point, end: Point, feet: tuple[Point, Point] | None = None) -> float | None:
        """Where the way from `start` (before) to `end` (beyond) meets the segment: 0 at start, 1 at end.

        None, if the way does not lead from one side to the other or passes the segment's ends; where `feet`
        are given, the way from the first to the second says whether it does.
        """
        before, after = self.beyond(start), self.beyond(end)
        if before > 0 or after <= 0:
            return None
        share = before / (before - after)
        first, last = feet or (start, end)
        x, y = (first[i] + share * (last[i] - first[i]) for i in (0, 1))
        return share if self.is_beside((x, y)) else None

    def is_beside(self, point: Point) -> bool:
        """Whether the foot of the perpendicular from the point lies on the segment."""
        dx, dy = self.b[0] - self.a[0], self.b[1] - self.a[1]
        along = (point[0] - self.a[0]) * dx + (point[1] - self.a[1]) * dy
        return 0 <= along <= dx * dx + dy * dy


def segment_of(line: LineConfig, width: int, height: int) -> Segment:
    """The configured line in pixels of a picture of `width` x `height`."""
    a, b, toward = to_pixels([*line.line, line.toward], width, height).tolist()
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = hypot(dx, dy) * (1 if dx * (toward[1] - a[1]) > dy * (toward[0] - a[0]) else -1)
    return Segment((a[0], a[1]), (b[0], b[1]), (-dy / length, dx / length))


def inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Whether a point lies in a polygon, by the even-odd rule; touching the edge may be either."""
    x, y = point
    within = False
    x0, y0 = polygon[-1]
    for x1, y1 in polygon:
        if (y1 > y) != (y0 > y) and x < (x0 - x1) * (y - y1) / (y0 - y1) + x1:
            within = not within
        x0, y0 = x1, y1
    return within


def overlaps(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Boxes (n, 4) against boxes (m, 4), xyxy: IoU (n, m) and intersection over the smaller area (n, m)."""
    # Few calls, in place: where a network has just used up the caches this is a third less.
    ours, theirs = left.T[:, :, None], right.T[:, None, :]
    common, height = _shared(ours, theirs, 0), _shared(ours, theirs, 1)
    common *= height
    area_left = (ours[2] - ours[0]) * (ours[3] - ours[1])
    area_right = (theirs[2] - theirs[0]) * (theirs[3] - theirs[1])
    either = area_left + area_right
    either -= common
    np.maximum(either, TINY, out=either)
    smaller = np.minimum(area_left, area_right)
    np.maximum(smaller, TINY, out=smaller)
    return common / either, common / smaller


def _shared(ours: Floats, theirs: Floats, axis: int) -> Floats:
    """Length that boxes (4, n, 1) and (4, 1, m) share along an axis; (n, m)."""
    length: Floats = np.minimum(ours[axis + 2], theirs[axis + 2])
    length -= np.maximum(ours[axis], theirs[axis])
    np.maximum(length, 0, out=length)
    return length


@dataclass(frozen=True, slots=True, eq=False)
class GroundPlane:
    """From pixels to metres on the road: x across the lane, y = 0 at the booth line and growing upstream."""

    matrix: tuple[Row, Row, Row]
    sign: float

    def place(self, x: float, y: float) -> Point:
        """A pixel in metres; `to_metres` of many takes half as long, of one ten times.

        Raises: GroundError, if it lies on or above the horizon.
        """
        (a, b, c), (d, e, f), (g, h, i) = self.matrix
        depth = g * x + h * y + i
        if depth * self.sign <= TINY:
            raise GroundError(ABOVE_HORIZON)
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth

    def to_metres(self, points: Sequence[Point] | Floats) -> Floats:
        """Map pixels (n, 2) to metres (n, 2).

        Raises: GroundError, if a point lies on or above the horizon.
        Source: Hartley and Zisserman, Multiple View Geometry, 2nd ed., section 2.3.
        """
        homogeneous = np.column_stack([np.asarray(points, float).reshape(-1, 2), np.ones(len(points))])
        mapped = homogeneous @ np.array(self.matrix).T
        if np.any(mapped[:, 2] * self.sign <= TINY):
            raise GroundError(ABOVE_HORIZON)
        return np.asarray(mapped[:, :2] / mapped[:, 2:])

    def pixel(self, place: Point) -> Point:
        """Where a place on the road, metres across and upstream, is in the picture (px)."""
        x, y, w = np.linalg.inv(self.matrix) @ (*place, 1.0)
        return float(x / w), float(y / w)

    def nearness(self, x: float, y: float) -> tuple[float, float]:
        """How large things at a pixel are in the picture, to a factor, and how that grows per px down."""
        g, h, i = self.matrix[2]
        return self.sign * (g * x + h * y + i), self.sign * h

    def nearness_of(self, place: Point) -> float:
        """The same for a place on the road, metres across and upstream."""
        return self.sign / float(np.linalg.inv(self.matrix)[2] @ (*place, 1.0))

    @property
    def vanishing(self) -> Point | None:
        """The pixel in which the road upstream vanishes; None: the camera looks straight down.

        Source: Hartley and Zisserman, Multiple View Geometry, 2nd ed., section 8.6.
        """
        x, y, w = np.linalg.inv(self.matrix)[:, 1]
        return None if abs(w) < TINY else (float(x / w), float(y / w))


def ground_of(ground: GroundConfig, width: int, height: int) -> GroundPlane:
    """The homography of four points of the road, by solving its eight linear equations.

    Source: Hartley and Zisserman, Multiple View Geometry, 2nd ed., section 4.1.
    """
    pixels = to_pixels(ground.image, width, height)
    rows, values = [], []
    for (x, y), (u, v) in zip(pixels, ground.metres, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    matrix = np.append(np.linalg.solve(np.array(rows), np.array(values)), 1.0).reshape(3, 3)
    depths = np.column_stack([pixels, np.ones(4)]) @ matrix[2]
    first, second, third = ((a, b, c) for a, b, c in matrix.tolist())
    return GroundPlane((first, second, third), float(np.sign(depths.mean())))
