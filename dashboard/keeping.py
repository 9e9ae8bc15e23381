"""The thread that writes what the wait loop notes: minutes, hours, what travellers were told and met."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Protocol

import structlog

from dashboard.store.store import StoreAwayError

RETRY_S = 5.0

log = structlog.get_logger("history")


class Writes(Protocol):
    """Something that keeps what it was told until it is written."""

    def write(self) -> None:
        """Write what is due. Raises: StoreAwayError; nothing is lost by it."""


class Keeping:
    """Has each of `writers` write whenever it is woken; a database that is away is tried again."""

    def __init__(self, writers: Iterable[Writes]) -> None:
        self._writers = tuple(writers)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something was noted."""
        self._wake.set()

    def stop(self, timeout_s: float) -> None:
        """Write what is noted by now, and end."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            if not self._written():
                self._stopping.wait(RETRY_S)
                self._wake.set()
        self._written()

    def _written(self) -> bool:
        try:
            for writer in self._writers:
                writer.write()
        except StoreAwayError as error:
            log.warning("history_waits", error=str(error))
            return False
        return True
