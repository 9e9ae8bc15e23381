"""A lane as simple arithmetic: vehicles cross the tail line, stand, move up, are inspected, leave.

It shares nothing with the simulator, so that the wait engine is held to two different worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.minutes import LaneMinute

TAIL_M, PITCH_M, SPEED_MS = 120.0, 16.0, 11.0
LEAVES_S, MOVES_UP_S, BRAKES_S = 2.6, 4.5, 5.0
"""From the end of inspection to the booth line; then until the next one stands; stopping from SPEED_MS."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle's times, seconds."""

    tail_s: float
    join_s: float
    booth_s: float
    done_s: float
    leave_s: float

    @property
    def wait_s(self) -> float:
        """From joining the queue to the start of inspection."""
        return self.booth_s - self.join_s


def passages(seed: int, length_s: float = 210.0, longest_s: float = 75.0) -> list[Passage]:
    """A lane that fills and drains: the waits rise to 40-90 s and the lane is empty at both ends."""
    rng = np.random.default_rng(seed)
    made: list[Passage] = []
    tail_s = float(rng.uniform(4.0, 9.0))
    peak_s = float(rng.uniform(46.0, longest_s))
    while tail_s < length_s - 30.0:
        one = _pass(made, tail_s, float(rng.uniform(8.0, 12.0)))
        wanted = peak_s * _shape(one.join_s / length_s) + float(rng.uniform(-4.0, 4.0))
        if one.wait_s <= wanted or one.wait_s < 3.0:
            made.append(one)
            tail_s += float(rng.uniform(3.0, 6.0)) if one.wait_s > 3.0 else float(rng.uniform(4.0, 12.0))
        else:
            tail_s += 1.0
    return [one for one in made if one.leave_s < length_s - 2.0]


def _shape(part: float) -> float:
    return float(np.interp(part, [0.0, 0.25, 0.5, 0.75, 1.0], [0.4, 1.0, 1.0, 0.4, 0.1]))


def _pass(before: Sequence[Passage], tail_s: float, service_s: float) -> Passage:
    near_s = tail_s + (TAIL_M - PITCH_M) / SPEED_MS
    standing = sum(one.leave_s > near_s for one in before)
    join_s = tail_s + max(0.0, TAIL_M - PITCH_M * (standing + 1)) / SPEED_MS + BRAKES_S
    join_s = max([join_s] + [one.join_s + 1.0 for one in before[-1:]])
    booth_s = max([join_s + 1.0] + [one.leave_s + MOVES_UP_S for one in before[-1:]])
    done_s = booth_s + service_s
    return Passage(tail_s, join_s, booth_s, done_s, done_s + LEAVES_S)


def true_wait_s(made: Sequence[Passage], at_s: float) -> float | None:
    """Wait of a vehicle that joins at `at_s`: linear between its neighbours."""
    before = [one for one in made if one.join_s <= at_s]
    after = [one for one in made if one.join_s > at_s]
    if not before or not after:
        return None
    part = (at_s - before[-1].join_s) / (after[0].join_s - before[-1].join_s)
    return before[-1].wait_s + part * (after[0].wait_s - before[-1].wait_s)


def rows(
    made: Sequence[Passage],
    lane: str,
    stream: str,
    length_s: float = 210.0,
    slice_s: float = 5.0,
    loops: int = 1,
) -> Iterator[LaneMinute]:
    """A perfect camera's rows, the recording played `loops` times."""
    steps = round(length_s / slice_s)
    for step in range(steps * loops):
        start_s = (step % steps) * slice_s
        yield _row(made, lane, stream, start_s, slice_s, step * slice_s - start_s)


def _row(
    made: Sequence[Passage], lane: str, stream: str, start_s: float, slice_s: float, shift_s: float
) -> LaneMinute:
    end_s = start_s + slice_s
    standing = [max(0.0, min(one.leave_s, end_s) - max(one.join_s, start_s)) / slice_s for one in made]
    return LaneMinute(
        start_s=start_s + shift_s,
        end_s=end_s + shift_s,
        lane=lane,
        kind="booth",
        serves=(stream,),
        arrivals=sum(start_s < one.tail_s <= end_s for one in made),
        departures=sum(start_s < one.leave_s <= end_s for one in made),
        in_view_mean=sum(max(0.0, min(one.leave_s, end_s) - max(one.tail_s, start_s)) for one in made)
        / slice_s,
        stopped_mean=sum(standing),
        length_m=PITCH_M * sum(one.join_s <= end_s < one.leave_s for one in made),
        full=False,
        booth_occ=sum(max(0.0, min(one.done_s, end_s) - max(one.booth_s, start_s)) for one in made) / slice_s,
        missing=False,
    )
