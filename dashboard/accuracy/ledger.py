"""Remembers what was told of each stream, so that those who reach a booth can be asked. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from dashboard.accuracy.pair import Pair
from dashboard.waits.forecasts import AHEAD_S
from dashboard.waits.state import Outcome, StreamState

KEEP_S = 6 * 3600.0
LATE_S = 120.0
"""A vehicle that joined could have read a figure that is at most so old."""
BALANCE_EVERY_S = 300.0
"""The balance tells the wait at every moment; so often is enough."""
Told = tuple[float, float, float, float]
"""For when (UTC s), the wait and both ends of its interval (s)."""


class Ledger:
    """Of one direction. Times are UTC seconds."""

    def __init__(self, port: str, direction: str) -> None:
        self._port, self._direction = port, direction
        self._told: dict[tuple[str, int], list[Told]] = defaultdict(list)
        self._balanced_s: dict[str, float] = {}

    def note(self, states: Sequence[StreamState], at_s: float) -> None:
        """What is told at `at_s`; later calls have later times."""
        for state in states:
            if state.state != "measured" or state.expected is None:
                continue
            now = state.expected
            self._append(state.stream, 0, (at_s, now.wait_s, now.low_s, now.high_s))
            for point in state.forecast:
                told = point.at_s, point.wait_s, point.low_s, point.high_s
                self._append(state.stream, _horizon(point.at_s - at_s), told)

    def pairs(self, outcomes: Sequence[Outcome]) -> Iterator[Pair]:
        """For each vehicle: the figure when it joined, and the forecasts of that time."""
        for one in outcomes:
            if one.by == "balance":
                if one.joined_s - self._balanced_s.get(one.stream, float("-inf")) < BALANCE_EVERY_S:
                    continue
                self._balanced_s[one.stream] = one.joined_s
            yield self._pair(one, 0, self._find(one.stream, 0, one.joined_s))
            for after_s in map(round, AHEAD_S):
                told = self._find(one.stream, after_s, one.joined_s)
                if told is not None:
                    yield self._pair(one, after_s, told)

    def _append(self, stream: str, after_s: int, told: Told) -> None:
        rows = self._told[stream, after_s]
        if rows and rows[-1][0] >= told[0]:
            return
        rows.append(told)
        if rows[0][0] < told[0] - 2 * KEEP_S:
            del rows[: bisect_right(rows, (told[0] - KEEP_S,))]

    def _find(self, stream: str, after_s: int, joined_s: float) -> Told | None:
        """The newest that was told for a time up to then."""
        rows = self._told[stream, after_s]
        place = bisect_right(rows, (joined_s, float("inf"))) - 1
        return rows[place] if place >= 0 and joined_s - rows[place][0] <= LATE_S else None

    def _pair(self, one: Outcome, after_s: int, told: Told | None) -> Pair:
        _, wait_s, low_s, high_s = told or (None, None, None, None)
        return Pair(
            self._port,
            self._direction,
            one.stream,
            one.by,
            one.joined_s,
            after_s,
            one.wait_s,
            wait_s,
            low_s,
            high_s,
        )


def _horizon(after_s: float) -> int:
    """How far ahead a forecast is, as the nearest of AHEAD_S."""
    nearest_s = min(AHEAD_S, key=lambda ahead_s: abs(after_s - ahead_s))
    return round(nearest_s)
