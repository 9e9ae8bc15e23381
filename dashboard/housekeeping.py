"""The thread that takes out what is older than the config keeps. Clock and pauses live here."""

from __future__ import annotations

import threading
import time

import structlog

from dashboard.config import StoreConfig
from dashboard.store.retention import Keep, tidy
from dashboard.store.store import Store, StoreAwayError

HOUR_S, DAY_S = 3600.0, 86400.0
FIRST_AFTER_S = 60.0
EVERY_S = 600.0
PAUSE_S = 0.05
"""Between two steps: the others' turn."""

log = structlog.get_logger("housekeeping")


class Housekeeper:
    """Tidies a minute after the start and every ten minutes then; a database that is away is tried again."""

    def __init__(self, store: Store, keep: Keep) -> None:
        self._store = store
        self._keep = keep
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End after the step in hand."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        pause_s = FIRST_AFTER_S
        while not self._stopping.wait(pause_s):
            pause_s = EVERY_S
            self._tidy()

    def _tidy(self) -> None:
        taken = 0
        try:
            for rows in tidy(self._store, self._keep, time.time()):  # noqa: TID251 - this is a shell
                taken += rows
                if self._stopping.wait(PAUSE_S):
                    break
        except StoreAwayError as error:
            log.warning("tidying_waits", error=str(error))
        if taken:
            log.info("tidied", rows=taken)


def keep_of(config: StoreConfig) -> Keep:
    """How long the config keeps what."""

    def seconds(days: float | None) -> float | None:
        return None if days is None else days * DAY_S

    return Keep(config.keep_raw_h * HOUR_S, seconds(config.keep_minutes_d), seconds(config.keep_hours_d))
