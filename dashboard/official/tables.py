"""The table of official figures: a row whenever what an agency says of a stream changes."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, String, Table

from dashboard.store.tables import METADATA, ROW_ID

OFFICIAL = Table(
    "official",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("port", String(32), nullable=False),
    Column("direction", String(32), nullable=False),
    Column("stream", String(32), nullable=False),
    Column("agency", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("wait_s", Integer),
    Column("lanes_open", Integer),
    Column("measured_at_s", Double),
    Column("seen_first_s", Double, nullable=False),
    Column("seen_last_s", Double, nullable=False),
    Index("official_stream", "port", "direction", "stream", "agency", "id"),
    sqlite_autoincrement=True,
)
"""`seen_first_s`-`seen_last_s`: from the first to the last import that said so."""
