"""The thread that matches tokens as they come, whatever the database does: a token is never kept waiting.

What comes in is the raw message; what goes out are travel times. Nothing here logs or stores a message.
"""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, Full, Queue

from dashboard.config import CentralConfig
from dashboard.liveness import STUCK_AFTER_S
from dashboard.minutes import Match
from dashboard.plates.matcher import Counts, Matcher, Sighting, lanes_of
from edge.daemon.notify import Pulse
from edge.messages import Address, MessageError, NodeReport, Read, address_of, decode

WAITING = 10_000
LOOK_EVERY_S = 0.2
UNKNOWN_CLOCK_S = 30.0
"""A read of a boot that has not reported yet waits so long for the report that tells its clock."""

AHEAD_S = 60.0
"""A read from further ahead of central's clock is not used, as reports are not."""


@dataclass(frozen=True, slots=True)
class NodeTime:
    """A node's clock by its newest report: seconds ahead of central's, None if not to be trusted."""

    boot: str
    offset_s: float | None


@dataclass(frozen=True, slots=True)
class _Waiting:
    address: Address
    read: Read = field(repr=False)
    received_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A match of one direction of a port."""

    port: str
    direction: str
    match: Match


class Matching:
    """All ports that have plates switched on. `hear` may be called from any thread, as may the others."""

    def __init__(self, config: CentralConfig, utc: Callable[[], float], tick: Callable[[], float]) -> None:
        self._utc, self._tick = utc, tick
        self.counts = Counts()
        self._matchers: dict[tuple[str, str], Matcher] = {}
        self._directions: dict[tuple[str, str], str] = {}
        self._nodes: set[tuple[str, str, str]] = set()
        self._patience_s: dict[str, float] = {}
        for port in config.ports:
            if port.plates is None:
                continue
            self._patience_s[port.id] = min(UNKNOWN_CLOCK_S, float(port.plates.retention_s))
            self._directions |= {(port.id, lane): d for lane, d in lanes_of(port.directions).items()}
            for direction in port.directions:
                self._matchers[port.id, direction.id] = Matcher(direction, port.plates, self.counts)
                self._nodes |= {(port.id, s.node, x.id) for x in direction.lanes for s in x.all_sources()}
        self._inbox: Queue[tuple[str, bytes, float]] = Queue(WAITING)
        self._times: dict[tuple[str, str], NodeTime] = {}
        self._waiting: list[_Waiting] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self.pulse = Pulse("plate matching", STUCK_AFTER_S, tick())
        self._thread = threading.Thread(target=self._run, name="plates", daemon=True)

    @property
    def is_on(self) -> bool:
        """Whether any port has plates switched on."""
        return bool(self._matchers)

    def start(self) -> None:
        """Begin, if any port has plates; from here on a crash leaves no picture of memory on disk."""
        if self.is_on:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End; what is held is gone."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def hear(self, topic: str, payload: bytes, retained: bool) -> None:
        """A message on a topic of reads; one too many, and any while plates are off, is let go."""
        if not self.is_on or retained:
            self.counts.unusable += 1
            return
        try:
            self._inbox.put_nowait((topic, payload, self._tick()))
        except Full:
            self.counts.unusable += 1

    def learn(self, report: NodeReport) -> None:
        """Take in what a report says of its node's clock."""
        if self.is_on:
            self._times[report.port, report.node] = NodeTime(report.boot, report.ahead_s)

    def take(self) -> list[Found]:
        """The matches that were not taken yet."""
        with self._lock:
            return [
                Found(port, direction, match)
                for (port, direction), matcher in self._matchers.items()
                for match in matcher.take()
            ]

    def held(self) -> int:
        """Tokens that are held now, those that wait for their node's clock among them."""
        with self._lock:
            return sum(map(len, self._matchers.values())) + len(self._waiting)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.pulse.beat(self._tick())
            self._turn()

    def _turn(self) -> None:
        try:
            first = self._inbox.get(timeout=LOOK_EVERY_S)
        except Empty:
            first = None
        with self._lock:
            if first is not None:
                self._read(*first)
            self._place()
            for matcher in self._matchers.values():
                matcher.forget(self._tick())

    def _read(self, topic: str, payload: bytes, received_s: float) -> None:
        address = address_of(topic)
        try:
            read = decode("reads", payload)
        except MessageError:  # its text may hold a part of the message
            self.counts.unusable += 1
            return
        if address is None or (address.port, address.node, read.lane) not in self._nodes:
            self.counts.unusable += 1
            return
        self._waiting.append(_Waiting(address, read, received_s))

    def _place(self) -> None:
        """Hand over what can be placed in time; the rest waits a little for its node's first report."""
        still: list[_Waiting] = []
        for item in self._waiting:
            time = self._times.get((item.address.port, item.address.node))
            if time is None or time.boot != item.read.boot:
                if self._tick() - item.received_s < self._patience_s[item.address.port]:
                    still.append(item)
                else:
                    self.counts.unusable += 1
            elif time.offset_s is None:
                self.counts.unusable += 1
            else:
                self._match(item, item.read.at.timestamp() - time.offset_s)
        self._waiting = still

    def _match(self, item: _Waiting, at_s: float) -> None:
        if at_s > self._utc() + AHEAD_S:
            self.counts.unusable += 1
            return
        port, read = item.address.port, item.read
        matcher = self._matchers[port, self._directions[port, read.lane]]
        token = f"{read.key_id}:{read.token}"
        matcher.add(Sighting(at_s, item.received_s, read.lane, read.point, token))
