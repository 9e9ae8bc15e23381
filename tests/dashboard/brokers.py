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
from tests.ports import free_port

NATS = """server_name: lanewatch
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "{folder}/js", max_mem: 64M, max_file: 1G }}
mqtt {{ listen: "127.0.0.1:{port}", ack_wait: "2s", max_ack_pending: 1000 }}
"""
MOSQUITTO = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 200
max_queued_messages 0
"""


def binary_of(kind: str) -> str:
    """The broker's program; skips where it is not installed."""
    if kind == "mosquitto":
        return program(kind)
    found = shutil.which("nats-server", path=sysconfig.get_path("scripts"))
    return found or program("nats-server")


@contextmanager
def broker(kind: str, folder: Path, port: int | None = None, shut: bool = False) -> Iterator[int]:
    """Run `nats` or `mosquitto`, its files in `folder`; gives the MQTT port. Skips where it is missing.

    A `shut` one refuses whoever comes.
    """
    binary = binary_of(kind)
    folder.mkdir(parents=True, exist_ok=True)
    child, chosen = _started(kind, binary, folder, port, shut)
    try:
        yield chosen
    finally:
        child.kill()
        child.wait()


def _started(
    kind: str, binary: str, folder: Path, port: int | None, shut: bool
) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(3):  # somebody else may take the free port first
        chosen = port or free_port()
        text = NATS if kind == "nats" else MOSQUITTO
        text = _shut(text) if shut else text
        (folder / "conf").write_text(text.format(port=chosen, folder=folder))
        with (folder / "log").open("ab") as log:
            child = subprocess.Popen([binary, "-c", str(folder / "conf")], stdout=log, stderr=log)
        if listening(chosen, child):
            return child, chosen
        child.kill()
        child.wait()
    raise AssertionError((folder / "log").read_text(errors="replace"))


def _shut(text: str) -> str:
    if text is NATS:
        return NATS + 'authorization {{ user: "nobody", password: "never-told" }}\n'
    return text.replace("allow_anonymous true", "allow_anonymous false")


def listening(port: int, child: subprocess.Popen[bytes]) -> bool:
    for _ in range(600):
        if child.poll() is not None:
            return False
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False
