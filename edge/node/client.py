"""A paho client whose callbacks do nothing but put what happened into an inbox.

Callbacks run in paho's thread: one that waits holds up the keepalive, and an error in one would end that
thread without a word while publishing went on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker took the connection."""

    client: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker answered and takes no connection of this client; `Disconnected` follows."""

    client: int
    reason: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is gone or never came about; paho tries again by itself."""

    client: int
    reason: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message from central."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The broker has a message; central may not have it."""

    client: int
    mid: int


@dataclass(frozen=True, slots=True)
class CallbackFailed:
    """A callback raised: a defect, which has to end the node loudly."""

    error: Exception


LinkEvent = Connected | Refused | Disconnected | Arrived | Acknowledged | CallbackFailed


def new_client(
    name: str, number: int, topics: Sequence[str], most_queued: int, inbox: SimpleQueue[Any]
) -> mqtt.Client:
    """A client `name` that subscribes to `topics` (QoS 0) at each connection, not connected yet.

    Its events carry `number`, which tells them from those of the client before.
    """
    client = mqtt.Client(CallbackAPIVersion.VERSION2, name, clean_session=True, protocol=mqtt.MQTTv311)
    client.max_queued_messages_set(most_queued)
    client.reconnect_delay_set(1, 30)
    _set_callbacks(client, number, [(topic, 0) for topic in topics], inbox.put)
    return client


def _set_callbacks(
    client: mqtt.Client, number: int, topics: list[tuple[str, int]], put: Callable[[LinkEvent], None]
) -> None:
    def on_connect(client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            put(Refused(number, str(reason)))
            return
        client.subscribe(topics)
        put(Connected(number))

    def on_disconnect(_client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        put(Disconnected(number, str(reason)))

    def on_connect_fail(_client: Any, _data: Any) -> None:
        put(Disconnected(number, "no connection"))

    def on_message(_client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        put(Arrived(message.topic, bytes(message.payload)))

    def on_publish(_client: Any, _data: Any, mid: int, _reason: Any, _properties: Any) -> None:
        put(Acknowledged(number, mid))

    client.on_connect = _guarded(on_connect, put)
    client.on_disconnect = _guarded(on_disconnect, put)
    client.on_connect_fail = _guarded(on_connect_fail, put)
    client.on_message = _guarded(on_message, put)
    client.on_publish = _guarded(on_publish, put)


def _guarded(callback: Callable[..., None], put: Callable[[LinkEvent], None]) -> Callable[..., None]:
    def edge(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception as error:  # noqa: BLE001 the one callback edge: the worker raises it again
            put(CallbackFailed(error))

    return edge
