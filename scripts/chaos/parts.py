"""The processes of a port that plays a recording: started as a person starts them, killed as a fault does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from dashboard.demo.children import answers, free_port
from dashboard.demo.recording import Ports, Recording, write_node_config, write_port_config

BIN = Path(sys.executable).parent
MOSQUITTO_CONF = """listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 30
max_inflight_messages 200
max_queued_messages 0
max_queued_bytes 268435456
"""
"""As config/broker/mosquitto.conf, but for the certificates."""


class MissingError(Exception):
    """A program that is not installed: one line."""


class Part:
    """One process; `is_up` says whether it does its work."""

    def __init__(self, name: str, command: list[str], log: Path, is_up: Callable[[], bool]) -> None:
        self.name = name
        self.is_up = is_up
        self._command, self._log = command, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its output goes to its log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """kill -9, of its children too."""
        if self._process is None:
            return
        for pid in [*_children(self._process.pid), self._process.pid]:
            _signal(pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        """Of the process that runs; 0 where none does."""
        return 0 if self._process is None else self._process.pid

    def ask_to_end(self) -> None:
        """SIGTERM."""
        if self._process is not None:
            self._process.terminate()

    def has_ended(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def last_words(self) -> str:
        """The end of its log."""
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return "\n".join(text.splitlines()[-60:])


def parts_of(recording: Recording, broker: str, work: Path, start_at_s: float) -> list[Part]:
    """Broker, central and nodes, in the order in which they are started.

    Raises: MissingError.
    """
    ports = Ports(broker=free_port(), http=free_port())
    port_config = write_port_config(recording, work, ports)
    parts = [
        Part(
            "broker", _broker(broker, work, ports.broker), work / "broker.log", lambda: answers(ports.broker)
        ),
        Part(
            "central",
            [str(BIN / "lanewatch-port"), "serve", "--config", str(port_config)],
            work / "central.log",
            lambda: _is_ready(ports.http),
        ),
    ]
    for source in recording.nodes:
        config = write_node_config(source, work, ports, start_at_s)
        outbox = outbox_of(source, work)
        command = [str(BIN / "lanewatch-edge"), "run", "--config", str(config)]
        parts.append(Part(source.stem, command, work / f"{source.stem}.log", outbox.exists))
    return parts


def outbox_of(source: Path, work: Path) -> Path:
    """Where `write_node_config` puts the node's outbox."""
    return work / f"outbox-{source.stem}.db"


def _broker(kind: str, work: Path, port: int) -> list[str]:
    folder = work / "broker"
    folder.mkdir(exist_ok=True)
    if kind == "nats":
        return [str(BIN / "lanewatch-port"), "broker", "--dir", str(folder), "--port", str(port)]
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise MissingError("mosquitto is not installed; install it, or choose --broker nats")
    conf = work / "mosquitto.conf"
    conf.write_text(MOSQUITTO_CONF.format(port=port, folder=folder))
    if os.getuid() == 0:
        conf.write_text(conf.read_text() + "user root\n")
    return [program, "-c", str(conf)]


def _is_ready(http: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/readyz", timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in _text(task).split()]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
