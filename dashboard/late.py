"""Minutes of lanes are completed by rows that came late, as after a node's hours without a connection.

A thread of its own, a few minutes of one direction at a time: live lanes never wait for it. What readers
were told stays as it was. After a restart central replays its last hours of receipt and finds in them what
came late once more; doing it twice changes nothing. What came before those hours and was not done yet is
found from a mark in the store, which says up to when of receipt all is done.
"""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import structlog

from dashboard.central import REPLAY_S
from dashboard.config import CentralConfig
from dashboard.minutes import LaneMinute
from dashboard.orders.book import OrderBook
from dashboard.portconfig import DirectionConfig
from dashboard.rollup.late import LateNotes, LateRange
from dashboard.rollup.rollup import LATE_S, RollUp, usable_times
from dashboard.rollup.whole import MINUTE_S, WholeMinutes
from dashboard.store.history import History
from dashboard.store.late import reports_of
from dashboard.store.store import Store, StoreAwayError, StoredReport
from dashboard.waits.staffing import Staffing
from edge.messages import MessageError, NodeReport, decode

LEAD_STEPS = 2
"""So many minutes before a range are rolled up with it: what its first one counts is a difference."""

MARK = "late"
MARK_EVERY_S = 60.0
MARGIN_S = 900.0
"""The mark stays so far behind: minutes that just ended wait for those after them."""

ROWS_A_READ = 2000
PAUSE_S = 0.05
RETRY_S = 5.0

log = structlog.get_logger("late")


class Completer:
    """Completes what it is asked to, in order; a database that is away is tried again."""

    def __init__(self, config: CentralConfig, store: Store, book: Callable[[], OrderBook]) -> None:
        self._config, self._store, self._book = config, store, book
        self._asked: queue.SimpleQueue[LateRange | float | None] = queue.SimpleQueue()
        self._marked_s: float | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="late", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self, ranges: Iterable[LateRange], since_s: float) -> None:
        """Have these completed soon; then all late rows that came before `since_s` (UTC s) are done."""
        for late in ranges:
            self._asked.put(late)
        done_s = since_s - MARGIN_S
        if self._marked_s is None or done_s >= self._marked_s + MARK_EVERY_S:
            self._asked.put(done_s)
            self._marked_s = done_s

    def stop(self, timeout_s: float) -> None:
        """End after the range in hand."""
        self._stopping.set()
        self._asked.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        known = False
        while (asked := self._asked.get()) is not None and not self._stopping.is_set():
            if isinstance(asked, LateRange):
                self._until_done(partial(self._complete, asked))
                continue
            if not known:
                self._until_done(partial(self._complete_before, asked))
                known = True
            self._until_done(partial(self._store.mark, {MARK: int(asked)}))

    def _until_done(self, job: Callable[[], object]) -> None:
        while not self._stopping.is_set():
            try:
                job()
            except StoreAwayError as error:
                log.warning("late_minutes_wait", error=str(error))
                self._stopping.wait(RETRY_S)
            else:
                return

    def _complete_before(self, done_s: float) -> None:
        """After a start: what came before the hours that are replayed and was not done before it."""
        marked_s = self._store.marks(MARK).get("")
        if marked_s is not None:
            for late in left_over(self._config, self._store, marked_s, done_s - REPLAY_S + 2 * MARGIN_S):
                if not self._stopping.is_set():
                    self._complete(late)

    def _complete(self, late: LateRange) -> None:
        staffing = self._book().staffing(late.port, late.to_s, late.direction)
        rows = complete(self._config, self._store, late, staffing)
        log.info("late_minutes", port=late.port, direction=late.direction, from_s=late.from_s, rows=rows)
        self._stopping.wait(PAUSE_S)


def left_over(config: CentralConfig, store: Store, from_s: float, to_s: float) -> list[LateRange]:
    """The minutes of every direction that reports touch which came in [from_s, to_s) (UTC s).

    Raises: StoreAwayError.
    """
    notes = [(p.id, d, LateNotes(p.id, d.id, config.slice_s)) for p in config.ports for d in p.directions]
    cursor = store.last_before(from_s)
    while rows := store.after(cursor, ROWS_A_READ):
        cursor = rows[-1].ingest_id
        for received_s, times_s, report in _usable(row for row in rows if row.received_at_s < to_s):
            for port, direction, noted in notes:
                if report.port == port and report.node in _nodes_of(direction):
                    noted.note(report, times_s, received_s)
        if rows[-1].received_at_s >= to_s:
            break
    return [late for _, _, noted in notes for late in noted.take(math.inf, math.inf)]


def complete(config: CentralConfig, store: Store, late: LateRange, staffing: Sequence[Staffing] = ()) -> int:
    """Make the minutes of a range again from what is stored and complete history; gives their number.

    Raises: StoreAwayError; then nothing is changed.
    """
    port = next(each for each in config.ports if each.id == late.port)
    direction = next(each for each in port.directions if each.id == late.direction)
    nodes = _nodes_of(direction)
    lead_s = LEAD_STEPS * max(MINUTE_S, float(config.slice_s))
    received_s = (late.from_s - lead_s, late.to_s + MINUTE_S)
    stored = reports_of(store, late.port, nodes, received_s, late.spans)
    rows = minutes_again(late, direction, config.slice_s, lead_s, stored, staffing)
    History(store).complete_lanes(late.port, late.direction, rows)
    return len(rows)


def minutes_again(
    late: LateRange,
    direction: DirectionConfig,
    slice_s: int,
    lead_s: float,
    stored: Iterable[StoredReport],
    staffing: Sequence[Staffing] = (),
) -> list[LaneMinute]:
    """The minutes of a range in which a lane was seen, as if each report had come the moment it ended."""
    rollup = RollUp(late.port, direction, slice_s, late.from_s - lead_s)
    rollup.announce(staffing)
    whole = WholeMinutes()
    for end_s, report in _by_time(stored):
        if end_s <= late.to_s + LATE_S:
            for rows in rollup.add(report, end_s):
                whole.add(rows)
    for rows in rollup.close(late.to_s + LATE_S):
        whole.add(rows)
    return [row for row in whole.take() if late.from_s <= row.start_s < late.to_s and not row.missing]


def _by_time(stored: Iterable[StoredReport]) -> list[tuple[float, NodeReport]]:
    """(end by central's clock, report) of what can be used, in order of time."""
    found = [(times_s[1], report) for _, times_s, report in _usable(stored)]
    return sorted(found, key=lambda each: (each[0], each[1].node, each[1].seq))


def _usable(stored: Iterable[StoredReport]) -> Iterator[tuple[float, tuple[float, float], NodeReport]]:
    """(received, (start, end) by central's clock, report), in UTC seconds, of what can be used."""
    for row in stored:
        try:
            report = decode("report", row.payload)
        except MessageError:
            continue
        times_s = usable_times(report, row.received_at_s) if isinstance(report, NodeReport) else None
        if isinstance(report, NodeReport) and times_s is not None:
            yield row.received_at_s, times_s, report


def _nodes_of(direction: DirectionConfig) -> set[str]:
    return {source.node for lane in direction.lanes for source in lane.all_sources()}
