"""The box of a standing vehicle that takes another size at a stroke: lamps, a shadow, a half, two in one box.

Its middle jumps though nobody moved, and where few pictures come it seems to drive off, the more so as a
vehicle is then found in its old place. Where an edge of the box stays, so does the vehicle.
"""

from __future__ import annotations

from collections.abc import Sequence

AT_A_STROKE = 1.7
"""A box that is so many times wider or higher than the one before, or less, took another size at a stroke."""

XYXY = tuple[float, float, float, float]


def flickers(before: Sequence[float], box: Sequence[float]) -> bool:
    """Whether a box (px) took another size than the one before at a stroke."""
    return any(not 1 / AT_A_STROKE < grown < AT_A_STROKE for grown in _growth(before, box))


def calmed(body: Sequence[float], box: Sequence[float]) -> XYXY:
    """The body (px) of a vehicle, moved no farther than both edges of its box are from its own."""
    x, y = (_less(box[axis] - body[axis], box[axis + 2] - body[axis + 2]) for axis in (0, 1))
    return body[0] + x, body[1] + y, body[2] + x, body[3] + y


def _growth(before: Sequence[float], box: Sequence[float]) -> tuple[float, float]:
    """How many times as wide and as high."""
    x, y = ((box[axis + 2] - box[axis]) / (before[axis + 2] - before[axis]) for axis in (0, 1))
    return x, y


def _less(one: float, other: float) -> float:
    """The shorter of two ways; none where they lead apart."""
    return 0.0 if one * other <= 0 else min(one, other, key=abs)
