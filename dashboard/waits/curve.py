"""A cumulative count over time: how many had passed when, and when the n-th passed."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

KEEP_S = 4 * 3600.0


class Curve:
    """Points (time s, vehicles so far), straight between them; older than KEEP_S is forgotten."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._counts: list[float] = []

    def add(self, start_s: float, end_s: float, vehicles: float) -> None:
        """`vehicles` (>= 0) passed evenly between `start_s` and `end_s`."""
        if not self._times or start_s > self._times[-1]:
            self._append(start_s, self.total())
        self._append(end_s, self.total() + vehicles)
        self._forget(end_s)

    def add_each(self, start_s: float, end_s: float, vehicles: float) -> None:
        """The same, but as vehicles that pass one by one, evenly spread: straight from one to the next."""
        single = math.ceil(vehicles)
        for place in range(single):
            self._append(
                start_s + (place + 0.5) / single * (end_s - start_s), self.total() + vehicles / single
            )
        self._forget(end_s)

    def note(self, at_s: float, value: float) -> None:
        """The value itself at `at_s`, which need not rise."""
        self._append(at_s, value)
        self._forget(at_s)

    def total(self) -> float:
        """All vehicles so far."""
        return self._counts[-1] if self._counts else 0.0

    def began_s(self) -> float | None:
        """The first known point in time."""
        return self._times[0] if self._times else None

    def at(self, at_s: float) -> float:
        """Vehicles so far at `at_s`; flat outside the known points."""
        place = bisect_right(self._times, at_s)
        if place == 0:
            return self._counts[0] if self._counts else 0.0
        if place == len(self._times):
            return self._counts[-1]
        before, after = self._times[place - 1], self._times[place]
        share = (at_s - before) / (after - before)
        return self._counts[place - 1] + share * (self._counts[place] - self._counts[place - 1])

    def since(self, at_s: float, until_s: float) -> float:
        """Vehicles that passed between two times."""
        return self.at(until_s) - self.at(at_s)

    def when(self, count: float) -> float | None:
        """When the count was reached; None before the first known point or if it never was."""
        place = bisect_left(self._counts, count)
        if place == len(self._counts) or (place == 0 and self._counts[0] > count):
            return None
        if place == 0:
            return self._times[0]
        gained = self._counts[place] - self._counts[place - 1]
        share = (count - self._counts[place - 1]) / gained
        return self._times[place - 1] + share * (self._times[place] - self._times[place - 1])

    def _forget(self, now_s: float) -> None:
        if self._times and self._times[0] < now_s - 2 * KEEP_S:
            keep = bisect_left(self._times, now_s - KEEP_S)
            self._times, self._counts = self._times[keep:], self._counts[keep:]

    def _append(self, at_s: float, count: float) -> None:
        self._times.append(at_s)
        self._counts.append(count)
