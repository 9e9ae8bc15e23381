"""How far this node's clock is from central's, from the times in receipts. Pure; times in seconds."""

from __future__ import annotations

from collections import deque

WINDOW_S = 600.0
RESOLUTION_S = 0.1
"""The way from central takes some milliseconds, so a smaller offset than this cannot be told from none."""


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
