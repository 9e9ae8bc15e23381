"""What is said of a revoked node's session where the broker says nothing."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from dashboard.authority import kick as kicking
from dashboard.authority.desk import Desk
from dashboard.config import load_central
from dashboard.store.store import Store
from tests.dashboard.authority.place import Place


def test_a_broker_that_gives_no_answer_ended_no_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_central(Place(tmp_path, "embedded").yaml)
    store = Store(config.store.url)
    store.upgrade()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        broker = config.broker.model_copy(update={"url": f"mqtts://127.0.0.1:{port}"})
        desk = Desk(config.model_copy(update={"broker": broker}), store, time.time)
        files = desk.write_broker_files()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files / "server.crt", files / "server.key")
        held: list[ssl.SSLSocket] = []

        def mute() -> None:
            held.append(context.wrap_socket(listener.accept()[0], server_side=True))

        threading.Thread(target=mute, daemon=True).start()
        monkeypatch.setattr(kicking, "WITHIN_S", 0.5)
        assert kicking.kick(desk, "n07").startswith("the broker gave no answer; its session, if any, lives")
        assert len(held) == 1, "it was reached"
        held[0].close()
    store.close()
