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


class Deaths:
    """Threads that died: each is told in the log, and ends the process by `stop`."""

    def __init__(self, log: Any, stop: Callable[[], object]) -> None:
        self._log, self._stop = log, stop
        self.exit_code = 0
        """2 if a person must mend something, so that to start again is no use; 1 after any other death."""

    def watch(self) -> None:
        """From now on."""
        threading.excepthook = self._died

    def _died(self, fault: threading.ExceptHookArgs) -> None:
        self.exit_code = max(self.exit_code, self._tell(fault))
        self._stop()

    def _tell(self, fault: threading.ExceptHookArgs) -> int:
        """Why: in one line where a person can mend it, else with the traceback. Gives the exit code."""
        thread = fault.thread.name if fault.thread else None
        if isinstance(fault.exc_value, StoreUrlError):
            self._log.critical("store_unusable", thread=thread, problem=str(fault.exc_value))
            return 2
        info = (fault.exc_type, fault.exc_value, fault.exc_traceback)
        self._log.critical("thread_died", thread=thread, exc_info=info)
        return 1


def end_on_signal(server: uvicorn.Server) -> None:
    """SIGTERM and SIGINT end the server, before it listens too, and the process goes on to its end."""

    def ended(*_: object) -> None:
        server.should_exit = True

    signal.signal(signal.SIGTERM, ended)
    signal.signal(signal.SIGINT, ended)
