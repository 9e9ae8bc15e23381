"""Where every route takes its figures from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dashboard.access.guard import Guard
from dashboard.accuracy.pairs import Pairs
from dashboard.board import BoardHolder, Lack
from dashboard.config import CentralConfig
from dashboard.feeds.published import notices_of, published
from dashboard.feeds.values import Published, PublishedNotice
from dashboard.official.figures import Figures
from dashboard.orders.book import NO_ORDERS, OrderBook
from dashboard.orders.orders import Orders
from dashboard.store.history import History
from dashboard.store.store import Store

IN_SECONDS_S = 120.0


@dataclass(frozen=True, slots=True)
class Source:
    """The newest board, read at request time; `now` gives UTC seconds."""

    holder: BoardHolder
    config: CentralConfig
    now: Callable[[], float]
    guard: Guard = field(default_factory=Guard)
    orders: Orders | None = None
    history: History | None = None
    figures: Figures | None = None
    pairs: Pairs | None = None
    store: Store | None = None

    def published(self) -> Published:
        """What may be said at this moment."""
        return published(self.holder.newest(), self.config, self.now(), self.book())

    def book(self) -> OrderBook:
        """What the manager ordered."""
        return NO_ORDERS if self.orders is None else self.orders.book()

    def notices(self, port: str) -> tuple[PublishedNotice, ...]:
        """The notices for the public at this moment."""
        return notices_of(self.book(), port, self.now())

    def trouble(self) -> Lack | None:
        """Why figures cannot be trusted to be fresh, None when all is well."""
        board = self.holder.newest()
        if board.trouble is not None:
            return board.trouble
        age_s = self.now() - board.at_s
        if age_s > self.config.valid_s:
            told = f"{age_s:.0f} s" if age_s < IN_SECONDS_S else f"{age_s / 60:.0f} min"
            return Lack("figures", f"No figures were computed for {told}.")
        return None
