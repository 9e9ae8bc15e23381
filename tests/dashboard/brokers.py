"""Real brokers on free loopback ports, for tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import program

NATS = """server_name: lanewatch
listen: "127.0.0.1:{client_port}"
jetstream {{ store_dir: "{folder}/js", max_mem: 64M, max_file: 1G }}
mqtt {{ listen: "127.0.0.1:{port}", ack_wait: "2s", max_ack_pending: 1000 }}
"""
MOSQUITTO = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 200
max_queued_messages 0
"""


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def binary_of(kind: str) -> str:
    """The broker's program; skips where it is not installed."""
    if kind == "mosquitto":
        return program(kind)
    found = shutil.which("nats-server", path=sysconfig.get_path("scripts"))
    return found or program("nats-server")


@contextmanager
def broker(kind: str, folder: Path, port: int | None = None) -> Iterator[int]:
    """Run `nats` or `mosquitto`, its files in `folder`; gives the MQTT port. Skips where it is missing."""
    binary = binary_of(kind)
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    text = NATS if kind == "nats" else MOSQUITTO
    (folder / "conf").write_text(text.format(port=port, client_port=free_port(), folder=folder))
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen([binary, "-c", str(folder / "conf")], stdout=log, stderr=log)
    try:
        _wait_for(port, child)
        yield port
    finally:
        child.kill()
        child.wait()


def _wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert child.poll() is None, "the broker ended at its start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the broker did not listen within 10 s")
