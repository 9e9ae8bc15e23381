"""Cumulative figures of one boot of one camera's lane, as a function of time. Pure.

Between two samples a figure is taken to grow evenly; before the first and after the last it stands still.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from enum import IntEnum

import msgspec

CARRY_S = 60.0
"""Counts of a hiccup this long still reach the next measured slice; older ones change history alone."""


class Total(IntEnum):
    """Places in `Sample.totals`."""

    OBSERVED_S = 0
    ARRIVALS = 1
    DEPARTURES = 2
    IN_VIEW_VS = 3
    STOPPED_VS = 4
    FULL_S = 5
    OCCUPIED_S = 6


class Sample(msgspec.Struct, frozen=True, gc=False):
    """The totals of one report at `end_s` (UTC seconds); a total that was not measured is None.

    There are a hundred of each lane: out of garbage collection, they do not make it stop everything.
    """

    seq: int
    end_s: float
    totals: tuple[float | None, ...]
    length_m: float | None = None
    sign: str | None = None


def start_of_boot(start_s: float) -> Sample:
    """Where a boot begins: every total 0."""
    return Sample(0, start_s, (0.0,) * len(Total))


class Series:
    """Samples in order of time, few enough to search: what is older than the open slices is forgotten."""

    def __init__(self) -> None:
        self._samples: list[Sample] = []
        self._ends: list[float] = []
        self._forgot = False

    @property
    def first_s(self) -> float:
        """Time of the oldest sample kept."""
        return self._ends[0]

    @property
    def newest_s(self) -> float:
        """Time of the newest sample."""
        return self._ends[-1]

    @property
    def begun(self) -> bool:
        """Whether the start of the boot is among the samples (or was, and is forgotten)."""
        return self._forgot or bool(self._samples and self._samples[0].seq == 0)

    def add(self, sample: Sample) -> None:
        """Put a sample in its place; where time and `seq` contradict each other (clock moved) `seq` wins."""
        if not self._ends or (sample.end_s > self._ends[-1] and sample.seq > self._samples[-1].seq):
            self._samples.append(sample)
            self._ends.append(sample.end_s)
            return
        place = bisect_left(self._ends, sample.end_s)
        if place == 0 and self._forgot:
            return
        if place > 0 and self._samples[place - 1].seq > sample.seq:
            return
        later = [kept for kept in self._samples[place:] if kept.seq > sample.seq]
        self._samples = [*self._samples[:place], sample, *later]
        self._ends = [kept.end_s for kept in self._samples]

    def at(self, total: Total, at_s: float) -> float | None:
        """The total at a time; None when it was not measured on either side."""
        place = bisect_right(self._ends, at_s)
        left = self._samples[max(0, place - 1)]
        value = left.totals[total]
        if place in (0, len(self._samples)) or value is None or left.end_s == at_s:
            return value
        right = self._samples[place]
        later = right.totals[total]
        if later is None:
            return None
        return value + (later - value) * (at_s - left.end_s) / (right.end_s - left.end_s)

    def grown(self, total: Total, start_s: float, end_s: float) -> float | None:
        """By how much the total grew between two times; None when it was not measured."""
        before, after = self.at(total, start_s), self.at(total, end_s)
        return None if before is None or after is None else after - before

    def last_in(self, start_s: float, end_s: float) -> Sample | None:
        """The newest sample behind `start_s` and up to `end_s`."""
        place = bisect_right(self._ends, end_s)
        return self._samples[place - 1] if place and self._ends[place - 1] > start_s else None

    def forget_before(self, at_s: float) -> None:
        """Forget samples that no question at or behind `at_s` needs."""
        place = bisect_right(self._ends, at_s) - 1
        if place > 0:
            del self._samples[:place], self._ends[:place]
            self._forgot = True


class Ledger:
    """What was handed out of one count of one series, so that each vehicle is handed out once."""

    def __init__(self, total: Total) -> None:
        self._total = total
        self._to_s: float | None = None
        self._counted: int | None = None

    def take(self, series: Series, start_s: float, end_s: float, not_before_s: float) -> int | None:
        """Vehicles since the last taking up to `end_s`; None when the count was not measured.

        What the last slices could not have (they closed before it came) is included, up to CARRY_S back, but
        nothing before `not_before_s`: another source gave that. Never negative: a correction downwards is
        set against the vehicles that follow.
        """
        begin_s = self._begin_s(series, start_s, not_before_s)
        until_s = min(end_s, series.newest_s)
        value = series.at(self._total, until_s)
        before = self._before(series, begin_s)
        if value is None or before is None:
            return None
        if until_s <= begin_s:
            return 0
        self._to_s, self._counted = until_s, max(before, _whole(value))
        return self._counted - before

    def _begin_s(self, series: Series, start_s: float, not_before_s: float) -> float:
        earliest_s = max(start_s - CARRY_S, not_before_s)
        if self._to_s is not None and self._to_s >= earliest_s:
            return self._to_s
        self._counted = None
        if self._to_s is None and series.first_s >= earliest_s:
            return series.first_s
        return not_before_s if not_before_s >= start_s - CARRY_S else start_s

    def _before(self, series: Series, begin_s: float) -> int | None:
        if self._counted is not None:
            return self._counted
        value = series.at(self._total, begin_s)
        return None if value is None else _whole(value)


def _whole(value: float) -> int:
    return math.floor(value + 0.5)
