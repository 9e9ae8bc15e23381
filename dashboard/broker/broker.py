"""The embedded broker: a NATS server with MQTT and JetStream as a child process (docs/decisions/0004)."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Self

import structlog

from dashboard.authority.rights import RIGHTS_FILE, nats_tls
from dashboard.broker.member import Member
from dashboard.broker.metrics import told_on
from dashboard.broker.natsbinary import BrokerError, known_binary, own_binary
from dashboard.broker.refusals import Refusals
from dashboard.logs import configure_logs
from edge.daemon import keyfiles
from edge.daemon.notify import Notifier
from edge.daemon.tries import Tries

__all__ = ["Broker", "BrokerError", "run_broker"]

START_S = 10.0
STOP_S = 10.0
LOOK_EVERY_S = 0.05
PR_SET_PDEATHSIG = 1

_CONFIG = """\
# Written at each start by `lanewatch-port broker`.
server_name: {name}
listen: "127.0.0.1:-1"
log_file: "{folder}/nats.log"
logfile_size_limit: 8M
jetstream {{ store_dir: "{folder}/js", max_mem: 64M, max_file: 2G }}
mqtt {{ listen: "{host}:{port}", ack_wait: "10s", max_ack_pending: 1000{tls} }}
{rights}
{cluster}
"""

_log = structlog.get_logger()
monotonic = time.monotonic  # noqa: TID251 for the watchdog


class Broker:
    """One NATS server. Start it from a thread that lives as long as it: on Linux it dies with that thread."""

    def __init__(
        self,
        folder: Path,
        port: int = 1883,
        host: str = "127.0.0.1",
        binary: Path | None = None,
        authority: Path | None = None,
        member: Member | None = None,
    ) -> None:
        """Name what to run; `binary` is the user's own server, which is not checked.

        With the folder of an `authority` (certificates, rights) clients are who their certificates say, and
        may what the rights there say; without it anybody who can connect may do anything.

        Raises: BrokerError, if there is no server or it is not the one that is known.
        """
        self.folder, self.host, self.port = folder.resolve(), host, port
        self._binary = known_binary() if binary is None else own_binary(binary)
        self._authority = authority and authority.resolve()
        self._member = member
        self._rights_read, self._rights_tries = 0, Tries()
        self.refusals = Refusals(self.folder / "nats.log")
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """For nodes and central."""
        return f"{'mqtts' if self._authority else 'mqtt'}://{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        return None if self._child is None else self._child.pid

    def start(self) -> None:
        """Start the server and wait until it listens.

        Raises: BrokerError, if the port or the folder is taken or cannot be used, or the server ends.
        """
        _refuse_taken(self.host, self.port)
        self._lock = self._lock_folder()
        config = self._write_config()
        self._child = subprocess.Popen(
            [self._binary, "-c", config],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )
        try:
            self._wait_until_it_listens(self._child)
        except BrokerError:
            self.stop()
            raise

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait for the server to end; gives its exit code, or None when it still runs."""
        if self._child is None:
            return None
        try:
            return self._child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def trouble(self) -> str | None:
        """What keeps it from its work now."""
        return None if _answers(self.host, self.port) else "the server takes no connections"

    def look_after(self) -> None:
        """Have the server read rights that changed, and tell what it refused.

        On a disk that takes nothing it goes on by the former rights; this is tried again at each look.
        """
        self.refusals.look()
        try:
            if self._child is None or self._rights_changed_at() == self._rights_read:
                return
            self._write_config()
        except (BrokerError, OSError) as error:
            if self._rights_tries.ended(str(error)):
                _log.error("rights_not_reloaded", error=str(error))
            return
        self._child.send_signal(signal.SIGHUP)
        self._rights_tries.up()
        _log.info("rights_reloaded")

    def stop(self) -> None:
        """End the server; what it holds stays in its folder."""
        if self._child is not None:
            self._child.terminate()
            if self.wait(STOP_S) is None:
                self._child.kill()
                self._child.wait()
            self._child = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _lock_folder(self) -> IO[bytes]:
        """Two servers would spoil each other's files; the kernel frees the lock when this process ends."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("wb")
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            fix = "stop it, or give another folder by --dir"
            raise BrokerError(f"{self.folder}: another broker uses it; {fix}") from None
        return lock

    def _unwritable(self, error: OSError) -> BrokerError:
        return BrokerError(
            f"{self.folder}: cannot be written ({error.strerror}); give another folder by --dir"
        )

    def _rights_changed_at(self) -> int:
        if self._authority is None:
            return 0
        return (self._authority / RIGHTS_FILE).stat().st_mtime_ns

    def _write_config(self) -> Path:
        path = self.folder / "nats.conf"
        try:
            changed = self._rights_changed_at()
            keyfiles.write(path, self._config().encode(), keyfiles.SECRET)
        except OSError as error:
            raise self._unwritable(error) from None
        self._rights_read = changed
        return path

    def _config(self) -> str:
        files = self._authority
        tls = f", {nats_tls(files)}" if files else ""
        rights = (files / RIGHTS_FILE).read_text() if files else ""
        return _CONFIG.format(
            name=self._member.name if self._member else "lanewatch",
            folder=self.folder.as_posix(),
            host=self.host,
            port=self.port,
            tls=tls,
            rights=rights,
            cluster=self._member.config() if self._member else "",
        )

    def _wait_until_it_listens(self, child: subprocess.Popen[bytes]) -> None:
        for _ in range(int(START_S / LOOK_EVERY_S)):
            if child.poll() is not None:
                raise BrokerError(f"the broker ended at its start: {self._last_words()}")
            if _answers(self.host, self.port):
                return
            time.sleep(LOOK_EVERY_S)
        raise BrokerError(f"the broker does not listen after {START_S:.0f} s: {self._last_words()}")

    def _last_words(self) -> str:
        log = self.folder / "nats.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        faults = [line for line in lines if "[FTL]" in line or "[ERR]" in line]
        return (faults or lines or [f"see {log}"])[-1]


def run_broker(
    folder: Path,
    port: int = 1883,
    host: str = "127.0.0.1",
    binary: Path | None = None,
    authority: Path | None = None,
    metrics_port: int | None = None,
) -> int:
    """Run the embedded broker until SIGTERM or SIGINT; gives the exit code (1: the server ended by itself).

    What it refuses is counted at http://127.0.0.1:`metrics_port`/metrics.

    Raises: BrokerError, if it cannot be started.
    """
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    configure_logs()
    with Broker(folder, port, host, binary, authority) as broker, told_on(metrics_port, broker.refusals):
        if binary is not None:
            print(f"{binary}: your own server, its digest is not checked", file=sys.stderr)
        print(f"broker {broker.url}, its files in {broker.folder}", flush=True)
        notifier = Notifier()
        notifier.ready(f"broker {broker.url}")
        while not asked.is_set():
            if broker.wait(0.5) is not None and not asked.is_set():
                _log.error("broker_ended", log=str(broker.folder / "nats.log"))
                return 1
            broker.look_after()
            notifier.alive(monotonic(), broker.trouble)
        notifier.stopping()
    return 0


def _refuse_taken(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fix = "stop what listens there, or give another by --port"
            raise BrokerError(f"port {port} of {host} is taken; {fix}") from None
        raise BrokerError(f"{host}:{port} cannot be used ({error.strerror}); give another --port") from None


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2.0)
        return probe.connect_ex((host, port)) == 0


def _die_with_parent() -> Callable[[], None] | None:
    """Linux: the kernel ends the child when its parent dies, also by kill -9. Elsewhere: no such call."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def set_death_signal() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return set_death_signal
