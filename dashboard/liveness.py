"""The web server, which tells systemd that all of central turns: its own loop and the threads."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn

from dashboard.store.database import StoreUrlError
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


def tell_death(log: Any, fault: threading.ExceptHookArgs) -> None:
    """Why a thread died: in one line where a person can mend it, else with the traceback."""
    thread = fault.thread.name if fault.thread else None
    if isinstance(fault.exc_value, StoreUrlError):
        log.critical("store_unusable", thread=thread, problem=str(fault.exc_value))
        return
    info = (fault.exc_type, fault.exc_value, fault.exc_traceback)
    log.critical("thread_died", thread=thread, exc_info=info)


def end_on_signal(server: uvicorn.Server) -> None:
    """SIGTERM and SIGINT end the server, before it listens too, and the process goes on to its end."""

    def ended(*_: object) -> None:
        server.should_exit = True

    signal.signal(signal.SIGTERM, ended)
    signal.signal(signal.SIGINT, ended)
