"""The thread of central that turns committed reports into boards."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import structlog

from dashboard.accuracy.scribe import Scribe
from dashboard.board import AsideView, BoardHolder, Lack, TroubleView
from dashboard.central import REPLAY_S, Central
from dashboard.config import CentralConfig
from dashboard.feeds.published import published
from dashboard.feeds.values import Published
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.worker import Workers
from dashboard.keeping import Keeping
from dashboard.late import Completer
from dashboard.liveness import STUCK_AFTER_S
from dashboard.orders.orders import Orders
from dashboard.plates.matching import Matching
from dashboard.recorder import Recorder
from dashboard.store.history import History
from dashboard.store.store import Store, StoreAwayError
from edge.daemon.notify import Pulse

ESTIMATE_EVERY_S = 1.0
TURN_AT_MOST_EVERY_S = 0.04
JUDGE_FOR_S = 0.02
"""At a minute's end every direction has a slice to judge: a few a turn, so that lanes are shown meanwhile."""

KEEP_EVERY_S = 1.0
"""Minutes and pairs are written this often, many in a transaction."""

LOOK_EVERY_S = 0.1
"""How often the store is read where other processes fill it: they do not wake this one."""

ROWS_A_READ = 2000
ASIDES_SHOWN = 10

Clock = Callable[[], float]
Step = Literal["read", "judge", "estimate", "board", "note"]
Took = Callable[[Step, float], None]
Beside = Callable[[], Mapping[str, TroubleView | None]]

log = structlog.get_logger("serve")


