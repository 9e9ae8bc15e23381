"""Who came in over the edge of the picture: first seen beyond a line close to it, it was before the line."""

from __future__ import annotations

from edge.measure.counting_line import CountingLine
from edge.measure.geometry import Point
from edge.measure.track import Track

EDGE_PX = 2.0
"""A box so near to the picture's edge touches it."""

GAP_S = 1.0
"""Its speed tells where it was in the picture before its first one, unless more time is between them."""

Before = tuple[float, Point, Point]
"""When it was at the line, where its anchor and its footing were, px."""


def came_in(line: CountingLine, track: Track, size: tuple[int, int], unseen_s: float | None) -> Before | None:
    """When a vehicle that came in over the edge of a picture of this size (px) crossed a line close by.

    None, if it did not come from there. It lies on the edge now, or, driving as it does, lay on it in the
    picture at `unseen_s` in which it was not found yet.
    """
    at, (nx, ny) = track.seen_at, line.segment.normal
    (x, y), _ = line.place(track, at)
    beyond = line.segment.beyond((x, y))
    if beyond <= 0:
        return None
    foot = x - (beyond + 1e-3) * nx, y - (beyond + 1e-3) * ny
    speed = track.motion.vx * nx + track.motion.vy * ny
    since_s = 0.0
    if unseen_s is not None and speed > 0 and track.born_at - unseen_s <= GAP_S:
        since_s = at - unseen_s
    if not _lay_on_the_edge(track, since_s, foot, (nx, ny), size):
        return None
    crossed_s = at - min(since_s, beyond / speed) if since_s else track.born_at
    return crossed_s, foot, foot


def _lay_on_the_edge(track: Track, since_s: float, foot: Point, normal: Point, size: tuple[int, int]) -> bool:
    """Whether its box touched, `since_s` ago, the edge that the line is nearer to than the box is long."""
    axis = 0 if abs(normal[0]) > abs(normal[1]) else 1
    x0, y0, x1, y1 = track.xyxy
    way = since_s * (track.motion.vx, track.motion.vy)[axis]
    low, high = track.xyxy[axis] - way, track.xyxy[axis + 2] - way
    room = foot[axis] if normal[axis] > 0 else size[axis] - foot[axis]
    touches = low <= EDGE_PX if normal[axis] > 0 else high >= size[axis] - EDGE_PX
    return touches and room < max(x1 - x0, y1 - y0)
