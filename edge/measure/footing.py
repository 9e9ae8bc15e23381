"""Where a vehicle stands on the road: the point of its box that lines and areas go by."""

from __future__ import annotations

from edge.measure.geometry import Point, anchor_of
from edge.measure.track import Track

LONG_CLASSES = frozenset({"truck", "bus"})

FACE = 0.9
"""The end of a truck or bus is no wider than this share of its box's height; more is its side."""

LEANS = 0.15
"""A road that leads aside by less than this per pixel up leads, as far as one can tell, to the middle."""


LEVEL = 4.0
"""A road that leads aside by more than this per pixel up is seen from its side: no end is the near one."""


def lean_of(way: Point) -> float | None:
    """Pixels that a road with this direction (px, either way along it) leads to the right per pixel up.

    None, if it is seen from its side.
    """
    x, y = way
    return None if abs(x) > LEVEL * abs(y) else -x / y


def footing(track: Track, at: float, anchor: str, lean: float | None, width: int) -> Point:
    """The point (px) that stands for the vehicle at `at`.

    A standing vehicle keeps its size, however its box flickers. The lower edge of a long vehicle's box is its
    near end and its side; only the near end says in which lane it is. Its far end lies where the road leads:
    aside by `lean` per pixel up, else towards the middle of a picture of `width` px.
    """
    xyxy = track.body(at)
    x, y = anchor_of(xyxy, anchor)
    if anchor != "bottom" or lean is None or track.cls not in LONG_CLASSES:
        return x, y
    side = xyxy[2] - xyxy[0] - FACE * (xyxy[3] - xyxy[1])
    if side <= 0:
        return x, y
    inward = width / 2 - x
    shift = min(side / 2, abs(inward)) if abs(lean) < LEANS else side / 2
    right = inward > 0 if abs(lean) < LEANS else lean > 0
    return x - shift if right else x + shift, y
