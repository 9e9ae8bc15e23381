"""The last hour of each stream for the pages: read from the store at most once a minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.history import StreamMinute
from dashboard.store.history import History
from dashboard.store.store import StoreAwayError

HOUR_S = 3600.0
KEEP_S = 60.0


@dataclass(frozen=True, slots=True)
class _Read:
    at_s: float
    minutes: tuple[StreamMinute, ...]


class Recent:
    """Methods may be called from any thread; while the database is away there is no past."""

    def __init__(self, history: History | None, now: Callable[[], float]) -> None:
        self._history = history
        self._now = now
        self._read: dict[tuple[str, str], _Read] = {}

    def past(self, port: str, direction: str, stream: str) -> Sequence[StreamMinute]:
        """The minutes of one stream, oldest first."""
        return [minute for minute in self._minutes(port, direction) if minute.stream == stream]

    def _minutes(self, port: str, direction: str) -> tuple[StreamMinute, ...]:
        if self._history is None:
            return ()
        now_s, held = self._now(), self._read.get((port, direction))
        if held is None or not 0 <= now_s - held.at_s < KEEP_S:
            try:
                found = tuple(self._history.minutes(port, direction, None, now_s - HOUR_S, now_s))
            except StoreAwayError:
                found = ()
            held = self._read[port, direction] = _Read(now_s, found)
        return held.minutes
