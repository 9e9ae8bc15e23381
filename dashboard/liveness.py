"""The web server, which tells systemd that all of central turns: its own loop and the threads."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence

import uvicorn

from edge.daemon.notify import Notifier, Pulse, trouble_of

STUCK_AFTER_S = 60.0
"""No batch, turn or retry takes so long: a thread that is silent for longer hangs."""


class WatchedServer(uvicorn.Server):
    """uvicorn's server; each turn of its loop feeds the watchdog unless one of the `pulses` is silent.

    `tick` gives monotonic seconds: a clock that is set back must not starve the watchdog.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        notifier: Notifier,
        pulses: Sequence[Pulse],
        tick: Callable[[], float],
        status: str,
    ) -> None:
        super().__init__(config)
        self._notifier, self._pulses, self._clock, self._status = notifier, pulses, tick, status
        self._told_ready = False

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second by uvicorn, from the loop that serves."""
        if not self._told_ready:
            self._told_ready = True
            self._notifier.ready(self._status)
        at = self._clock()
        self._notifier.alive(at, lambda: trouble_of(self._pulses, at))
        return await super().on_tick(counter)


def end_on_signal(server: uvicorn.Server) -> None:
    """SIGTERM and SIGINT end the server, before it listens too, and the process goes on to its end."""

    def ended(*_: object) -> None:
        server.should_exit = True

    signal.signal(signal.SIGTERM, ended)
    signal.signal(signal.SIGINT, ended)
