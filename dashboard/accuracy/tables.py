"""The table of the back-test: rows are added once and never changed."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, String, Table

from dashboard.store.tables import METADATA

PAIRS = Table(
    "pairs",
    METADATA,
    Column("port", String(32), primary_key=True),
    Column("direction", String(32), primary_key=True),
    Column("stream", String(32), primary_key=True),
    Column("source", String(8), primary_key=True),
    Column("joined_s", Double, primary_key=True),
    Column("after_s", Integer, primary_key=True),
    Column("wait_s", Double, nullable=False),
    Column("told_s", Double),
    Column("low_s", Double),
    Column("high_s", Double),
    Index("pairs_joined", "joined_s"),
)
