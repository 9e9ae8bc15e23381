"""Looks ahead once a minute: keeps the outlook, the forecasts told of it, and what came of earlier ones."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from dashboard.waits.forecasts import AHEAD_S, Point, forecasts
from dashboard.waits.outlook import Outlook
from dashboard.waits.state import Forecast, Outcome, StreamState
from dashboard.waits.told import Memory
from dashboard.waits.weekly import NO_PAST, Weekly

EVERY_S = 60.0
TOLD_EVERY_S = 180.0
"""Forecasts are remembered for calibration so often."""
MATCHED_WITHIN_S = 1800.0
"""While vehicles are matched the balance does not tell outcomes."""
MOST_OUTCOMES = 4000


class Lookout:
    """Of one direction; `streams` are its ids. Times are the engine's."""

    def __init__(self, streams: Sequence[str]) -> None:
        self.outlook: Outlook | None = None
        self.outcomes: deque[Outcome] = deque(maxlen=MOST_OUTCOMES)
        self._memory = Memory(streams)
        self.weekly = NO_PAST
        self._told: dict[str, tuple[Point | None, ...]] = {}
        self._noted_s = -math.inf
        self._reached_s = dict.fromkeys(streams, -math.inf)
        self._joined_s = dict.fromkeys(streams, -math.inf)

    def learn(self, weekly: Weekly) -> None:
        """The port's own past."""
        self.weekly = weekly

    def is_due(self, at_s: float) -> bool:
        """Whether the outlook is a minute old."""
        return self.outlook is None or at_s - self.outlook.at_s >= EVERY_S

    def look(self, outlook: Outlook) -> None:
        """Take in the outlook of a moment and tell what it means for the next hour."""
        self._memory.note_waits(outlook)
        self.outlook = self._memory.complete(outlook)
        self._told = forecasts(self.outlook, AHEAD_S, self.weekly)
        if outlook.at_s - self._noted_s >= TOLD_EVERY_S:
            self._memory.note(self._told)
            self._noted_s = outlook.at_s

    def told(self, stream: str) -> tuple[Forecast, ...]:
        """What was told last of the stream, nearest first."""
        return tuple(point.forecast for point in self._told.get(stream, ()) if point is not None)

    def see(self, state: StreamState, reached: Sequence[tuple[float, float]], at_s: float) -> None:
        """Take in who reached a booth: `reached` (time, wait) of matched vehicles, else by `state.actual`."""
        known_s = self._reached_s[state.stream]
        for reached_s, wait_s in reached:
            if reached_s > known_s:
                self._note(Outcome(state.stream, reached_s - wait_s, wait_s, "match"))
                self._reached_s[state.stream] = max(self._reached_s[state.stream], reached_s)
        if state.actual is None or at_s - self._reached_s[state.stream] <= MATCHED_WITHIN_S:
            return
        joined_s = state.actual.measured_at_s - state.actual.wait_s
        if joined_s >= self._joined_s[state.stream] + EVERY_S / 2:
            self._note(Outcome(state.stream, joined_s, state.actual.wait_s, "balance"))

    def _note(self, outcome: Outcome) -> None:
        self._joined_s[outcome.stream] = max(self._joined_s[outcome.stream], outcome.joined_s)
        self.outcomes.append(outcome)
        self._memory.see(outcome.stream, outcome.joined_s, outcome.wait_s)
