"""A node as central sees it: publishes reports, collects receipts. For tests."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge.messages import TOPICS, LaneReport, NodeReport, decode, encode, utc_ms

PORT_YAML = """broker: {{url: "mqtt://127.0.0.1:{broker}"}}
store: {{url: "sqlite:///lanewatch.db"}}
http: {{host: 127.0.0.1, port: {http}}}
slice_s: 5
ports:
  - id: testport
    name: {{en: Test Port}}
    directions:
      - id: us_bound
        streams:
          - {{traffic: commercial, class: fast}}
          - {{traffic: commercial, class: standard}}
        lanes:
          - {{id: b1, kind: booth, serves: [commercial/fast], node: n1}}
          - {{id: b2, kind: booth, serves: [commercial/standard], node: n2}}
"""


def report(seq: int, node: str = "n1", boot: str = "boot-a", lane: str = "b1", **changes: Any) -> NodeReport:
    """A one-second report of one booth lane in which one truck arrives each second."""
    lane_report = LaneReport(
        lane=lane,
        camera="c1",
        kind="booth",
        observed_s=float(seq),
        arrivals={"truck": seq},
        departures={"truck": seq},
    )
    fields: dict[str, Any] = {
        "kind": "report",
        "port": "testport",
        "node": node,
        "boot": boot,
        "seq": seq,
        "start": utc_ms(1_800_000_000 + seq - 1),
        "end": utc_ms(1_800_000_000 + seq),
        "synced": True,
        "lanes": [lane_report],
    }
    return NodeReport(**(fields | changes))


class TestNode:
    """An MQTT client that publishes as a node and remembers every receipt."""

    __test__ = False

    def __init__(
        self,
        broker_port: int,
        node: str = "n1",
        port: str = "testport",
        host: str = "127.0.0.1",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.node = node
        self.port = port
        self.receipts: list[Any] = []
        self._subscribed = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"{port}-{node}", clean_session=True
        )
        self._client.on_connect = self._connected
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._received
        if context is not None:
            self._client.tls_set_context(context)
        self._client.connect_async(host, broker_port)
        self._client.loop_start()
        assert self._subscribed.wait(PATIENCE_S), "the broker did not answer"

    def send(self, messages: Iterable[NodeReport]) -> None:
        """Publish reports at QoS 1."""
        for message in messages:
            self.send_bytes(TOPICS["report"].of(message.port, self.node), encode(message))

    def send_bytes(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Publish anything at QoS 1."""
        self._client.publish(topic, payload, qos=1, retain=retain)

    def receipted(self, boot: str = "boot-a") -> set[int]:
        """Every seq of the boot that was receipted."""
        return {
            seq
            for receipt in list(self.receipts)
            if receipt.boot == boot
            for first, last in receipt.ranges
            for seq in range(first, last + 1)
        }

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe(TOPICS["receipt"].of(self.port, self.node), 0)

    def _received(self, _client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        self.receipts.append(decode("receipt", message.payload))


PATIENCE_S = 90.0
"""Longer than two tries of whatever is tried again by design (a node's row, a connection after up to 30 s,
what a broker saw not acknowledged after 10 s), on a busy machine. Only a failure lasts so long.
"""


def until(condition: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    """Wait for something that must come; False when it did not."""
    for _ in range(int(within_s / 0.05)):
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def healed(what: str, condition: Callable[[], bool]) -> bool:
    """Whether it comes to hold; says after how many seconds, for `scripts/bench heal` to judge."""
    begun_s = time.monotonic()
    done = until(condition)
    print(f"healed: {what}: {time.monotonic() - begun_s:.1f}")
    return done
