"""The table of travel times: what is left of a match. No token, plate or node stands in it."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, String, Table

from dashboard.store.tables import METADATA

TRAVELS = Table(
    "travels",
    METADATA,
    Column("port", String(32), primary_key=True),
    Column("direction", String(32), primary_key=True),
    Column("lane", String(32), primary_key=True),
    Column("at_s", Double, primary_key=True),
    Column("from_lane", String(32), nullable=False),
    Column("travel_s", Double, nullable=False),
    Column("told_s", Double, nullable=False),
    Index("travels_told", "told_s"),
)
"""`told_s` (UTC s) ends the slice with which the wait engine was told of it: a replay tells it then, too."""
