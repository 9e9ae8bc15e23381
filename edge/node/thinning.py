"""Taking old reports out of an outbox that fills up: the fuller it is, the fewer of them stay."""

from __future__ import annotations

from collections.abc import Iterator

from edge.daemon.logs import Log
from edge.messages import Event, NodeReport
from edge.node.database import OutboxError
from edge.node.outbox import KEEP_ONE_PER_S, Dropped, Outbox
from edge.node.series import Series

THIN_EVERY_S = 60.0

_log = Log()


class Thinner:
    """Thins a stretch of rows at a time, so that however many there are nothing else has to wait for long."""

    def __init__(self, series: Series, at: float) -> None:
        self._series = series
        self._looked_at = at
        self._stretches: Iterator[None] | None = None

    def look(self, outbox: Outbox, at: float) -> None:
        """Every minute: begin, if the outbox is filled. Raises: OutboxError."""
        if self._stretches is not None or at - self._looked_at < THIN_EVERY_S:
            return
        self._looked_at = at
        every_s = thinning(outbox.filled())
        if every_s == KEEP_ONE_PER_S:
            self.begin(outbox, at)
        elif every_s is not None:
            self._stretches = self._thinned(outbox, every_s, outbox.middle_id(), at)

    def begin(self, outbox: Outbox, at: float) -> None:
        """Of all its reports only one an hour is to stay. Raises: OutboxError."""
        self._looked_at = at
        self._stretches = self._thinned(outbox, KEEP_ONE_PER_S, outbox.newest_id(), at)

    def stop(self) -> None:
        """Leave the rest as it is, e.g. since the outbox is another one from now on."""
        self._stretches = None

    def go_on(self) -> bool:
        """One more stretch, if thinning has begun; False: there is none.

        A number that was given to an event which then was not kept is given again: gaps are for lost rows.
        Raises: OutboxError.
        """
        if self._stretches is None:
            return False
        newest = self._series.newest
        try:
            next(self._stretches)
        except StopIteration:
            self._stretches = None
        except OutboxError:
            self._series.newest, self._stretches = newest, None
            raise
        return self._stretches is not None

    def _thinned(self, outbox: Outbox, every_s: int, up_to: int, at: float) -> Iterator[None]:
        gone = 0
        for rows in outbox.thinned(
            every_s, up_to, lambda dropped: self._series.row(told(self._series, dropped, every_s, at))
        ):
            gone += rows
            yield
        _log.warning("outbox_thinned", rows=gone, kept_one_per_s=every_s)


def told(series: Series, dropped: Dropped, every_s: int | None, at: float) -> NodeReport:
    """The event that tells of rows that are gone; `every_s` None: for want of any room."""
    detail = {"boot": dropped.boot, "ranges": dropped.ranges, "kept_one_per_s": every_s}
    return series.event(Event(type="rows_dropped", detail=detail), at)


def thinning(filled: float) -> int | None:
    """Seconds of which an outbox that is `filled` (0 to 1) keeps one report; None: it keeps all."""
    for above, every_s in ((0.95, KEEP_ONE_PER_S), (0.75, 900), (0.5, 60)):
        if filled > above:
            return every_s
    return None
