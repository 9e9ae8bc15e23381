"""Word to systemd: that the process is ready, that the loops that matter still turn, that it stops.

The protocol is one datagram of `KEY=value` lines (sd_notify(3)); where nobody listens nothing is sent.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

BEATS_PER_WATCHDOG = 4


class Notifier:
    """Sends to the socket that systemd named in the environment. `at` is monotonic seconds."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._every_s = _watchdog_s(environment) / BEATS_PER_WATCHDOG
        self._beat_at = float("-inf")
        self._status = ""

    def ready(self, status: str) -> None:
        """The process does its work now; `status` is a line for `systemctl status`."""
        self._status = status
        self._send("READY=1", f"STATUS={status}")

    def alive(self, at: float, trouble: Callable[[], str | None]) -> None:
        """Feed the watchdog when it is due; a loop that hangs (`trouble`) is told instead."""
        if not self._every_s or at - self._beat_at < self._every_s:
            return
        self._beat_at = at
        found = trouble()
        if found is None:
            self._send("WATCHDOG=1", f"STATUS={self._status}")
        else:
            self._send(f"STATUS=held up: {found}")

    def stopping(self) -> None:
        """The process leaves because it was asked to."""
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto("\n".join(lines).encode(), name)


@dataclass(slots=True)
class Pulse:
    """One loop that must turn at least every `limit_s`."""

    name: str
    limit_s: float
    turned_at: float

    def beat(self, at: float) -> None:
        """It turned."""
        self.turned_at = at

    def trouble(self, at: float) -> str | None:
        """What to say of a loop that is silent for too long; None when it turns."""
        silent_s = at - self.turned_at
        return f"{self.name} has not turned for {silent_s:.0f} s" if silent_s > self.limit_s else None


def trouble_of(pulses: Iterable[Pulse], at: float) -> str | None:
    """The first loop that is silent for too long."""
    return next((trouble for pulse in pulses if (trouble := pulse.trouble(at))), None)


def _watchdog_s(environment: Mapping[str, str]) -> float:
    """What systemd asks of this process; 0 when it asks nothing."""
    mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    usec = environment.get("WATCHDOG_USEC", "")
    return int(usec) / 1e6 if mine and usec.isdigit() else 0.0
