"""Where in the picture a camera's lanes lie: the part that measuring has to look at, in cells of 8 px."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.config import LaneConfig
from edge.measure.geometry import Floats, Point, to_pixels
from edge.vision import Region

Cells = NDArray[np.bool_]
"""(rows, columns): whether a cell belongs to a lane; row 0 is the upper edge of the picture."""

CELL_PX = 8

MARGIN = 0.06
"""A lane reaches so many of the picture's diagonals beyond its lines and area: who comes is seen before."""

ABOVE = 0.10
"""A vehicle rises so many of the picture's diagonals above the lanes' upper ends."""

LEAST = 0.5
"""It is no narrower or lower than this part of the picture: a truck before the camera needs room."""

WORTH = 0.7
"""A part that is more of the picture than this is hardly larger in the detector's eyes."""


def margin_px(width: int, height: int) -> float:
    """The margin about a lane in a picture of `width` x `height`."""
    return float(MARGIN * np.hypot(width, height))


def corners_of(lane: LaneConfig, width: int, height: int) -> Floats:
    """All points (n, 2) px that the lane's lines and area are drawn with; none for a lane without any."""
    lines = [line.line for line in (lane.tail, lane.booth) if line is not None]
    points = [point for part in (*lines, lane.area or ()) for point in part]
    return to_pixels(points, width, height) if points else np.zeros((0, 2))


def looked_at(lanes: Sequence[LaneConfig], width: int, height: int) -> Region | None:
    """The part of the picture that the detector looks at, the larger for being a part: lanes and margins.

    Vehicles stand on the lanes and rise above them, so there the margin is wider. None, if that is most of
    the picture, or no lane has an area: lines alone do not say how much room a vehicle takes.
    """
    if all(lane.area is None for lane in lanes):
        return None
    corners = np.vstack([corners_of(lane, width, height) for lane in lanes])
    margin, above = margin_px(width, height), ABOVE / MARGIN * margin_px(width, height)
    low, high = corners.min(axis=0) - (margin, above), corners.max(axis=0) + margin
    lacking = np.maximum(LEAST * np.array([width, height]) - (high - low), 0.0)
    low, high = low - lacking / 2, high + lacking / 2
    x0, y0 = (int(value) for value in np.clip(low, 0, None))
    x1, y1 = (int(value) for value in np.ceil(np.minimum(high, (width, height))))
    if (x1 - x0) * (y1 - y0) > WORTH * width * height:
        return None
    return x0, y0, x1, y1


@lru_cache(maxsize=64)
def lane_cells(lane: LaneConfig, width: int, height: int) -> Cells:
    """The cells whose centre lies within the margin of the convex hull of the lane's lines and area.

    Gate, meter and blindness ask for the same ones: not to be written to.
    """
    rows, columns = height // CELL_PX, width // CELL_PX
    cells: Cells = np.zeros((rows, columns), bool)
    corners = corners_of(lane, width, height)
    if len(corners):
        xs, ys = (np.arange(length, dtype=float) * CELL_PX + CELL_PX / 2 for length in (columns, rows))
        hull = _hull([(x, y) for x, y in corners.tolist()])
        cells = _distance(xs, ys[:, None], hull) <= margin_px(width, height)
    cells.flags.writeable = False
    return cells


def area_cells(lane: LaneConfig, width: int, height: int) -> Cells:
    """The cells of the lane's area, without a margin; those about its lines where it has no area."""
    if lane.area is None or min(width, height) < CELL_PX:
        return lane_cells(lane, width, height)
    cells = np.zeros((height // CELL_PX, width // CELL_PX), np.uint8)
    corners = np.round(to_pixels(lane.area, width, height) / CELL_PX - 0.5).astype(np.int32)
    return np.asarray(cv2.fillPoly(cells, [corners], 1), bool)


def union_of(lanes: Sequence[Cells]) -> Cells:
    """The cells of any of the lanes."""
    return np.logical_or.reduce(lanes) if lanes else np.zeros((0, 0), bool)


def holds(cells: Cells, point: Point) -> bool:
    """Whether a point (px) lies in one of the cells."""
    row, column = int(point[1] // CELL_PX), int(point[0] // CELL_PX)
    return 0 <= row < cells.shape[0] and 0 <= column < cells.shape[1] and bool(cells[row, column])


def _hull(points: Sequence[Point]) -> list[Point]:
    """The corners of the convex hull, one turn round.

    Source: Andrew, Another efficient algorithm for convex hulls in two dimensions, 1979.
    """
    ordered = sorted(set(points))
    return _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1] if len(ordered) > 1 else ordered


def _chain(points: Sequence[Point]) -> list[Point]:
    """One side of the hull, from the first point to the last."""
    chain: list[Point] = []
    for x, y in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], (x, y)) <= 0:
            chain.pop()
        chain.append((x, y))
    return chain


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _distance(xs: Floats, ys: Floats, hull: Sequence[Point]) -> Floats:
    """Distance (px) of points, a row of xs by a column of ys, to a convex polygon; 0 inside."""
    shape = np.broadcast_shapes(xs.shape, ys.shape)
    nearest, within = np.full(shape, np.inf), np.full(shape, len(hull) > 2)
    for (ax, ay), (bx, by) in zip(hull, [*hull[1:], hull[0]], strict=True):
        dx, dy = bx - ax, by - ay
        length = max(dx * dx + dy * dy, 1e-9)
        share = np.clip(((xs - ax) * dx + (ys - ay) * dy) / length, 0, 1)
        nearest = np.minimum(nearest, np.hypot(xs - ax - share * dx, ys - ay - share * dy))
        within &= dx * (ys - ay) - dy * (xs - ax) >= 0
    return np.asarray(np.where(within, 0.0, nearest))
