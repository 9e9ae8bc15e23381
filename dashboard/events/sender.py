"""Sends what is published to the broker for the public. A broker that is away changes nothing elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from paho.mqtt import client as mqtt
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from dashboard.board import TroubleView
from dashboard.config import BrokerConfig
from dashboard.events.documents import Event, events, is_due
from dashboard.feeds.values import Published
from dashboard.ingest.link import client_of, edge
from dashboard.trouble import Trouble
from edge.daemon.tries import Tries

EVERY_S = 1.0
FRESHER_BY = 1 / 3
"""A figure that stays the same is sent again after this share of its life, so that readers know it holds."""

CLIENT_ID = "lanewatch-public"
PART = "public_broker"

log = structlog.get_logger("public")


class Sender:
    """Looks every second at what is published; sends what changed, all of it after each new connection.

    Raises: BrokerConfigError, when `public_broker` cannot be used.
    """

    def __init__(
        self,
        broker: BrokerConfig,
        published: Callable[[], Published | None],
        valid_s: float,
        now: Callable[[], float],
    ) -> None:
        """`now` gives UTC seconds."""
        self._trouble = Trouble(now, PART)
        self._trouble.tell("the broker has not answered yet")
        self._published, self._refresh_s = published, valid_s * FRESHER_BY
        self._sent: dict[str, Event] = {}
        self._connection, self._seen_connection = 0, 0
        self._is_up, self._tries = False, Tries()
        self._stopping = threading.Event()
        self._client = client_of(broker, CLIENT_ID, key="public_broker", session=False)
        self._client.on_connect = edge(self._connected)
        self._client.on_connect_fail = edge(self._unreachable)
        self._client.on_disconnect = edge(self._disconnected)
        self._thread = threading.Thread(target=self._run, name="public", daemon=True)

    def start(self) -> None:
        """Begin to connect and to send."""
        self._client.loop_start()
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End; the last state of each stream stays with the broker."""
        self._stopping.set()
        self._thread.join(timeout_s)
        self._client.disconnect()

    def trouble(self) -> TroubleView | None:
        """What keeps it from sending now; None when all is well."""
        return self._trouble.now

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            if self._client.is_connected():
                self._send()

    def _send(self) -> None:
        if self._connection != self._seen_connection:
            self._sent.clear()  # another broker, or one that forgot
            self._seen_connection = self._connection
        said = self._published()
        for event in events(said) if said is not None else ():
            if is_due(event, self._sent.get(event.topic), self._refresh_s):
                handed = self._client.publish(event.topic, event.payload, qos=1, retain=True)
                if handed.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
                    self._sent[event.topic] = event

    def _connected(
        self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, *_: object
    ) -> None:
        if reason.is_failure:
            self._trouble.tell(f"the broker refuses: {reason}", refused=True)
            if self._tries.refused(str(reason)):
                hint = "check user, password and certificate under `public_broker`"
                log.warning("public_broker_refuses", reason=str(reason), hint=hint)
            return
        self._is_up = True
        self._trouble.over()
        self._tries.up()
        self._connection += 1
        log.info("public_broker_ready", host=client.host, port=client.port)

    def _unreachable(self, client: mqtt.Client, *_: object) -> None:
        self._trouble.tell(f"the broker at {client.host}:{client.port} cannot be reached")
        if self._tries.ended("no connection"):
            log.warning("public_broker_unreachable", host=client.host, port=client.port)

    def _disconnected(
        self, _client: object, _data: object, _flags: object, reason: ReasonCode, *_: object
    ) -> None:
        if self._is_up or self._tries.ended(str(reason)):
            self._trouble.tell(f"the connection to the broker ended: {reason}")
            log.info("public_broker_left", reason=str(reason))
        self._is_up = False
