"""The node's connection to its broker: what it sends, when, and what it does on what its client reports.

One thread owns inbox, outbox and link: it takes what the callbacks put there, gives it to `Link.handle`, and
calls `Link.pump`. What the broker acknowledges is not delivered yet: only central's receipts free rows.
"""

from __future__ import annotations

from queue import SimpleQueue
from typing import Any, Literal

import msgspec
import paho.mqtt.client as mqtt

from edge.config import BrokerConfig
from edge.daemon.logs import Log
from edge.daemon.tries import Tries
from edge.messages import (
    TOPICS,
    Command,
    MessageError,
    Read,
    Receipt,
    Status,
    address_of,
    decode,
    encode,
    utc_ms,
)
from edge.node.access import Access
from edge.node.client import (
    Acknowledged,
    Arrived,
    CallbackFailed,
    Connected,
    Disconnected,
    LinkEvent,
    Refused,
    new_client,
)
from edge.node.clock import ClockOffset
from edge.node.keeper import Keeper
from edge.node.outbox import Row
from edge.node.sending import Sender
from edge.node.unheard import Unheard
from edge.node.unsteady import Unsteady

IN_FLIGHT = 100
"""Messages that paho holds at a time; more would be sent twice after each reconnection."""
HEADROOM = 20
"""Of these, so many are left to live rows."""
KEEPALIVE_S = 20
PUBACK_WITHIN_S = 60.0
Presence = Literal["online", "offline"]

_log = Log()


