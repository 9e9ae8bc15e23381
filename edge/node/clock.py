"""The node's own time, and how far it is from central's. Times in seconds.

Everything on the node is measured and waited for in a time that never steps. UTC, which may be set forwards
or backwards by years, is that time plus a shift; it is only written on what leaves the node.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

WINDOW_S = 600.0
RESOLUTION_S = 0.1
"""The way from central takes some milliseconds, so a smaller offset than this cannot be told from none."""


STEP_S = 0.1
"""A smaller difference is no step: the system's clock is led back to the right time slowly."""

HELD_UP_S = 0.02
"""Longer than it takes to look at two clocks; a busy machine lets a thread wait between them for far more."""


class NodeClock:
    """Seconds since 1970 as the wall clock said at the start, grown by the monotonic clock since."""

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._wall, self._monotonic = wall, monotonic
        begun_s = None
        while begun_s is None:
            begun_s = self._ahead_s()
        self._begun_s = begun_s
        self._shift_s = 0.0

    def now(self) -> float:
        """The node's own time."""
        return self._begun_s + self._monotonic()

    def stepped_s(self) -> float | None:
        """By how much the wall clock was set since the last call; None when it was not, or cannot be told."""
        ahead_s = self._ahead_s()
        if ahead_s is None:
            return None
        step_s = ahead_s - self._begun_s - self._shift_s
        if abs(step_s) < STEP_S:
            return None
        self._shift_s += step_s
        return step_s

    def _ahead_s(self) -> float | None:
        """The wall clock less the monotonic one; None if the thread was held up while it looked at them."""
        before = self._monotonic()
        ahead_s = self._wall() - before
        return ahead_s if self._monotonic() - before < HELD_UP_S else None


class ClockOffset:
    """Node minus central. A receipt is late by its way, never early: the least of ten minutes is nearest."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def receipt(self, sent_at: float, at: float) -> None:
        """A receipt that central sent at `sent_at` (its clock) came at `at` (ours)."""
        offset_s = at - sent_at
        while self._seen and self._seen[-1][1] >= offset_s:
            self._seen.pop()
        self._seen.append((at, offset_s))

    def offset_s(self, at: float) -> float | None:
        """The estimate now, to a tenth of a second; None without a receipt in the last ten minutes."""
        while self._seen and not -WINDOW_S <= at - self._seen[0][0] <= WINDOW_S:
            self._seen.popleft()
        if not self._seen:
            return None
        return round(self._seen[0][1] / RESOLUTION_S) * RESOLUTION_S + 0.0
