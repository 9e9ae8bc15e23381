"""One visit to the broker: what it lets the node do. It leaves one event behind, of a boot of its own.

MQTT 5 tells what its rights refuse where 3.1.1 acknowledges all the same; a broker that knows only 3.1.1 is
asked in that. Only a receipt proves the way to central's store.
"""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.messages import TOPICS, Event, MessageError, NodeReport, Receipt, decode, encode, utc_ms
from edge.node.access import Access
from edge.node.machine import clock_is_synced

ANSWER_S = 5.0
RECEIPT_S = 10.0
NOT_AUTHORIZED, NOBODY_LISTENS = 0x87, 0x10

monotonic = time.monotonic  # noqa: TID251 a shell
wall_clock = time.time  # noqa: TID251 a shell


@dataclass(slots=True)
class Answer:
    """What was seen; `offset_s` is this clock minus central's, by the receipt."""

    connected: bool = False
    reason: str = "no answer"
    down_refused: bool = False
    up_refused: bool = False
    up_allowed: bool = False
    nobody_listens: bool = False
    offset_s: float | None = None


def ask(access: Access, port: str, node: str, receipt_s: float) -> Answer:
    """Connect, subscribe, publish one event, wait for its receipt."""
    answer = _Visit(access, port, node, MQTTProtocolVersion.MQTTv5, receipt_s).pay()
    if answer.connected:
        return answer
    return _Visit(access, port, node, MQTTProtocolVersion.MQTTv311, receipt_s).pay()


class _Visit:
    def __init__(
        self, access: Access, port: str, node: str, protocol: MQTTProtocolVersion, receipt_s: float
    ) -> None:
        self._answer = Answer()
        self._port, self._node, self._receipt_s = port, node, receipt_s
        self._boot = f"doctor-{secrets.token_hex(6)}"
        self._five = protocol is MQTTProtocolVersion.MQTTv5
        self._access = access
        self._subscribed = self._acknowledged = self._gone = False
        clean: dict[str, Any] = {} if self._five else {"clean_session": True}
        name = f"{node}-doctor"
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, name, protocol=protocol, **clean)
        access.give_to(self._client)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message

    def pay(self) -> Answer:
        try:
            self._client.connect(self._access.host, self._access.port, keepalive=30)
            self._until(lambda: self._answer.connected, ANSWER_S)
            if self._answer.connected:
                self._client.subscribe(
                    [(TOPICS[name].of(self._port, self._node), 0) for name in ("receipt", "cmd")]
                )
                self._until(lambda: self._subscribed, ANSWER_S)
                self._publish()
        except (OSError, ssl.SSLError) as error:
            self._answer.reason = str(getattr(error, "reason", None) or error)
        finally:
            self._client.disconnect()
        return self._answer

    def _publish(self) -> None:
        at = utc_ms(wall_clock())
        event = NodeReport(
            kind="event", port=self._port, node=self._node, boot=self._boot, seq=1, start=at, end=at,
            synced=clock_is_synced(), event=Event(type="doctor"),
        )  # fmt: skip
        self._client.publish(TOPICS["event"].of(self._port, self._node), encode(event), TOPICS["event"].qos)
        self._until(lambda: self._acknowledged, ANSWER_S)
        if not self._answer.up_refused and not self._answer.nobody_listens:
            self._until(lambda: self._answer.offset_s is not None, self._receipt_s)

    def _until(self, done: Callable[[], bool], seconds: float) -> None:
        last = monotonic() + seconds
        while not done() and not self._gone and monotonic() < last:
            if self._client.loop(0.1) != mqtt.MQTT_ERR_SUCCESS:
                self._gone = True

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._answer.connected = not reason.is_failure
        self._answer.reason = str(reason)
        self._gone = bool(reason.is_failure)

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._gone = True
        if not self._answer.connected and self._answer.reason == "no answer":
            self._answer.reason = f"closed at once: {reason}"

    def _on_subscribe(self, _client: Any, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        self._subscribed = True
        self._answer.down_refused = any(reason.is_failure for reason in reasons)

    def _on_publish(self, _client: Any, _data: Any, _mid: int, reason: Any, _properties: Any) -> None:
        self._acknowledged = True
        if self._five:
            self._answer.up_refused = reason.value == NOT_AUTHORIZED
            self._answer.nobody_listens = reason.value == NOBODY_LISTENS
            self._answer.up_allowed = not reason.is_failure

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.topic != TOPICS["receipt"].of(self._port, self._node):
            return
        try:
            receipt = decode("receipt", bytes(message.payload))
        except MessageError:
            return
        if isinstance(receipt, Receipt) and receipt.boot == self._boot:
            self._answer.offset_s = wall_clock() - receipt.at.timestamp()
