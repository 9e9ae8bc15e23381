"""Official feeds imported while central serves. A thread of its own: what fails there fails there."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from dashboard.config import CentralConfig, ImportConfig
from dashboard.official.command import matched, parsed
from dashboard.official.fetch import fetch
from dashboard.official.figures import Figures
from dashboard.official.reading import OfficialError
from dashboard.store.store import Store, StoreAwayError

log = structlog.get_logger("official")


class Importer:
    """Imports every feed of `official_import` at its pace; `now` gives UTC seconds."""

    def __init__(self, config: CentralConfig, store: Store, now: Callable[[], float]) -> None:
        self._config, self._figures, self._now = config, Figures(store), now
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(feed,), name=f"official {n}", daemon=True)
            for n, feed in enumerate(config.official_import)
        ]

    def start(self) -> None:
        """Begin; the first import is at once."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float) -> None:
        """End; a transfer in hand is left to itself."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout_s / len(self._threads))

    def _run(self, feed: ImportConfig) -> None:
        while not self._stopping.is_set():
            try:
                self.once(feed.url)
            except (OfficialError, StoreAwayError) as error:
                log.warning("official_not_imported", url=feed.url, error=str(error))
            self._stopping.wait(feed.every_s)

    def once(self, url: str) -> int:
        """Import one feed now; gives how many figures were kept. Raises: OfficialError, StoreAwayError."""
        now_s = self._now()
        found = matched(self._config, parsed(fetch(url), url, now_s), url)
        self._figures.note(found, now_s)
        return len(found)
