"""Ends the live session of a revoked node: somebody with its name connects, and the broker drops the other.

A broker that reads its rights again may keep connections that it has (Mosquitto does). The pass is a
certificate with the node's common name that counts for two minutes.
"""

from __future__ import annotations

import ssl
import tempfile
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.authority.desk import Desk
from dashboard.faults import reason
from edge.daemon import keyfiles

WITHIN_S = 10.0
DEFAULT_PORT = 8883


def kick(desk: Desk, node: str) -> str:
    """Take over the session of `node` and leave; says in one sentence what came of it."""
    where = urlsplit(desk.config.broker.url)
    if where.scheme != "mqtts" or not where.hostname:
        return "broker.url is not mqtts://, so that no session was tied to a certificate"
    answer: list[str] = []
    answered = threading.Event()

    def on_connect(_client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        answer.append("refused" if reason.is_failure else "taken")
        answered.set()

    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=node, clean_session=True, protocol=mqtt.MQTTv311
    )
    client.on_connect = on_connect
    client.tls_set_context(_context(desk, node))
    try:
        client.connect(where.hostname, where.port or DEFAULT_PORT)
    except OSError as error:
        why = f"the broker does not answer ({reason(error)})"
        return f"{why}; its session, if any, lives until the broker restarts"
    client.loop_start()
    answered.wait(WITHIN_S)
    client.disconnect()
    client.loop_stop()
    if not answer:
        return "the broker gave no answer; its session, if any, lives until the broker restarts"
    if answer == ["taken"]:
        return "its live session, if it had one, was taken over and ended"
    return "the broker knows its name no more and has ended its session"


def _context(desk: Desk, node: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=desk.authority.pem.decode())
    certificate, key = desk.kick_pass(node)
    with tempfile.TemporaryDirectory() as folder:  # of this user alone; ssl reads files only
        files = Path(folder) / "crt", Path(folder) / "key"
        keyfiles.write(files[0], certificate, keyfiles.SECRET)
        keyfiles.write(files[1], key, keyfiles.SECRET)
        context.load_cert_chain(*files)
    return context
