"""PostgreSQL keeps reports in a table per day (UTC, by receipt), so that a whole day goes in a moment."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

DAY_S = 86400

_PARTS = sa.text(
    """SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i
       JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'reports'::regclass ORDER BY c.relname"""
)


def day_of(at_s: float) -> int:
    """The day of an instant (UTC s), counted from 1970."""
    return math.floor(at_s / DAY_S)


def table_of(day: int) -> str:
    """The table of a day, counted from 1970."""
    return f"reports_{datetime.fromtimestamp(day * DAY_S, UTC):%Y%m%d}"


def add_day(connection: Connection, day: int) -> None:
    """Make the table of a day unless it is there. Attaching it holds up neither readers nor writers."""
    name = table_of(day)
    if sa.inspect(connection).has_table(name):
        return
    from_s, to_s = day * DAY_S, (day + 1) * DAY_S
    for statement in (
        f"CREATE TABLE {name} (LIKE reports INCLUDING DEFAULTS)",
        f"ALTER TABLE {name} ADD CONSTRAINT {name}_once UNIQUE (port, node, boot, seq)",
        f"ALTER TABLE reports ATTACH PARTITION {name} FOR VALUES FROM ({from_s}) TO ({to_s})",
    ):
        connection.exec_driver_sql(statement)


def days_before(connection: Connection, at_s: float) -> list[str]:
    """The tables whose day ended by `at_s` (UTC s), oldest first."""
    newest = table_of(day_of(at_s))
    return [name for name, _ in connection.execute(_PARTS) if name < newest]


def drop_day(connection: Connection, name: str) -> None:
    """Drop a day's table; gives up at once, by an error, when somebody reads it."""
    connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
    connection.exec_driver_sql(f"DROP TABLE {name}")
