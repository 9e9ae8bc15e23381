"""Ending the session of a client at the broker, which then keeps nothing for it any more."""

from __future__ import annotations

from typing import Any

import structlog
from paho.mqtt import client as mqtt
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from dashboard.config import BrokerConfig
from dashboard.ingest.link import client_of

FORGET_TRIES, FORGET_AGAIN_S = 3, 2.0
"""A broker that hangs up is asked so often, with such a pause."""

log = structlog.get_logger("link")


class _HungUpError(Exception):
    """The broker ended a connection before it said anything."""


def forget_session(broker: BrokerConfig, client_id: str) -> str | None:
    """Have the broker drop what it keeps for a client that will not come back; why it did not, or None.

    A broker that hangs up is asked again: it may still be busy with the client's last connection.
    Raises: BrokerConfigError.
    """
    asked = Retrying(
        retry=retry_if_exception_type(_HungUpError),
        stop=stop_after_attempt(FORGET_TRIES),
        wait=wait_fixed(FORGET_AGAIN_S),
        reraise=True,
    )
    try:
        why: str | None = asked(_forgotten, broker, client_id)
    except _HungUpError as error:
        why = str(error)
    if why is None:
        log.info("session_ended", client=client_id)
    else:
        log.warning("session_stays", client=client_id, error=why)
    return why


def _forgotten(broker: BrokerConfig, client_id: str) -> str | None:
    """Connect once without a session that lasts, which ends the one there is; why it stays, or None."""
    client = client_of(broker, client_id, session=False)
    ended: list[str | None] = []
    hung_up: list[str] = []

    def connected(client: mqtt.Client, _data: object, _flags: object, reason: Any, *_: object) -> None:
        ended.append(f"the broker refuses: {reason}" if reason.is_failure else None)
        client.disconnect()

    def disconnected(client: mqtt.Client, _data: object, _flags: object, reason: Any, *_: object) -> None:
        hung_up.append(f"the connection to the broker ended: {reason}")

    client.on_connect, client.on_disconnect = connected, disconnected
    try:
        client.reconnect()  # not `loop_forever`, which goes on after one who hangs up at once
    except OSError as error:
        return f"the broker at {client.host}:{client.port} cannot be reached: {error}"
    while not hung_up:
        client.loop()
    if not ended:
        raise _HungUpError(hung_up[0])
    return ended[0]
