"""The table of orders: rows are added, never changed, never deleted."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, LargeBinary, String, Table

from dashboard.store.tables import METADATA, ROW_ID

ORDERS = Table(
    "orders",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("at_s", Double, nullable=False),
    Column("who", String(64), nullable=False),
    Column("port", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("from_s", Double, nullable=False),
    Column("until_s", Double, nullable=False),
    Column("what", LargeBinary, nullable=False),
    Column("note", String(300)),
    Index("orders_until", "until_s"),
    Index("orders_port", "port", "id"),
    sqlite_autoincrement=True,
)
"""`what` is JSON, told apart by its `type`; a release is a row that names the order that it ends."""
