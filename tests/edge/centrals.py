"""A central that keeps what comes and receipts it, and a link's thread as the node runs it. For tests."""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge.config import BrokerConfig
from edge.messages import TOPICS, LaneReport, NodeReport, Receipt, Status, address_of, decode, encode, utc_ms
from edge.node.keeper import Keeper
from edge.node.link import Link
from tests.dashboard.nodes import PATIENCE_S

now = time.time
LANES = [LaneReport(lane="b5", camera="c1", kind="booth", observed_s=1.0)]


class Central:
    """Keeps every message of all nodes by (boot, seq); receipts them unless told not to.

    `states` has the newest of what is no row, by topic; `statuses` every online and offline, as they came.
    """

    def __init__(
        self,
        broker_port: int,
        receipts: bool = True,
        tls: ssl.SSLContext | None = None,
        name: str = "central",
    ) -> None:
        self.receipts = receipts
        self.rows: Counter[tuple[str, int]] = Counter()
        self.messages: dict[tuple[str, int], NodeReport] = {}
        self.states: dict[str, Any] = {}
        self.statuses: list[str] = []
        self._subscribed = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        if tls is not None:
            self._client.tls_set_context(tls)
        self._client.on_connect = self._connected
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._received
        self._client.connect_async("127.0.0.1", broker_port)
        self._client.loop_start()

    def ready(self) -> None:
        """Wait until it is subscribed."""
        assert self._subscribed.wait(PATIENCE_S), "the broker did not answer"

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def receipt(self, boot: str, first: int, last: int, node: str = "n1") -> None:
        """Send a receipt."""
        body = encode(Receipt(boot=boot, ranges=[(first, last)], at=utc_ms(now())))
        self._client.publish(TOPICS["receipt"].of("testport", node), body)

    def publish(self, name: str, payload: bytes, node: str = "n1") -> None:
        """Publish anything on a topic of a node, at QoS 1."""
        self._client.publish(TOPICS[name].of("testport", node), payload, 1)

    def seqs(self, boot: str) -> list[int]:
        """Every seq of the boot that came."""
        return sorted(seq for key, seq in list(self.rows) if key == boot)

    def _connected(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe([(topic.every(), 1) for topic in TOPICS.values() if topic.writer == "node"])

    def _received(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        address = address_of(message.topic)
        assert address is not None
        body = decode(address.name, message.payload)
        if not isinstance(body, NodeReport):
            self.states[address.name] = body
            if isinstance(body, Status):
                self.statuses.append(body.state)
            return
        self.rows[(body.boot, body.seq)] += 1
        self.messages[(body.boot, body.seq)] = body
        if self.receipts:
            self.receipt(body.boot, body.seq, body.seq, address.node)


class Wire:
    """Keeper and link in a thread of their own; `do` runs something in it and gives its result."""

    def __init__(self, folder: Path, broker: BrokerConfig, node: str = "n1") -> None:
        self.keeper: Keeper
        self.link: Link
        self._path = folder / "outbox.db"
        self._broker, self._node = broker, node
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        self._ready, self._halt = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def report(self, count: int = 1) -> None:
        """Keep so many reports."""
        at = now()
        self.do(
            lambda: [
                self.keeper.keep([self.keeper.series.report(at - 5, at, LANES)], at) for _ in range(count)
            ]
        )

    def left(self) -> list[tuple[str, int]]:
        """Rows that were not receipted."""
        return self.do(lambda: [(row.boot, row.seq) for row in self.keeper.outbox.page(0, 10**6)])

    def do(self, work: Callable[[], Any]) -> Any:
        """Run `work` in the owning thread."""
        answer: SimpleQueue[Any] = SimpleQueue()
        self._inbox.put(lambda: answer.put(work()))
        return answer.get(timeout=PATIENCE_S)

    def _run(self) -> None:
        self.keeper = Keeper(self._path, "testport", self._node, now())
        self.link = Link(self._broker, "testport", self._node, self.keeper, self._inbox)
        self._ready.set()
        self.link.start(now())
        while not self._halt.is_set():
            self._take()
            self.link.pump(now())
        self.link.stop(now())
        self.keeper.close()

    def _take(self) -> None:
        try:
            item = self._inbox.get(timeout=0.05)
        except Empty:
            return
        if callable(item):
            item()
        else:
            self.link.handle(item, now())

    @contextmanager
    def running(self) -> Iterator[Wire]:
        """From the start of the thread to its end."""
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        try:
            yield self
        finally:
            self._halt.set()
            self._thread.join(30)
