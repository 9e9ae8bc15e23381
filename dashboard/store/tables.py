"""The tables of the store. A change needs a migration in schema/versions/ (a test compares)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
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
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("port", "node", "boot", "seq", name="reports_once"),
    Index("reports_received", "received_at_s"),
    sqlite_autoincrement=True,
)
"""Reports and events. `ingest_id` is the order in which they came: a replay follows it.

On PostgreSQL it is partitioned by day of receipt (days.py), and `reports_once` stands on each day.
"""

EVENTS = Table(
    "node_events",
    METADATA,
    Column("number", ROW_ID, primary_key=True, autoincrement=True),
    Column("port", String(32), nullable=False),
    Column("node", String(32), nullable=False),
    Column("boot", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at_s", Double, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("camera", String(32)),
    Column("lane", String(32)),
    Column("detail", String(300)),
    UniqueConstraint("port", "node", "boot", "seq", "at_s", name="node_events_once"),
    Index("node_events_time", "port", "at_s"),
    sqlite_autoincrement=True,
)
"""What happened to nodes and cameras (events.py `NodeEvent`)."""

HELD = Table(
    "held",
    METADATA,
    Column("port", String(32), primary_key=True),
    Column("node", String(32), primary_key=True),
    Column("boot", String(64), primary_key=True),
    Column("first_seq", BigInteger, primary_key=True),
    Column("last_seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Inclusive ranges of `seq` of reports that retention took: they are stored no second time."""

MARKS = Table(
    "marks",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""How far a job got that goes on after a restart."""

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


def _once_a_time(name: str, of: str, *figures: Column[Any]) -> Table:
    """One row per port, direction, stream or lane (`of`), and `start_s`, kept in that order on the disk."""
    return Table(
        name,
        METADATA,
        Column("port", String(32), primary_key=True),
        Column("direction", String(32), primary_key=True),
        Column(of, String(32), primary_key=True),
        Column("start_s", Double, primary_key=True),
        *figures,
        sqlite_with_rowid=False,
    )


STREAM_MINUTES = _once_a_time(
    "stream_minutes",
    "stream",
    Column("state", String(16), nullable=False),
    Column("reason", String(200)),
    Column("wait_s", Double),
    Column("low_s", Double),
    Column("high_s", Double),
    Column("basis", String(64), nullable=False),
    Column("actual_s", Double),
    Column("actual_n", Integer),
    Column("queue_vehicles", Integer),
    Column("queue_m", Double),
    Column("at_least", Boolean),
    Column("lanes_open", SmallInteger),
)
"""What was said of a stream in each whole minute (dashboard/history.py `StreamMinute`); never rewritten."""

STREAM_HOURS = _once_a_time(
    "stream_hours",
    "stream",
    Column("minutes", SmallInteger, nullable=False),
    Column("measured", SmallInteger, nullable=False),
    Column("at_least", SmallInteger, nullable=False),
    Column("closed", SmallInteger, nullable=False),
    Column("wait_s", Double),
    Column("wait_min_s", Double),
    Column("wait_max_s", Double),
    Column("actual_s", Double),
    Column("actual_n", Integer),
    Column("queue_most", Integer),
    Column("lanes_open", Double),
)
"""The minutes of each whole hour, rolled up (`StreamHour`)."""

LANE_MINUTES = _once_a_time(
    "lane_minutes",
    "lane",
    Column("end_s", Double, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("serves", String(200), nullable=False),
    Column("arrivals", Integer),
    Column("departures", Integer),
    Column("in_view_mean", Double),
    Column("stopped_mean", Double),
    Column("length_m", Double),
    Column("full", Boolean),
    Column("booth_occ", Double),
    Column("missing", Boolean, nullable=False),
)
"""What a lane did in each minute (dashboard/minutes.py `LaneMinute`, without matches)."""

LANE_HOURS = _once_a_time(
    "lane_hours",
    "lane",
    Column("minutes", SmallInteger, nullable=False),
    Column("seen", SmallInteger, nullable=False),
    Column("arrivals", Integer),
    Column("departures", Integer),
    Column("in_view_mean", Double),
    Column("stopped_mean", Double),
    Column("length_most_m", Double),
    Column("full_minutes", SmallInteger),
    Column("booth_occ", Double),
)
"""The minutes of a lane in each whole hour, rolled up (`LaneHour`)."""
