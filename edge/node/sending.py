"""Which rows go out next: live ones first, the backlog beside them, and again what was not receipted.

Two cursors over the ids of the outbox. `live` follows the newest rows. A `sweep` goes from the oldest row to
those that were sent 30 s ago; what it finds was not receipted, so it is sent (again). Pure: `at` in seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.node.outbox import Range, Row

WINDOW = 80
"""Rows of a sweep that wait for their receipts at a time."""
ROWS_PER_S = 200.0
RESEND_AFTER_S = 30.0
RESEND_AT_MOST_S = 240.0


@dataclass(frozen=True, slots=True)
class Span:
    """Read at most `limit` rows with `after` < id <= `up_to`."""

    after: int
    up_to: int
    limit: int


class Sender:
    """Keeps the two cursors; what was read and sent is told to it."""

    def __init__(self) -> None:
        self.begin(0, 0.0)

    def begin(self, newest_id: int, at: float) -> None:
        """After a (new) connection: all rows up to now are backlog, to be swept at once."""
        self.live_after = newest_id
        self._sweep_after, self._sweep_to = 0, newest_id
        self._waiting: dict[tuple[str, int], float] = {}
        self._recent: deque[tuple[float, int]] = deque()
        self._tokens, self._tokens_at = ROWS_PER_S, at
        self._resend_after_s = RESEND_AFTER_S
        self._next_sweep_at = at
        self._receipt_at = at

    def sent_live(self, rows: Iterable[Row], at: float) -> None:
        """These went out by the live cursor."""
        for row in rows:
            self.live_after = row.id
            self._recent.append((at, row.id))

    def backlog(self, at: float) -> Span | None:
        """What the sweep wants now; None when it has to wait."""
        if self._sweep_after >= self._sweep_to and not self._start_sweep(at):
            return None
        if self._waiting:
            self._give_up_waiting(at)
        self._tokens = min(ROWS_PER_S, self._tokens + (at - self._tokens_at) * ROWS_PER_S)
        self._tokens_at = at
        limit = min(WINDOW - len(self._waiting), int(self._tokens))
        return Span(self._sweep_after, self._sweep_to, limit) if limit > 0 else None

    def sent_backlog(self, rows: Iterable[Row], at: float) -> None:
        """These went out by the sweep."""
        for row in rows:
            self._sweep_after = row.id
            self._waiting[(row.boot, row.seq)] = at
            self._tokens -= 1
        if self._sweep_after >= self._sweep_to:
            self.swept(at)

    def swept(self, at: float) -> None:
        """The sweep found no more rows; the next one starts later, ever later while central is silent."""
        self._sweep_after = self._sweep_to
        self._next_sweep_at = at + self._resend_after_s

    def receipted(self, boot: str, ranges: Sequence[Range], at: float) -> None:
        """A receipt came: central is there."""
        self._receipt_at = at
        self._resend_after_s = RESEND_AFTER_S
        for key in [key for key in self._waiting if _is_in(key, boot, ranges)]:
            del self._waiting[key]

    def _start_sweep(self, at: float) -> bool:
        if at < self._next_sweep_at:
            return False
        self._take_in_recent(at)
        if self._waiting and self._receipt_at < min(self._waiting.values()):
            self._back_off()
        self._waiting.clear()
        self._sweep_after = 0
        return self._sweep_to > 0

    def _give_up_waiting(self, at: float) -> None:
        """After the time for receipts: go on if others came, begin again if central was silent."""
        oldest = min(self._waiting.values())
        if at - oldest < self._resend_after_s:
            return
        if self._receipt_at >= oldest:
            in_time = {key: sent for key, sent in self._waiting.items() if at - sent < self._resend_after_s}
            self._waiting = in_time
            return
        self._back_off()
        self._waiting.clear()
        self._take_in_recent(at)
        self._sweep_after = 0

    def _take_in_recent(self, at: float) -> None:
        """Live rows that had their time for a receipt belong to the sweep."""
        while self._recent and at - self._recent[0][0] >= RESEND_AFTER_S:
            self._sweep_to = self._recent.popleft()[1]

    def _back_off(self) -> None:
        self._resend_after_s = min(2 * self._resend_after_s, RESEND_AT_MOST_S)


def _is_in(key: tuple[str, int], boot: str, ranges: Sequence[Range]) -> bool:
    return key[0] == boot and any(first <= key[1] <= last for first, last in ranges)
