"""Minutes of lanes are completed by rows that came late, as after a node's hours without a connection.

A thread of its own, a few minutes of one direction at a time: live lanes never wait for it. What readers
were told stays as it was. Nothing is kept over a restart: central replays its last hours of receipt then,
and finds in them what came late once more; doing it twice changes nothing.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Sequence

import structlog

from dashboard.config import CentralConfig, DirectionConfig
from dashboard.minutes import LaneMinute
from dashboard.orders.book import OrderBook
from dashboard.rollup.late import LateRange
from dashboard.rollup.rollup import LATE_S, RollUp, usable_times
from dashboard.rollup.whole import MINUTE_S, WholeMinutes
from dashboard.store.history import History
from dashboard.store.late import reports_of
from dashboard.store.store import Store, StoreAwayError, StoredReport
from dashboard.waits.staffing import Staffing
from edge.messages import MessageError, NodeReport, decode

LEAD_STEPS = 2
"""So many minutes before a range are rolled up with it: what its first one counts is a difference."""

PAUSE_S = 0.05
RETRY_S = 5.0

log = structlog.get_logger("late")


class Completer:
    """Completes what it is asked to, in order; a database that is away is tried again."""

    def __init__(self, config: CentralConfig, store: Store, book: Callable[[], OrderBook]) -> None:
        self._config, self._store, self._book = config, store, book
        self._asked: queue.SimpleQueue[LateRange | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="late", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self, ranges: Iterable[LateRange]) -> None:
        """Have these completed soon."""
        for late in ranges:
            self._asked.put(late)

    def stop(self, timeout_s: float) -> None:
        """End after the range in hand."""
        self._stopping.set()
        self._asked.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (late := self._asked.get()) is not None and not self._stopping.is_set():
            while not self._is_done(late) and not self._stopping.wait(RETRY_S):
                pass
            self._stopping.wait(PAUSE_S)

    def _is_done(self, late: LateRange) -> bool:
        staffing = self._book().staffing(late.port, late.to_s, late.direction)
        try:
            rows = complete(self._config, self._store, late, staffing)
        except StoreAwayError as error:
            log.warning("late_minutes_wait", error=str(error))
            return False
        log.info("late_minutes", port=late.port, direction=late.direction, from_s=late.from_s, rows=rows)
        return True


def complete(config: CentralConfig, store: Store, late: LateRange, staffing: Sequence[Staffing] = ()) -> int:
    """Make the minutes of a range again from what is stored and complete history; gives their number.

    Raises: StoreAwayError; then nothing is changed.
    """
    port = next(each for each in config.ports if each.id == late.port)
    direction = next(each for each in port.directions if each.id == late.direction)
    nodes = {source.node for lane in direction.lanes for source in lane.all_sources()}
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
    found = []
    for row in stored:
        try:
            report = decode("report", row.payload)
        except MessageError:
            continue
        times_s = usable_times(report, row.received_at_s) if isinstance(report, NodeReport) else None
        if isinstance(report, NodeReport) and times_s is not None:
            found.append((times_s[1], report))
    return sorted(found, key=lambda each: (each[0], each[1].node, each[1].seq))
