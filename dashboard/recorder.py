"""What central tells readers becomes history: a row per stream at each whole minute, hours when they end.

Noted on the thread that judges, written on one of its own: no lane waits for a disk.

Minutes in which central did not run are told as unknown, so that no chart draws a line across them.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from dashboard.config import CentralConfig
from dashboard.feeds.values import Published, PublishedStream
from dashboard.history import StreamMinute
from dashboard.store.history import HOUR_S, History, LaneRows

MINUTE_S = 60.0
NOT_RUNNING = "central was not running"
TOLD_BACK_S = 24 * 3600.0
"""After a longer absence only so much of it is told as unknown; before that there are no rows at all."""

SET_BACK_S = 600.0

KEPT_MINUTES = 1440
"""Minutes that wait in memory for a database that is away."""


class Recorder:
    """`note` and `write` may be called from two threads."""

    def __init__(self, history: History, config: CentralConfig) -> None:
        self._history = history
        self._streams = [(p.id, d.id, s.id) for p in config.ports for d in p.directions for s in d.streams]
        self._directions = [
            (p.id, d.id, [s.id for s in d.streams], [lane.id for lane in d.lanes])
            for p in config.ports
            for d in p.directions
        ]
        self._most_kept = KEPT_MINUTES * max(1, len(self._directions))
        self._lock = threading.Lock()
        self._at_s = -math.inf
        self._noted_s: float | None = None
        self._rolled_s = -math.inf
        self._begun = False
        self._streams_kept: deque[list[StreamMinute]] = deque(maxlen=KEPT_MINUTES)
        self._lanes_kept: list[LaneRows] = []
        self._to_roll: list[tuple[str, str, list[str], list[str]]] = []

    def note(self, at_s: float, say: Callable[[float], Published], lanes: Sequence[LaneRows]) -> None:
        """`at_s`: UTC seconds; `say` gives what is told at a moment; `lanes`: minutes finished since."""
        with self._lock:
            self._lanes_kept = [*self._lanes_kept, *lanes][-self._most_kept :]
            self._at_s = at_s
            self._note(at_s, say)

    def write(self) -> None:
        """Write what is due. Raises: StoreAwayError; nothing is lost by it."""
        self._begin()
        while streams := self._first_kept():
            self._history.add(streams)
            with self._lock:
                if self._streams_kept[0] is streams:
                    self._streams_kept.popleft()
        with self._lock:
            lanes = self._lanes_kept
        self._history.add_lanes(lanes)
        with self._lock:
            written = {id(row) for row in lanes}
            self._lanes_kept = [row for row in self._lanes_kept if id(row) not in written]
        self._roll_up()

    def _first_kept(self) -> list[StreamMinute] | None:
        with self._lock:
            return self._streams_kept[0] if self._streams_kept else None

    def _note(self, at_s: float, say: Callable[[float], Published]) -> None:
        """Keep the minute that just ended, and as unknown those that passed while nobody looked."""
        end_s = _floor(at_s, MINUTE_S)
        if self._noted_s is None or self._noted_s - end_s > SET_BACK_S:
            self._noted_s = end_s  # the first minute, or the clock was wrong before and was set back
            self._rolled_s = min(self._rolled_s, end_s - HOUR_S)
        if end_s <= self._noted_s:
            return
        for start_s in _minutes(max(self._noted_s, end_s - TOLD_BACK_S), end_s - MINUTE_S):
            self._streams_kept.append([_not_running(*key, start_s) for key in self._streams])
        self._streams_kept.append(list(minutes_of(say(end_s), end_s - MINUTE_S)))
        self._noted_s = end_s

    def _begin(self) -> None:
        """After a start: tell the minutes since the last stored one."""
        with self._lock:
            if self._begun or self._noted_s is None:
                return
            until_s = self._noted_s - MINUTE_S * len(self._streams_kept)
        for key in self._streams:
            newest_s = self._history.newest_s(*key)
            if newest_s is not None:
                first_s = max(newest_s + MINUTE_S, until_s - TOLD_BACK_S)
                self._history.add([_not_running(*key, start_s) for start_s in _minutes(first_s, until_s)])
        self._begun = True

    def _roll_up(self) -> None:
        """Lanes close up to some seconds late, so the hour is rolled up a minute after its end."""
        with self._lock:
            due_s = _floor(self._at_s - MINUTE_S, HOUR_S)
            if due_s > self._rolled_s:
                self._to_roll = list(self._directions)
                self._rolled_s = due_s
        while self._to_roll:  # what is left stays when the database is away
            self._history.roll_up(*self._to_roll[-1], due_s)
            self._to_roll.pop()


def minutes_of(said: Published, start_s: float) -> Iterator[StreamMinute]:
    """One row per stream for the minute from `start_s`, `said` being what was told at its end."""
    for port in said.ports:
        for direction in port.directions:
            for stream in direction.streams:
                yield _minute(port.config.id, direction.config.id, stream, start_s)


def _minute(port: str, direction: str, stream: PublishedStream, start_s: float) -> StreamMinute:
    wait, queue, actual = stream.expected, stream.queue, stream.actual
    if actual is not None and actual.measured_at_s < start_s:
        actual = None
    return StreamMinute(
        port=port,
        direction=direction,
        stream=stream.id,
        start_s=start_s,
        state=stream.state,
        reason=stream.reason,
        wait_s=None if wait is None else wait.wait_s,
        low_s=None if wait is None else wait.low_s,
        high_s=None if wait is None else wait.high_s,
        basis=() if wait is None else tuple(wait.basis),
        actual_s=None if actual is None else actual.wait_s,
        actual_n=None if actual is None else actual.vehicles,
        queue_vehicles=None if queue is None else queue.vehicles,
        queue_m=None if queue is None else queue.length_m,
        at_least=None if queue is None else queue.at_least,
        lanes_open=stream.lanes_open,
    )


def _not_running(port: str, direction: str, stream: str, start_s: float) -> StreamMinute:
    nothing = (None,) * 3
    return StreamMinute(
        port, direction, stream, start_s, "unknown", NOT_RUNNING, *nothing, (), *nothing, None, None, None
    )


def _minutes(from_s: float, to_s: float) -> Iterator[float]:
    for n in range(round((to_s - from_s) / MINUTE_S)):
        yield from_s + n * MINUTE_S


def _floor(at_s: float, step_s: float) -> float:
    return math.floor(at_s / step_s) * step_s
