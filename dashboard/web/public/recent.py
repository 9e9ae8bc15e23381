"""The last hour of each stream for the pages: read at most once a minute, beside the requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from dashboard.history import StreamMinute
from dashboard.store.history import History
from dashboard.store.store import StoreAwayError

HOUR_S = 3600.0
KEEP_S = 60.0
WAIT_S = 0.25
"""So long a page waits for its past; a database that takes longer costs the trend of that page only."""


@dataclass(frozen=True, slots=True)
class _Read:
    at_s: float
    minutes: Future[tuple[StreamMinute, ...]]


class Recent:
    """Methods may be called from any thread; while the database is away there is no past."""

    def __init__(self, history: History | None, now: Callable[[], float]) -> None:
        self._history = history
        self._now = now
        self._reads: dict[tuple[str, str], _Read] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="recent")

    def past(self, port: str, direction: str, stream: str) -> Sequence[StreamMinute]:
        """The minutes of one stream, oldest first."""
        return [minute for minute in self._minutes(port, direction) if minute.stream == stream]

    def _minutes(self, port: str, direction: str) -> tuple[StreamMinute, ...]:
        history, now_s, key = self._history, self._now(), (port, direction)
        if history is None:
            return ()
        held = self._reads.get(key)
        if held is None or (held.minutes.done() and not 0 <= now_s - held.at_s < KEEP_S):
            found = self._reader.submit(_last_hour, history, port, direction, now_s)
            held = self._reads[key] = _Read(now_s, found)
            return _within(held.minutes, WAIT_S)
        return _within(held.minutes, 0)


def _last_hour(history: History, port: str, direction: str, now_s: float) -> tuple[StreamMinute, ...]:
    try:
        return tuple(history.minutes(port, direction, None, now_s - HOUR_S, now_s))
    except StoreAwayError:
        return ()


def _within(minutes: Future[tuple[StreamMinute, ...]], wait_s: float) -> tuple[StreamMinute, ...]:
    try:
        return minutes.result(wait_s)
    except TimeoutError:
        return ()
