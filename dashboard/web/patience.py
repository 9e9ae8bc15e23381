"""A bound on how long a client may take to send a request: slow ones must not use up the connections."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_WITHIN_S = 10.0
"""From the connection, or from the first byte of a further request, to the last byte of the request."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that closes a connection whose request is not whole in time; answers may take any time."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._look()

    def data_received(self, data: bytes) -> None:
        """Some bytes of it."""
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._stop()
        super().connection_lost(exc)

    def told_too_slow(self) -> None:
        """Called when a connection is closed for being slow."""

    def _look(self) -> None:
        if not self._waits():
            self._stop()
        elif self._timer is None:
            self._timer = self.loop.call_later(REQUEST_WITHIN_S, self._too_slow)

    def _waits(self) -> bool:
        """Whether the next request is not there in whole."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self._waits() and not self.transport.is_closing():
            self.told_too_slow()
            self.transport.abort()


def patient(told: Callable[[], Any]) -> type[PatientProtocol]:
    """A protocol that calls `told` for each connection that it closes."""

    class Told(PatientProtocol):
        def told_too_slow(self) -> None:
            told()

    return Told


def allow_connections() -> None:
    """Use as many file descriptors as this process may have: the usual soft limit is 1024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
