"""Central's link to the broker: MQTT 3.1.1 with a persistent session and acknowledgement by hand.

paho's callbacks only put values into a queue; everything else happens on the reader's own thread. The broker
may be NATS or Mosquitto; when it is away the link tries again for ever.
"""

from __future__ import annotations

import queue
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.config import BrokerConfig
from edge.daemon.tries import Tries
from edge.messages import TOPICS

KEEPALIVE_S = 20
QUEUE_LIMIT = 4000
"""Messages waiting for the database; beyond it they are left to the broker, unacknowledged."""

READS = TOPICS["reads"]
READS_END = "/reads"

HearRead = Callable[[str, bytes, bool], None]
"""Takes (topic, payload, retained) of a read; called on the network thread, so it must be quick."""

DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}

log = structlog.get_logger("link")


class BrokerConfigError(Exception):
    """`broker` of port.yaml cannot be used: one line that names the key and the fix."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came; `generation` numbers the connection, on which alone it may be acknowledged."""

    generation: int
    mid: int
    qos: int
    topic: str
    payload: bytes
    retained: bool = False


class Link:
    """One connection that heals itself; `take` hands out what arrived.

    Raises: BrokerConfigError, when url, certificate, key or ca cannot be used.
    """

    def __init__(
        self,
        broker: BrokerConfig,
        client_id: str,
        filters: Sequence[tuple[str, int]],
        hear_read: HearRead | None = None,
    ) -> None:
        """Subscribe to `filters` (each with its QoS).

        Reads of plates go to `hear_read` at once and never into the queue; without it they are let go, also
        those of a subscription that the broker still knows.
        """
        self._hear_read = hear_read
        self._filters = [*filters, *([(READS.every(), READS.qos)] if hear_read else [])]
        self._arrived: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        self._generation = 0
        self._is_up = False
        self._tries = Tries()
        self._trouble: str | None = "the broker has not answered yet"
        self._thread: threading.Thread | None = None
        self._client = client_of(broker, client_id)
        self._client.on_connect = edge(self._connected)
        self._client.on_connect_fail = edge(self._unreachable)
        self._client.on_disconnect = edge(self._disconnected)
        self._client.on_subscribe = edge(self._subscribed)
        self._client.on_message = edge(self._received)

    def start(self) -> None:
        """Begin to connect; call again at any time to revive a network thread that ended."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._network, name="mqtt", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take leave of the broker; its session, and what is not acknowledged, stay there."""
        self._client.disconnect()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def take(self, timeout_s: float) -> Arrived | None:
        """The next message, waiting at most `timeout_s`; None when none came."""
        try:
            return self._arrived.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def waiting(self) -> int:
        """Messages that nobody has taken yet."""
        return self._arrived.qsize()

    def acknowledge(self, message: Arrived) -> None:
        """Tell the broker that the message is safe; does nothing when its connection is gone."""
        if message.qos == 1 and message.generation == self._generation:
            self._client.ack(message.mid, message.qos)

    def publish(self, topic: str, payload: bytes) -> None:
        """Send at QoS 0, if there is a connection."""
        self._client.publish(topic, payload, qos=0)

    def trouble(self) -> str | None:
        """Why messages cannot come now; None when they can."""
        return self._trouble

    def _network(self) -> None:
        self._client.loop_forever(retry_first_connection=True)

    def _connected(self, *arguments: Any) -> None:
        reason = arguments[3]
        if reason.is_failure:
            self._trouble = f"the broker refuses: {reason}"
            if self._tries.refused(str(reason)):
                hint = "check user, password and certificate under `broker`"
                log.warning("broker_refuses", reason=str(reason), hint=hint)
            return
        self._is_up = True
        self._tries.up()
        if self._hear_read is None:
            self._client.unsubscribe(READS.every())
        self._client.subscribe(self._filters)

    def _unreachable(self, *_: Any) -> None:
        if self._tries.ended("no connection"):
            log.warning("broker_unreachable", host=self._client.host, port=self._client.port)
        self._trouble = f"the broker at {self._client.host}:{self._client.port} cannot be reached"

    def _disconnected(self, *arguments: Any) -> None:
        self._generation += 1
        reason = str(arguments[3])
        if self._is_up or self._tries.ended(reason):
            self._trouble = f"the connection to the broker ended: {reason}"
            log.info("broker_left", reason=reason)
        self._is_up = False

    def _subscribed(self, *arguments: Any) -> None:
        refused = [
            name for (name, _), code in zip(self._filters, arguments[3], strict=False) if code.is_failure
        ]
        if refused:
            self._trouble = f"the broker refuses the subscription to {refused[0]}"
            log.error("subscription_refused", filters=refused)
            return
        self._trouble = None
        log.info("broker_ready", host=self._client.host, port=self._client.port)

    def _received(self, *arguments: Any) -> None:
        message = arguments[2]
        if message.topic.endswith(READS_END):
            if self._hear_read is not None:
                self._hear_read(message.topic, message.payload, message.retain)
            if message.qos:
                self._client.ack(message.mid, message.qos)
            return
        if self._arrived.qsize() < QUEUE_LIMIT:
            arrived = Arrived(
                self._generation, message.mid, message.qos, message.topic, message.payload, message.retain
            )
            self._arrived.put(arrived)


def edge(callback: Callable[..., None]) -> Callable[..., None]:
    """The one place where any error is caught: it would end paho's thread without a word."""

    def guarded(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception:  # reported in full; the message stays unacknowledged and comes again
            log.exception("callback_failed", callback=callback.__name__)

    return guarded


def client_of(
    broker: BrokerConfig, client_id: str, *, key: str = "broker", session: bool = True
) -> mqtt.Client:
    """A client that knows where to connect; `session`: with one that lasts, and acknowledgement by hand.

    Raises: BrokerConfigError, which names the key of port.yaml under `key`.
    """
    scheme, host, port, user, password = _parts(broker.url)
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=not session,
        protocol=mqtt.MQTTv311,
        manual_ack=session,
    )
    client.reconnect_delay_set(1, 5)
    if user is not None:
        client.username_pw_set(user, password)
    if scheme == "mqtts":
        _set_tls(client, broker, key)
    client.connect_async(host, port, keepalive=KEEPALIVE_S)
    return client


def _parts(url: str) -> tuple[str, str, int, str | None, str | None]:
    """Scheme, host, port, user and password of an address that port.yaml was read with."""
    parts = urlsplit(url)
    user, password = (None if part is None else unquote(part) for part in (parts.username, parts.password))
    return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme], user, password


def _set_tls(client: mqtt.Client, broker: BrokerConfig, key: str) -> None:
    """The nodes' broker asks for a certificate; the public one may know central by its password."""
    named = key == "broker" or broker.certificate is not None or broker.key is not None
    for name in ("certificate", "key", "ca") if named else ("ca",):
        path = getattr(broker, name)
        if path is None:
            raise BrokerConfigError(f"{key}.{name}: is missing; mqtts:// needs certificate, key and ca")
        if not path.is_file():
            raise BrokerConfigError(f"{key}.{name}: {path} is no file; give the path of a PEM file")
    try:
        client.tls_set(
            ca_certs=str(broker.ca),
            certfile=str(broker.certificate) if named else None,
            keyfile=str(broker.key) if named else None,
            tls_version=ssl.PROTOCOL_TLS_CLIENT,
        )
    except (ssl.SSLError, OSError) as error:
        raise BrokerConfigError(f"{key}.certificate, key or ca: {error}; give PEM files that fit") from None
