"""The demo's child processes: started as a person would start them, ended together, nothing left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

STOP_WITHIN_S = 8.0


class ChildError(Exception):
    """A part of the demo that did not come up or ended by itself: which, and what it said last."""


class Children:
    """Processes by name, each with a log file in `folder`; leaving the `with` block ends them all.

    `ending`: called at each check, and may raise; a signal that raised by itself could forget a child.
    """

    def __init__(self, folder: Path, ending: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._ending = ending
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: str, *arguments: str) -> None:
        """Start a command of this installation in a session of its own, so that Ctrl-C reaches us alone."""
        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                [_program(command), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raises: ChildError, when one has ended; what `ending` raises."""
        self._ending()
        for name, process in self._running.items():
            if process.poll() is not None:
                raise ChildError(f"{name} ended with {process.returncode}: {self._last_line(name)}")

    def wait_until(self, ready: Callable[[], bool], name: str, within_s: float = 30.0) -> None:
        """Wait until `ready()`; raises ChildError when that takes too long or a child ends."""
        until = time.monotonic() + within_s  # noqa: TID251
        while not ready():
            self.check()
            if time.monotonic() > until:  # noqa: TID251
                raise ChildError(f"{name} is not up after {within_s:.0f} s: {self._last_line(name)}")
            time.sleep(0.1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End all, the youngest first: politely, then for certain."""
        for process in reversed(self._running.values()):
            _signal_group(process, signal.SIGTERM)
        until = time.monotonic() + STOP_WITHIN_S  # noqa: TID251
        for process in reversed(self._running.values()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, until - time.monotonic()))  # noqa: TID251
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def _last_line(self, name: str) -> str:
        lines = self._log(name).read_text(errors="replace").split("\n") if self._log(name).exists() else []
        said = [line for line in lines if line.strip()]
        return said[-1] if said else "it said nothing"


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Whether somebody listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def answers(port: int) -> bool:
    """Whether a loopback port accepts connections."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _program(command: str) -> str:
    beside = Path(sys.executable).parent / command
    found = str(beside) if beside.exists() else shutil.which(command)
    if found is None:
        raise ChildError(f"{command} is not installed; install lanewatch[edge,port], or run scripts/setup")
    return found


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal a child and whatever it started; a group that is gone is what we want."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
