"""How a batch of reports gets in: each report once, whatever was stored, rolled away or sent twice before.

A report is held while its row is in `reports` and, after retention took the row, by its range in `held`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, Self

from sqlalchemy.engine import Connection

from dashboard.store.days import add_day, day_of
from edge.messages import NodeReport

SET_BACK_S = 120.0
"""By less than this times may differ between processes; a clock that goes back by more was wrong before."""


class Incoming(NamedTuple):
    """A well-formed report or event that is to be stored, with its bytes as they came.

    It is the row itself: what was decoded is not kept until COMMIT, since thousands of objects that live a
    little longer cost more than all the rest of ingest.
    """

    received_at_s: float
    port: str
    node: str
    boot: str
    seq: int
    payload: bytes

    @classmethod
    def of(cls, received_at_s: float, report: NodeReport, payload: bytes) -> Self:
        """The row of a report."""
        return cls(received_at_s, report.port, report.node, report.boot, report.seq, payload)


class Intake(Protocol):
    """Inserts reports in the transaction of `connection`, in order, leaving out what is held."""

    def add(self, connection: Connection, reports: Sequence[Incoming]) -> int:
        """Insert; the rows get ascending `ingest_id`. Gives how many are new.

        Their times do not go back either, unless by so much that the clock was set back.
        """


def intake_for(dialect: str) -> Intake:
    """The way of that database."""
    return PostgresIntake() if dialect == "postgresql" else SqliteIntake()


_HELD = """SELECT 1 FROM held WHERE held.port = {0}.port AND held.node = {0}.node AND held.boot = {0}.boot
           AND {0}.seq BETWEEN held.first_seq AND held.last_seq"""


class SqliteIntake:
    """One prepared statement, run once a row inside the driver."""

    _INSERT = """INSERT INTO reports (received_at_s, port, node, boot, seq, payload)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6
        WHERE NOT EXISTS (SELECT 1 FROM held WHERE port = ?2 AND node = ?3 AND boot = ?4
                          AND ?5 BETWEEN first_seq AND last_seq)
        ON CONFLICT DO NOTHING"""

    def add(self, connection: Connection, reports: Sequence[Incoming]) -> int:
        """See Intake. One process writes, so its own clock orders the rows."""
        driver: Any = connection.connection.driver_connection
        return int(driver.executemany(self._INSERT, reports).rowcount)


class PostgresIntake:
    """Binary COPY into a temporary table, then one insert of what is new.

    Several processes may write: a lock of the transaction makes the order of `ingest_id` that of COMMIT, so
    that a reader who goes on behind the last row it saw misses none.
    """

    _STAGE = """CREATE TEMPORARY TABLE incoming (place int, received_at_s float8, port text, node text,
        boot text, seq int8, payload bytea) ON COMMIT DELETE ROWS"""
    _TYPES = ("int4", "float8", "text", "text", "text", "int8", "bytea")
    _LOCK = "SELECT pg_advisory_xact_lock(7523461)"
    _INSERT = f"""INSERT INTO reports (received_at_s, port, node, boot, seq, payload)
        SELECT CASE WHEN newest.at_s - i.received_at_s > {SET_BACK_S:.0f} THEN i.received_at_s
                    ELSE greatest(i.received_at_s, newest.at_s) END,
               i.port, i.node, i.boot, i.seq, i.payload
        FROM incoming i CROSS JOIN (SELECT max(received_at_s) AS at_s FROM reports) newest
        WHERE NOT EXISTS (SELECT 1 FROM reports r WHERE r.port = i.port AND r.node = i.node
                          AND r.boot = i.boot AND r.seq = i.seq OFFSET 0)
          AND NOT EXISTS ({_HELD.format("i")} OFFSET 0)
        ORDER BY i.place
        ON CONFLICT DO NOTHING"""

    def __init__(self) -> None:
        self._days: set[int] = set()

    def add(self, connection: Connection, reports: Sequence[Incoming]) -> int:
        """See Intake."""
        connection.exec_driver_sql(self._LOCK)
        driver: Any = connection.connection.driver_connection
        try:
            self._make_room(connection, {day_of(item.received_at_s) for item in reports})
            with driver.cursor() as cursor:
                with cursor.copy("COPY incoming FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types(self._TYPES)
                    for place, item in enumerate(reports):
                        copy.write_row((place, *item))
                cursor.execute(self._INSERT)
                return int(cursor.rowcount)
        except driver_error(connection):
            self._days.clear()  # what was made in this transaction is gone with it
            connection.info.pop("staged", None)
            raise

    def _make_room(self, connection: Connection, days: set[int]) -> None:
        if "staged" not in connection.info:
            connection.exec_driver_sql("DROP TABLE IF EXISTS pg_temp.incoming")
            connection.exec_driver_sql(self._STAGE)
            connection.info["staged"] = True
        for day in sorted(days - self._days):
            add_day(connection, day)
            self._days = {day}  # the newest alone is sure to stay: retention drops older ones


def driver_error(connection: Connection) -> type[Exception]:
    """The driver's own base error: it comes unwrapped where the driver is used directly."""
    error: type[Exception] = connection.dialect.loaded_dbapi.Error
    return error