class Link:
    """Publishes rows and retained states; `handle` and `pump` are for the one owning thread.

    `at` is the node's own time; `shift_s` makes it UTC on what is sent.
    """

    def __init__(
        self, broker: BrokerConfig, port: str, node: str, keeper: Keeper, inbox: SimpleQueue[Any]
    ) -> None:
        """Prepare the client; nothing is connected yet.

        Raises: LinkError, if certificate, key or ca are missing or cannot be read.
        """
        self._access = Access.of(broker)
        self._port, self._node = port, node
        self._keeper, self._inbox = keeper, inbox
        self._sender = Sender()
        self._unheard = Unheard()
        self._tries = Tries()
        self._unsteady = Unsteady()
        self._generation = keeper.generation
        self._clients = 0
        self._unacked: dict[int, float] = {}
        self.shift_s = 0.0
        self._client = self._new_client(0.0)
        self.connected = False
        self._clock = ClockOffset()
        self._receipt_at: float | None = None

    def start(self, at: float) -> None:
        """Connect in the background, for as long as it takes. `at` goes into the last will."""
        self._set_will(self._client, at)
        self._connect()

    def stop(self, at: float) -> None:
        """Say `offline` and leave; waits two seconds at most for the broker to take it."""
        if self.connected:
            info = self._publish_status("offline", at)
            if info.rc == mqtt.MQTT_ERR_SUCCESS:
                info.wait_for_publish(timeout=2.0)
        self._client.disconnect()
        self._client.loop_stop()
        self.connected = False

    def handle(self, event: LinkEvent, at: float) -> Command | None:
        """Book what a callback reported; gives a command to carry out (`announce` after connecting).

        Raises: the error of a callback that failed.
        """
        match event:
            case CallbackFailed(error):
                raise error
            case Connected(client) if client == self._clients:
                self._on_connected(at)
                return Command(command="announce")
            case Refused(client, reason) if client == self._clients:
                self._on_refused(reason)
            case Disconnected(client, reason) if client == self._clients:
                self._on_disconnected(reason, at)
            case Acknowledged(client, mid) if client == self._clients:
                self._unacked.pop(mid, None)
            case Arrived(topic, payload):
                return self._on_message(topic, payload, at)
        return None

    def pump(self, at: float) -> None:
        """Send what may be sent now: live rows, then backlog."""
        if not self.connected:
            return
        if self._unacked and at - min(self._unacked.values()) > PUBACK_WITHIN_S:
            self._start_over(at)
            return
        if self._generation != self._keeper.generation:
            self._generation = self._keeper.generation
            self._sender.begin(self._keeper.outbox.newest_id(), at)
        if self._unsteady.settled(at):
            self._tell_up()
        self._send_live(at)
        self._send_backlog(at)
        self._tell_of_silence(at)

    def _tell_of_silence(self, at: float) -> None:
        silent_s = self._unheard.look(at)
        if silent_s is not None:
            hint = "is central running, and may this certificate write as this port and node?"
            _log.error("no_receipts", broker=self._access.name, silent_s=round(silent_s), hint=hint)

    def publish_state(self, name: str, message: msgspec.Struct) -> None:
        """Publish a retained state (`info`, `health`) if there is a connection; it is not kept otherwise."""
        if self.connected:
            self._publish(name, encode(message))

    def publish_read(self, read: Read) -> None:
        """Publish a plate's token if there is a connection; it is not kept otherwise."""
        if self.connected:
            self._publish("reads", encode(read))

    def clock_offset_s(self, at: float) -> float | None:
        """This node's UTC minus central's, to a tenth of a second; None without a receipt for ten minutes."""
        offset_s = self._clock.offset_s(at)
        return None if offset_s is None else round(offset_s + self.shift_s, 1) + 0.0

    def receipt_age_s(self, at: float) -> float | None:
        """Since the last receipt; None before the first."""
        return None if self._receipt_at is None else max(0.0, at - self._receipt_at)

    def _send_live(self, at: float) -> None:
        room = IN_FLIGHT - len(self._unacked)
        if room > 0:
            rows = self._keeper.page(self._sender.live_after, room, at)
            self._sender.sent_live(self._send(rows, at), at)

    def _send_backlog(self, at: float) -> None:
        room = IN_FLIGHT - HEADROOM - len(self._unacked)
        span = self._sender.backlog(at) if room > 0 else None
        if span is None:
            return
        rows = self._keeper.page(span.after, min(span.limit, room), at, span.up_to)
        if rows:
            self._sender.sent_backlog(self._send(rows, at), at)
        else:
            self._sender.swept(at)

    def _send(self, rows: list[Row], at: float) -> list[Row]:
        """Hand rows to paho; gives those that it took."""
        for count, row in enumerate(rows):
            info = self._publish(row.kind, row.payload)
            if info.rc == mqtt.MQTT_ERR_QUEUE_SIZE:
                return rows[:count]
            self._unacked[info.mid] = at
            self._unheard.sent(at)
        return rows

    def _on_connected(self, at: float) -> None:
        self.connected = True
        self._tries.up()
        self._unsteady.up(at)
        self._unheard.connected(at)
        self._unacked = dict.fromkeys(self._unacked, at)
        self._sender.begin(self._keeper.outbox.newest_id(), at)
        self._publish_status("online", at)
        if not self._unsteady.told:
            self._tell_up()

    def _tell_up(self) -> None:
        _log.info("link_up", broker=self._access.name, unreceipted=self._keeper.unreceipted)

    def _on_disconnected(self, reason: str, at: float) -> None:
        if self.connected:
            self._on_lost(reason, at)
        elif self._tries.ended(reason):
            hint = "is the broker running there? was this node revoked? `lanewatch-edge doctor` looks"
            _log.warning("link_not_up", broker=self._access.name, reason=reason, hint=hint)
        self.connected = False

    def _on_lost(self, reason: str, at: float) -> None:
        if self._unsteady.down(at):
            hint = f"does another box have the name {self._node}? a broker keeps the one that came last"
            _log.error("link_unsteady", broker=self._access.name, reason=reason, hint=hint)
        elif not self._unsteady.told:
            _log.warning("link_down", broker=self._access.name, reason=reason)

    def _on_refused(self, reason: str) -> None:
        if self._tries.refused(reason):
            said = f"lets this node not in ({reason})"
            hint = "enrol it, or check user and password in `broker.url`"
            _log.warning("link_not_up", broker=self._access.name, reason=said, hint=hint)

    def _on_message(self, topic: str, payload: bytes, at: float) -> Command | None:
        address = address_of(topic)
        if address is None or (address.port, address.node) != (self._port, self._node):
            return None
        try:
            message = decode(address.name, payload)
        except MessageError as error:
            _log.warning("message_malformed", topic=topic, error=str(error))
            return None
        if isinstance(message, Receipt):
            self._on_receipt(message, at)
        return message if isinstance(message, Command) else None

    def _on_receipt(self, receipt: Receipt, at: float) -> None:
        self._clock.receipt(receipt.at.timestamp(), at)
        self._receipt_at = at
        if self._unheard.receipted():
            _log.info("receipts_back", broker=self._access.name)
        self._keeper.free(receipt.boot, receipt.ranges)
        self._sender.receipted(receipt.boot, receipt.ranges, at)

    def _publish_status(self, state: Presence, at: float) -> mqtt.MQTTMessageInfo:
        return self._publish("status", self._status(state, at))

    def _status(self, state: Presence, at: float) -> bytes:
        return encode(Status(state=state, boot=self._keeper.series.boot, at=utc_ms(at + self.shift_s)))

    def _publish(self, name: str, payload: bytes) -> mqtt.MQTTMessageInfo:
        topic = TOPICS[name]
        return self._client.publish(topic.of(self._port, self._node), payload, topic.qos, topic.retain)

    def _start_over(self, at: float) -> None:
        """The broker answers pings but takes nothing: leave it and connect anew."""
        _log.warning("link_mute", broker=self._access.name, unacknowledged=len(self._unacked))
        self._connect_anew(at)

    def renew(self, access: Access, at: float) -> None:
        """Connect anew with a new certificate."""
        self._access = access
        self._connect_anew(at)

    def _connect_anew(self, at: float) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self.connected = False
        self._unacked.clear()
        self._client = self._new_client(at)
        self._connect()

    def _connect(self) -> None:
        self._client.connect_async(self._access.host, self._access.port, KEEPALIVE_S)
        self._client.loop_start()

    def _set_will(self, client: mqtt.Client, at: float) -> None:
        topic = TOPICS["status"]
        client.will_set(
            topic.of(self._port, self._node), self._status("offline", at), topic.qos, topic.retain
        )

    def _new_client(self, at: float) -> mqtt.Client:
        self._clients += 1
        down = [TOPICS[name].of(self._port, self._node) for name in ("receipt", "cmd")]
        client = new_client(self._node, self._clients, down, 2 * IN_FLIGHT, self._inbox)
        self._set_will(client, at)
        self._access.give_to(client)
        return client
