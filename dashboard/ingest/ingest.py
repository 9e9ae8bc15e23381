"""Ingest: reports from the broker into the store, receipts after COMMIT, then the acknowledgement.

Order is everything here: COMMIT, receipt, acknowledgement. A kill between any two of them makes the node or
the broker send again, and the store keeps each report once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from dashboard.board import HealthView, Lack
from dashboard.config import CentralConfig
from dashboard.ingest.condition import Condition, told
from dashboard.ingest.judge import Presence, Verdict, judge, named_in, present, receipts_for
from dashboard.ingest.link import Arrived, HearRead, Link
from dashboard.ingest.share import WHOLE, Share
from dashboard.liveness import STUCK_AFTER_S
from dashboard.store.events import NodeEvent
from dashboard.store.intake import SET_BACK_S
from dashboard.store.store import SetAside, Store, StoreAwayError
from edge.daemon.notify import Pulse
from edge.messages import TOPICS, Health, Info, Status, encode

BATCH = 500
WINDOW_S = 0.02
IDLE_S = 0.01
TOLD_LIMIT = 1000
ELSEWHERE_S = 1.0
"""No worker takes longer from the stamp of a batch to its COMMIT, but while its database is away."""

RETRY_FIRST_S, RETRY_LAST_S = 0.2, 5.0

Clock = Callable[[], float]

log = structlog.get_logger("ingest")


class Counts(Protocol):
    """Where ingest tells what it did."""

    def committed(self, verdicts: Iterable[Verdict], new: int, took_s: float) -> None:
        """A batch is committed; `new` of its reports were not known."""

    def receipted(self, receipts: int) -> None:
        """So many receipts were sent."""

    def retained(self, messages: int) -> None:
        """So many of the messages were retained ones."""


class Ingest:
    """Two threads (network and worker) from broker to store. `wake` is called after every COMMIT.

    Raises: BrokerConfigError, when the broker's settings cannot be used.
    """

    def __init__(
        self,
        config: CentralConfig,
        store: Store,
        utc: Clock,
        tick: Clock,
        wake: Callable[[], None],
        counts: Counts | None = None,
        share: Share = WHOLE,
        hear_read: HearRead | None = None,
    ) -> None:
        self._share = share
        self._named = named_in(config)
        self._store = store
        self._tick = tick
        self._wake = wake
        self._counts = counts
        self._gate = Gate(utc)
        self._presence: dict[tuple[str, str], Presence] = {}
        self._conditions: dict[tuple[str, str], Condition] = {}
        self._told: set[tuple[str, str]] = set()
        self._store_trouble: str | None = "the database has not answered yet"
        self._stopping = threading.Event()
        self.pulse = Pulse("ingest", STUCK_AFTER_S, tick())
        self._link = Link(config.broker, share.client_id(config), share.filters(), hear_read)
        self._worker = threading.Thread(target=self._work, name="ingest", daemon=True)

    def start(self) -> None:
        """Begin, whether broker and database are there or not."""
        self._worker.start()

    def stop(self, timeout_s: float) -> None:
        """Commit the batch in hand and leave; what is not committed stays with broker and nodes."""
        self._stopping.set()
        self._worker.join(timeout_s)
        self._link.stop()

    def trouble(self) -> Lack | None:
        """What central is without; None when all is well."""
        if not self._worker.is_alive():
            return Lack("ingest", "ingest is not running")
        if self._store_trouble is not None:
            return Lack("database", self._store_trouble)
        why = self._link.trouble()
        return None if why is None else Lack("broker", why)

    def troubles(self) -> dict[str, str | None]:
        """The same by part."""
        return {"broker": self._link.trouble(), "database": self._store_trouble}

    def waiting(self) -> int:
        """Messages that wait for the database."""
        return self._link.waiting()

    def horizon_s(self) -> float:
        """A time such that every report received before it is committed; of workers elsewhere, nearly so."""
        return self._gate.horizon_s() - (0.0 if self._share.has_reports else ELSEWHERE_S)

    def online(self, port: str, node: str) -> bool | None:
        """Whether the broker holds the node connected; None when it never said."""
        presence = self._presence.get((port, node))
        return presence.online if presence else None

    def health(self, port: str, node: str) -> HealthView | None:
        """What the node last said of itself; None when it never did."""
        condition = self._conditions.get((port, node))
        return condition.view if condition else None

    def _work(self) -> None:
        if not self._until_done(self._store.upgrade):
            return
        self._wake()
        while not self._stopping.is_set():
            self.pulse.beat(self._tick())
            self._link.start()
            batch = self._collect()
            if batch:
                self._settle(batch)

    def _collect(self) -> list[Arrived]:
        first = self._link.take(0.25)
        batch = [first] if first else []
        ends = self._tick() + WINDOW_S
        while batch and len(batch) < BATCH and self._tick() < ends:
            message = self._link.take(IDLE_S)
            if message is None:
                break
            batch.append(message)
        return batch

    def _settle(self, batch: Sequence[Arrived]) -> None:
        begun_s = self._tick()
        with self._gate as at_s:
            verdicts = [judge(item.topic, item.payload, at_s, self._named) for item in batch]
            new = self._commit(verdicts)
        if new is None:
            return
        receipts = self._receipt(verdicts)
        for message in batch:
            self._link.acknowledge(message)
        if self._counts is not None:
            self._counts.committed(verdicts, new, self._tick() - begun_s)
            self._counts.receipted(receipts)
            self._counts.retained(sum(message.retained for message in batch))
        self._note(verdicts, at_s)
        self._wake()

    def _commit(self, verdicts: Sequence[Verdict]) -> int | None:
        """How many reports are new; None when told to stop before the database took them."""
        reports = [verdict.report for verdict in verdicts if verdict.report]
        aside = merged(verdict.set_aside for verdict in verdicts if verdict.set_aside)
        events = [verdict.event for verdict in verdicts if verdict.event]
        self._tell(aside)
        if not reports and not aside:
            return 0
        new: list[int] = []
        done = self._until_done(lambda: new.append(self._store.add(reports, aside, events)))
        return new[-1] if done else None

    def _tell(self, aside: Sequence[SetAside]) -> None:
        """Log each topic and reason once; how often it came stands in the store."""
        for item in aside:
            if (item.topic, item.reason) not in self._told and len(self._told) < TOLD_LIMIT:
                self._told.add((item.topic, item.reason))
                log.warning("set_aside", topic=item.topic, reason=item.reason)

    def _until_done(self, action: Callable[[], object]) -> bool:
        """Do it again, ever more slowly, until the database takes it; False when told to stop first."""
        pause_s = RETRY_FIRST_S
        while True:
            self.pulse.beat(self._tick())
            try:
                action()
            except StoreAwayError as error:
                self._store_trouble = f"the database is away: {error}"
                log.warning("store_away", error=str(error), retry_s=pause_s)
            else:
                self._store_trouble = None
                return True
            if self._stopping.wait(pause_s):
                return False
            pause_s = min(2 * pause_s, RETRY_LAST_S)

    def _receipt(self, verdicts: Sequence[Verdict]) -> int:
        reports = [verdict.report for verdict in verdicts if verdict.report]
        receipts = receipts_for(reports, self._gate.now_s())
        for port, node, receipt in receipts:
            self._link.publish(TOPICS["receipt"].of(port, node), encode(receipt))
        return len(receipts)

    def _note(self, verdicts: Sequence[Verdict], at_s: float) -> None:
        changes: list[NodeEvent] = []
        for verdict in verdicts:
            if verdict.address is None:
                continue
            node = (verdict.address.port, verdict.address.node)
            if node not in self._named:
                continue
            if isinstance(verdict.said, Status):
                known, now = self._presence.get(node), present(self._presence.get(node), verdict.said)
                self._presence[node] = now
                if known is not None and known.online != now.online:
                    kind = "online" if now.online else "offline"
                    changes.append(NodeEvent(*node, now.status.boot, 0, at_s, kind))
            elif isinstance(verdict.said, Health | Info):
                self._conditions[node] = told(self._conditions.get(node), verdict.said)
        if changes:
            self._until_done(lambda: self._store.add((), (), changes))


class Gate:
    """Stamps batches with a time that does not go back, and tells up to when all stamps are committed."""

    def __init__(self, utc: Clock) -> None:
        self._utc = utc
        self._lock = threading.Lock()
        self._last_s = 0.0
        self._open_s: float | None = None

    def now_s(self) -> float:
        """UTC seconds since 1970, not less than before unless the clock was set back for good."""
        with self._lock:
            return self._read_s()

    def horizon_s(self) -> float:
        """The stamp of the batch in hand, or now when there is none."""
        with self._lock:
            now_s = self._read_s()
            return now_s if self._open_s is None else self._open_s

    def __enter__(self) -> float:
        with self._lock:
            self._open_s = self._read_s()
            return self._open_s

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._open_s = None

    def _read_s(self) -> float:
        now_s = self._utc()
        if self._last_s - now_s > SET_BACK_S:
            log.warning("clock_set_back", by_s=round(self._last_s - now_s, 1))
            self._last_s = now_s
        self._last_s = max(self._last_s, now_s)
        return self._last_s


def merged(items: Iterable[SetAside]) -> list[SetAside]:
    """One row per topic and reason, with the newest head and the number of times."""
    rows: dict[tuple[str, str], SetAside] = {}
    for item in items:
        known = rows.get((item.topic, item.reason))
        times = item.times + (known.times if known else 0)
        rows[item.topic, item.reason] = replace(item, times=times)
    return list(rows.values())
