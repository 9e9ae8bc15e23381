"""Orders as kept in the database, and the book of those that still matter in memory.

A manager's hold must outlive a database that is away: the book read last stays in force, and until it was
read once (`is_read`) no figure may be shown.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from dashboard.access.audit import Entry, add_line
from dashboard.feeds.instants import iso_z
from dashboard.orders.book import NO_ORDERS, OrderBook
from dashboard.orders.order import KINDS, Draft, Order, Release, What
from dashboard.orders.tables import ORDERS
from dashboard.store.store import Store

KEEP_S = 24 * 3600.0
"""Orders that ended this long ago leave the book (the table keeps them)."""

_WHAT: msgspec.json.Decoder[What] = msgspec.json.Decoder(What)
_COLUMNS = tuple(
    ORDERS.c[name] for name in ("port", "what", "who", "at_s", "from_s", "until_s", "note", "id")
)


class Orders:
    """Methods may be called from any thread. Those that touch the database raise StoreAwayError."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._book = NO_ORDERS
        self.is_read = False

    def book(self) -> OrderBook:
        """The orders that hold, are announced, or ended lately."""
        return self._book

    def refresh(self, at_s: float) -> None:
        """Read the book anew: another process on the same database may have written."""
        query = sa.select(*_COLUMNS).where(ORDERS.c.until_s > at_s - KEEP_S).order_by(ORDERS.c.id)
        with self._lock:
            with self.store.begin() as connection:
                orders = [_order(row) for row in connection.execute(query)]
            self._book = OrderBook(orders)
            self.is_read = True

    def give(self, draft: Draft, address: str) -> Order:
        """Keep an order and its line of the audit trail; it is in the book when this returns."""
        with self._lock:
            with self.store.begin() as connection:
                result = connection.execute(sa.insert(ORDERS).values(_row(draft)).returning(ORDERS.c.id))
                order = _kept(draft, int(result.scalar_one()))
                add_line(connection, _line(order, address))
            self._book = OrderBook((*self._book.orders, order))
        return order

    def numbered(self, numbers: Collection[int]) -> dict[int, Order]:
        """The orders of these numbers."""
        query = sa.select(*_COLUMNS).where(ORDERS.c.id.in_(numbers))
        with self.store.begin() as connection:
            return {order.id: order for order in map(_order, connection.execute(query))}

    def with_ended(self, orders: Collection[Order]) -> dict[int, Order]:
        """These by their numbers, and those that they end."""
        ended = {order.what.order for order in orders if isinstance(order.what, Release)}
        return self.numbered(ended) | {order.id: order for order in orders}

    def page(
        self,
        port: str | None,
        before_id: int | None,
        limit: int,
        from_s: float | None = None,
        to_s: float | None = None,
    ) -> list[Order]:
        """The newest `limit` orders ever given before `before_id`, newest first.

        Only those given from `from_s` on and before `to_s`, where given (UTC seconds).
        """
        query = sa.select(*_COLUMNS).order_by(ORDERS.c.id.desc()).limit(limit)
        if from_s is not None:
            query = query.where(ORDERS.c.at_s >= from_s)
        if to_s is not None:
            query = query.where(ORDERS.c.at_s < to_s)
        if port is not None:
            query = query.where(ORDERS.c.port == port)
        if before_id is not None:
            query = query.where(ORDERS.c.id < before_id)
        with self.store.begin() as connection:
            return [_order(row) for row in connection.execute(query)]


def order_of(entry: Entry) -> int | None:
    """The number of the order that a line of the audit trail tells of."""
    number = entry.detail.partition(" ")[0]
    return int(number) if entry.what in KINDS and number.isdecimal() else None


def _line(order: Order, address: str) -> Entry:
    told = msgspec.to_builtins(order.what)
    said = [
        iso_z(value) if name.endswith("_s") else _words(value)
        for name, value in told.items()
        if name != "type" and value
    ]
    until = f"until {iso_z(order.until_s)}"
    return Entry(
        order.at_s, order.who, address, order.kind, " ".join([f"{order.id} {order.port}", *said, until])
    )


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _row(draft: Draft) -> dict[str, Any]:
    return {
        "at_s": draft.at_s,
        "who": draft.who[:64],
        "port": draft.port,
        "kind": draft.kind,
        "from_s": draft.from_s,
        "until_s": draft.until_s,
        "what": msgspec.json.encode(draft.what),
        "note": draft.note,
    }


def _order(row: Any) -> Order:
    port, what, who, at_s, from_s, until_s, note, order_id = row
    return Order(port, _WHAT.decode(what), who, at_s, from_s, until_s, note, order_id)


def _kept(draft: Draft, order_id: int) -> Order:
    return Order(
        draft.port, draft.what, draft.who, draft.at_s, draft.from_s, draft.until_s, draft.note, order_id
    )