class CentralLoop:
    """The thread that turns committed reports into boards: first the recent past, then what comes."""

    def __init__(
        self,
        config: CentralConfig,
        store: Store,
        holder: BoardHolder,
        orders: Orders,
        utc: Clock,
        tick: Clock,
        workers: Workers | None = None,
        matching: Matching | None = None,
        took: Took = lambda step, seconds: None,
    ) -> None:
        """`took` is told how long each step of a turn lasted."""
        self._utc, self._tick, self._took = utc, tick, took
        self._workers = workers
        self._config = config
        self._matching = matching or Matching(config, utc, tick)
        self._central = Central(config, self._matching.learn)
        self._recorder = Recorder(History(store), config)
        self._scribe = Scribe(store)
        self._keeping = Keeping((self._recorder, self._scribe))
        self._completer = Completer(config, store, orders.book)
        self._orders = orders
        self._store = store
        self._holder = holder
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._ingest: Ingest | None = None
        self._beside: Beside = dict
        self._cursor: int | None = None
        self._set_aside = 0
        self._asides: tuple[AsideView, ...] = ()
        self._looked_s = self._kept_s = float("-inf")
        self._unreadable = 0
        self._estimated_s = float("-inf")
        self.pulse = Pulse("the wait loop", STUCK_AFTER_S, self._tick())
        self._thread = threading.Thread(target=self._run, name="central", daemon=True)

    def start(self, ingest: Ingest, beside: Beside = dict) -> None:
        """Begin; `beside` gives what keeps each part that runs beside from its work."""
        self._ingest, self._beside = ingest, beside
        self._completer.start()
        self._keeping.start()
        self._thread.start()

    def open_slices(self) -> dict[tuple[str, str], float]:
        """By port and direction, the start of the slice that is not closed yet; asked by any thread."""
        return self._central.open_slices()

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    def stop(self, timeout_s: float) -> None:
        """End after the turn in hand."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout_s)
        self._keeping.stop(timeout_s)
        self._completer.stop(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.pulse.beat(self._tick())
            self._turn()
            self._stopping.wait(TURN_AT_MOST_EVERY_S)
            self._wake.wait(LOOK_EVERY_S if self._workers else ESTIMATE_EVERY_S)
            self._wake.clear()

    def _turn(self) -> None:
        ingest = self._ingest
        assert ingest is not None
        trouble = ingest.trouble()
        if self._store.is_made:
            with self._timed("read"):
                trouble = self._hear(ingest) or trouble
            with self._timed("judge"):
                self._judge(JUDGE_FOR_S)
            with self._timed("estimate"):
                trouble = self._estimate() or trouble
        with self._timed("board"):
            board = self._central.board(self._utc(), ingest.online, self._set_aside, trouble, ingest.health)
            beside = tuple(trouble for trouble in self._beside().values() if trouble is not None)
            self._holder.post(replace(board, asides=self._asides, beside=beside))
        with self._timed("note"):
            self._record()

    def _hear(self, ingest: Ingest) -> Lack | None:
        """Take in what is committed; says what is wrong when that cannot be read."""
        trouble = None if self._orders.is_read else self._obey()
        try:
            self._read(ingest.horizon_s())
            if self._workers is not None:
                trouble = trouble or self._workers.trouble(self._utc())
        except StoreAwayError as error:
            trouble = trouble or _away(error)
        return trouble

    def _estimate(self) -> Lack | None:
        """Once a second: the orders of now, and the state of every stream."""
        if self._tick() - self._estimated_s < ESTIMATE_EVERY_S:
            return None
        trouble = self._obey()
        if self._orders.is_read:
            self._central.estimate(self._utc())
        self._estimated_s = self._tick()
        return trouble

    @contextmanager
    def _timed(self, step: Step) -> Iterator[None]:
        begun_s = self._tick()
        yield
        self._took(step, self._tick() - begun_s)

    def _record(self) -> None:
        now_s = self._utc()
        self._recorder.note(now_s, self._told_at, self._central.finished_minutes())
        told = self._scribe.note(self._central, now_s)
        if not self._store.is_made:
            return
        self._completer.ask(self._central.late(now_s), self._central.late_since_s(now_s))
        if told or self._tick() - self._kept_s >= KEEP_EVERY_S:
            self._kept_s = self._tick()
            self._keeping.wake()

    def _told_at(self, at_s: float) -> Published:
        self._central.estimate(at_s)
        board = self._central.board(at_s, lambda port, node: None, 0, None)
        return published(board, self._config, at_s, self._orders.book())

    def _read(self, horizon_s: float) -> None:
        """Take in what is committed; `horizon_s` was read before, so nothing older can still come."""
        self._central.match(self._matching.take())
        if self._cursor is None:
            self._scribe.recall(self._central, horizon_s - REPLAY_S)
            self._cursor = self._store.last_before(horizon_s - REPLAY_S)
        while rows := self._store.after(self._cursor, ROWS_A_READ):
            self._central.hear(rows)
            if len(rows) == ROWS_A_READ:  # the past after a start: nobody waits for its lanes
                self._judge(math.inf)
            self._cursor = rows[-1].ingest_id
            self.pulse.beat(self._tick())
            if self._stopping.is_set():
                return
        self._look_aside()
        if self._central.unreadable > self._unreadable:
            self._unreadable = self._central.unreadable
            log.error("rows_unreadable", rows=self._unreadable)
        self._central.expire(horizon_s)

    def _judge(self, for_s: float) -> None:
        """Judge slices that closed; what is left after `for_s` is for the next turn, which comes at once."""
        until_s = self._tick() + for_s
        while self._central.judge_one():
            if self._tick() >= until_s:
                self._wake.set()
                return

    def _obey(self) -> Lack | None:
        """Do as managers ordered; says what is wrong when that cannot be read anew."""
        trouble = None
        try:
            self._orders.refresh(self._utc())
        except StoreAwayError as error:
            trouble = _away(error)
        self._central.obey(self._orders.book())
        return trouble

    def _look_aside(self) -> None:
        """Once a second at most: a turn comes far more often, and this adds up a table."""
        if self._tick() - self._looked_s < ESTIMATE_EVERY_S:
            return
        self._looked_s = self._tick()
        known, self._set_aside = self._set_aside, self._store.set_aside_count()
        if self._set_aside != known:
            self._asides = tuple(
                AsideView(item.topic, item.reason, item.times, item.received_at_s)
                for item in self._store.set_aside(ASIDES_SHOWN)
            )


def _away(error: StoreAwayError) -> Lack:
    return Lack("database", f"the database is away: {error}")
