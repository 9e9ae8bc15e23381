"""What outlives a stop: messages that were not taken yet, and what each receiver was told last."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, LargeBinary, String, Table

from dashboard.store.tables import METADATA, ROW_ID

MESSAGES = Table(
    "webhook_messages",
    METADATA,
    Column("number", ROW_ID, primary_key=True, autoincrement=True),
    Column("webhook", String(32), nullable=False),
    Column("id", String(32), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("made_at_s", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("webhook_messages_webhook", "webhook", "number"),
    sqlite_autoincrement=True,
)

TOLD = Table(
    "webhook_told",
    METADATA,
    Column("webhook", String(32), primary_key=True),
    Column("direction", String(32), primary_key=True),
    Column("above", Boolean, nullable=False),
    Column("below", Boolean, nullable=False),
    Column("state", String(16)),
    Column("port", String(32)),
    Column("stream", String(32)),
)
