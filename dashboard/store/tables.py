"""The tables of the store. A change needs a migration in schema/versions/ (a test compares)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

METADATA = MetaData()

ROW_ID = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key that SQLite, too, numbers by itself."""

REPORTS = Table(
    "reports",
    METADATA,
    Column("ingest_id", ROW_ID, primary_key=True, autoincrement=True),
    Column("received_at_s", Double, nullable=False),
    Column("port", String(32), nullable=False),
    Column("node", String(32), nullable=False),
    Column("boot", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("start_s", Double, nullable=False),
    Column("end_s", Double, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("clock_offset_s", Double),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("port", "node", "boot", "seq", name="reports_once"),
    Index("reports_received", "received_at_s"),
    sqlite_autoincrement=True,
)
"""Reports and events. `ingest_id` is the order in which they came: a replay follows it."""

SET_ASIDE = Table(
    "set_aside",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("topic", String(128), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("received_at_s", Double, nullable=False),
    Column("head", LargeBinary, nullable=False),
    UniqueConstraint("topic", "reason", name="set_aside_once"),
    sqlite_autoincrement=True,
)
"""Messages that were not used: one row per topic and reason, with the head of the newest payload."""
