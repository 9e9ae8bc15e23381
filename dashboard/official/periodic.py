"""Official feeds imported while central serves. A thread of its own: what fails there fails there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog

from dashboard.board import TroubleView
from dashboard.config import CentralConfig, ImportConfig
from dashboard.official.command import matched, parsed
from dashboard.official.fetch import fetch
from dashboard.official.figures import Figures
from dashboard.official.reading import OfficialError
from dashboard.store.store import Store, StoreAwayError
from dashboard.trouble import Trouble

PART = "official"

log = structlog.get_logger("official")


class Importer:
    """Imports every feed of `official_import` at its pace; `now` gives UTC seconds."""

    def __init__(self, config: CentralConfig, store: Store, now: Callable[[], float]) -> None:
        self._config, self._figures, self._now = config, Figures(store), now
        self._stopping = threading.Event()
        self._troubles = [Trouble(now, PART, _shown(feed.url)) for feed in config.official_import]
        self._threads = [
            threading.Thread(target=self._run, args=(feed, trouble), name=f"official {n}", daemon=True)
            for n, (feed, trouble) in enumerate(zip(config.official_import, self._troubles, strict=True))
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

    def troubles(self) -> dict[str, TroubleView | None]:
        """By feed, what keeps its figures away."""
        found: dict[str, TroubleView | None] = {}
        for feed, trouble in zip(self._config.official_import, self._troubles, strict=True):
            key = f"{PART}/{_shown(feed.url)}"
            found[key] = found.get(key) or trouble.now
        return found

    def _run(self, feed: ImportConfig, trouble: Trouble) -> None:
        while not self._stopping.is_set():
            try:
                self.once(feed.url)
            except OfficialError as error:
                why = str(error).removeprefix(f"{feed.url}: ")
                log.warning("official_not_imported", url=_shown(feed.url), error=why)
                trouble.tell(why, next_s=self._now() + feed.every_s)
            except StoreAwayError as error:
                log.warning("official_not_imported", url=_shown(feed.url), error=str(error))
            else:
                trouble.over()
            self._stopping.wait(feed.every_s)

    def once(self, url: str) -> int:
        """Import one feed now; gives how many figures were kept. Raises: OfficialError, StoreAwayError."""
        now_s = self._now()
        found = matched(self._config, parsed(fetch(url), url, now_s), url)
        self._figures.note(found, now_s)
        return len(found)


def _shown(url: str) -> str:
    """Host and path: behind them a key may stand."""
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}"
