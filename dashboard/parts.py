"""What works behind central's pages, each part in threads of its own: made, begun and ended together."""

from __future__ import annotations

import threading
from collections.abc import Callable

from dashboard.beside import Beside
from dashboard.board import BoardHolder
from dashboard.config import CentralConfig
from dashboard.housekeeping import Housekeeper, keep_of
from dashboard.ingest.forgetting import forget_session
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.share import SIGNS, WHOLE
from dashboard.ingest.worker import Workers
from dashboard.loop import CentralLoop
from dashboard.metrics.metrics import Metrics
from dashboard.orders.orders import Orders
from dashboard.plates.matching import Matching
from dashboard.store.store import Store
from edge.daemon.notify import Pulse


class Parts:
    """Ingest, plates, the wait loop, housekeeping, and what runs beside. `utc`, `monotonic`: clocks (s)."""

    def __init__(
        self,
        config: CentralConfig,
        store: Store,
        holder: BoardHolder,
        orders: Orders,
        metrics: Metrics,
        utc: Callable[[], float],
        monotonic: Callable[[], float],
        *,
        takes_in: bool,
    ) -> None:
        """`takes_in` False: ingest workers fill the store. Raises: BrokerConfigError."""
        self._config, self._takes_in = config, takes_in
        workers = None if takes_in else Workers(config, store)
        self._matching = Matching(config, utc, monotonic)
        self._loop = CentralLoop(
            config, store, holder, orders, utc, monotonic, workers, self._matching, metrics.turns.took
        )
        share = WHOLE if takes_in else SIGNS
        hear_read = self._matching.hear if self._matching.is_on else None
        self._ingest = Ingest(
            config, store, utc, monotonic, self._loop.wake, metrics.ingest, share, hear_read
        )
        self._beside = Beside(config, store, holder, orders, utc)
        self._housekeeper = Housekeeper(store, keep_of(config.store))
        metrics.watch_plates(self._matching)
        metrics.watch(self._ingest, self._loop.open_slices, self._beside.troubles)

    def pulses(self) -> tuple[Pulse, ...]:
        """Those without which nothing is measured."""
        plates = (self._matching.pulse,) if self._matching.is_on else ()
        return (self._ingest.pulse, self._loop.pulse, *plates)

    def start(self) -> None:
        """Begin."""
        if not self._takes_in:  # what `serve` alone took in before comes to the workers now
            whole = (self._config.broker, WHOLE.client_id(self._config))
            threading.Thread(target=forget_session, args=whole, name="forget", daemon=True).start()
        self._matching.start()
        self._ingest.start()
        self._loop.start(self._ingest, self._beside.troubles)
        self._housekeeper.start()
        self._beside.start()

    def stop(self, timeout_s: float) -> None:
        """End, each within `timeout_s`."""
        for part in (self._beside, self._ingest, self._matching, self._loop, self._housekeeper):
            part.stop(timeout_s)
