"""A socket in systemd's place. For tests."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Listener:
    """Collects the datagrams that a service sends."""

    def __init__(self, path: Path, watchdog_s: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._said: list[str] = []
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": str(int(watchdog_s * 1e6))}

    def said(self) -> list[str]:
        """Every `KEY=value` line up to now."""
        while True:
            try:
                self._said += self._socket.recv(4096).decode().split("\n")
            except BlockingIOError:
                return self._said

    def forget(self) -> None:
        """Begin anew."""
        self.said()
        self._said.clear()

    def close(self) -> None:
        """No more is taken."""
        self._socket.close()


@contextmanager
def listening(folder: Path, watchdog_s: float = 0.4) -> Iterator[Listener]:
    """A listener in `folder`."""
    listener = Listener(folder / "notify", watchdog_s)
    try:
        yield listener
    finally:
        listener.close()
