"""A lane drawn to scale: metres from the booth (left) upstream, in percent of the width. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

VIEW_M = 120.0
STEPS_M = (10, 20, 25, 50, 100, 200, 250, 500, 1000)
TICKS_AT_MOST = 8
DRAWN_AT_MOST = 60
BODY_SHARE = 0.78
"""How much of its place a vehicle fills; the rest is the gap to the next."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A vehicle: its rear end `x` and `width` in percent."""

    x: float
    width: float
    state: Literal["stopped", "moving"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A strip; all in percent. `seen` ends the view, `queue_end` the queue; `beyond`: it goes on unseen."""

    seen: float
    queue_end: float | None
    beyond: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Metres that the whole width stands for."""

    length_m: float

    def percent(self, metres: float) -> float:
        """Where `metres` from the booth lies."""
        return round(100 * min(max(metres, 0.0), self.length_m) / self.length_m, 2)

    def ticks(self) -> tuple[tuple[float, int], ...]:
        """(percent, metres) of the axis, from 0 on."""
        step = next((s for s in STEPS_M if self.length_m / s <= TICKS_AT_MOST), STEPS_M[-1])
        last = math.floor(self.length_m / step)
        return tuple((self.percent(n * step), n * step) for n in range(last + 1))


def scale_of(lengths_m: list[float]) -> Scale:
    """One scale for lanes of these lengths."""
    longest = max(lengths_m, default=VIEW_M)
    return Scale(20.0 * math.ceil(max(longest, 20.0) / 20.0))


def drawing(
    scale: Scale,
    *,
    view_m: float,
    in_view: int,
    stopped: int,
    length_m: float | None,
    at_least: bool,
    pitch_m: float,
) -> Drawing:
    """`stopped` vehicles evenly up to the queue's end, the others evenly behind them up to the view's end."""
    stopped = min(stopped, in_view)
    queue_m = length_m if length_m is not None else min(view_m, stopped * pitch_m)
    queue_m = queue_m if stopped else 0.0
    marks = [
        *_spread(scale, 0.0, queue_m, stopped, pitch_m, "stopped"),
        *_spread(scale, queue_m, max(view_m, queue_m), in_view - stopped, pitch_m, "moving"),
    ]
    return Drawing(
        seen=scale.percent(max(view_m, queue_m)),
        queue_end=scale.percent(queue_m) if stopped else None,
        beyond=at_least,
        marks=tuple(marks),
    )


def _spread(
    scale: Scale, from_m: float, to_m: float, n: int, pitch_m: float, state: Literal["stopped", "moving"]
) -> Iterator[Mark]:
    drawn = min(n, DRAWN_AT_MOST)
    if drawn <= 0 or to_m <= from_m:
        return
    place_m = (to_m - from_m) / drawn
    body_m = BODY_SHARE * min(place_m, pitch_m)
    spare_m = place_m - body_m
    for k in range(drawn):
        # The last that stands ends where the queue ends; one that moves drives in the middle of its place.
        start_m = from_m + k * place_m + (spare_m if state == "stopped" else spare_m / 2)
        x = scale.percent(start_m)
        yield Mark(x, round(max(scale.percent(start_m + body_m) - x, 0.3), 2), state)
