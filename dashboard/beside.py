"""What runs beside central while it serves, and may fail without it: imports, webhooks, events."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.board import BoardHolder, TroubleView
from dashboard.config import CentralConfig
from dashboard.events.sender import PART, Sender
from dashboard.feeds.published import published
from dashboard.feeds.values import Published
from dashboard.official.periodic import Importer
from dashboard.orders.orders import Orders
from dashboard.store.store import Store
from dashboard.webhooks.outbox import Outbox
from dashboard.webhooks.webhooks import Webhooks


class Beside:
    """Raises: BrokerConfigError, when `public_broker` of port.yaml cannot be used."""

    def __init__(
        self,
        config: CentralConfig,
        store: Store,
        holder: BoardHolder,
        orders: Orders,
        now: Callable[[], float],
    ) -> None:
        self._importer = Importer(config, store, now)
        self._sender: Sender | None = None

        def said() -> Published | None:
            """What is published; nothing before the first board, so that a restart takes nothing back."""
            board = holder.newest()
            return published(board, config, now(), orders.book()) if board.directions else None

        self._webhooks = Webhooks(config.webhooks, said, now, Outbox(store))
        if config.public_broker is not None:
            self._sender = Sender(config.public_broker, said, config.valid_s, now)

    def start(self) -> None:
        """Begin."""
        self._importer.start()
        self._webhooks.start()
        if self._sender is not None:
            self._sender.start()

    def troubles(self) -> dict[str, TroubleView | None]:
        """By part that is configured, what keeps it from its work."""
        own = {} if self._sender is None else {PART: self._sender.trouble()}
        return {**own, **self._webhooks.troubles(), **self._importer.troubles()}

    def stop(self, timeout_s: float) -> None:
        """End."""
        self._importer.stop(timeout_s)
        self._webhooks.stop(timeout_s)
        if self._sender is not None:
            self._sender.stop(timeout_s)
