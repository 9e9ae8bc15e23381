"""The store: every report that central holds, once each, in the order in which it came.

SQLAlchemy Core over SQLite or PostgreSQL. A receipt frees the node's copy, so a committed row must survive a
power cut. Any database fault is a `StoreAwayError`: the caller tries again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from dashboard.store.database import INCREMENTAL, StoreAwayError, StoreUrlError, one_line, open_engine
from dashboard.store.events import NodeEvent, add_events, events_page
from dashboard.store.holdings import Holding, holdings_in
from dashboard.store.intake import Incoming, intake_for
from dashboard.store.migrating import migrate
from dashboard.store.tables import EVENTS, MARKS, REPORTS, SET_ASIDE

__all__ = [
    "Holding",
    "Incoming",
    "SetAside",
    "Store",
    "StoreAwayError",
    "StoreUrlError",
    "StoredReport",
]

HEAD_BYTES = 512
SET_ASIDE_ROWS = 1000
_OLDER = "older ones, no longer listed"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A message that is not used: `reason` says why, `times` how often it came."""

    received_at_s: float
    topic: str
    reason: str
    head: bytes
    times: int = 1


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A stored report or event as bytes; `ingest_id` is its place in the order of arrival."""

    ingest_id: int
    received_at_s: float
    payload: bytes


class Store:
    """One database. Methods may be called from any thread; each is one transaction.

    Raises: StoreUrlError for a URL that cannot be used at all; every method raises StoreAwayError.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self.dialect = self._engine.dialect.name
        self._driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        self._intake = intake_for(self.dialect)
        self.is_made = False
        """Whether `upgrade` was done here: before, there may be no table."""

    @property
    def name(self) -> str:
        """The URL, without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    def upgrade(self) -> None:
        """Make or migrate the tables, all in one transaction (a kill leaves the old schema).

        Raises: StoreUrlError, if a newer program made them.
        """
        with self.begin(write=True) as connection:
            if self.dialect == "postgresql":  # several processes may start at once
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7523460)"))
            migrate(connection, self.name)
        self.is_made = True

    def add(
        self,
        reports: Sequence[Incoming],
        set_aside: Sequence[SetAside] = (),
        events: Sequence[NodeEvent] = (),
    ) -> int:
        """Commit reports and events, leaving out those that are stored already, and count what was set aside.

        Gives how many reports are new.
        """
        new = 0
        with self.begin() as connection:
            if reports:
                new = self._intake.add(connection, reports)
            if events:
                add_events(connection, self.insert(EVENTS), events)
            for item in set_aside:
                self._count(connection, item)
            if set_aside:
                self._trim(connection)
        return new

    def after(self, ingest_id: int, limit: int) -> list[StoredReport]:
        """The next `limit` reports behind `ingest_id`, in order of arrival."""
        columns = (REPORTS.c.ingest_id, REPORTS.c.received_at_s, REPORTS.c.payload)
        query = sa.select(*columns).where(REPORTS.c.ingest_id > ingest_id)
        with self.begin() as connection:
            rows = connection.execute(query.order_by(REPORTS.c.ingest_id).limit(limit))
            return [StoredReport(*row) for row in rows]

    def last_before(self, received_at_s: float) -> int:
        """The newest `ingest_id` received before that time; 0 when there is none."""
        newest_first = (REPORTS.c.received_at_s.desc(), REPORTS.c.ingest_id.desc())
        before = REPORTS.c.received_at_s < received_at_s
        query = sa.select(REPORTS.c.ingest_id).where(before).order_by(*newest_first).limit(1)
        with self.begin() as connection:
            return connection.execute(query).scalar() or 0

    def events(
        self,
        port: str,
        before: int | None,
        limit: int,
        from_s: float | None = None,
        to_s: float | None = None,
        nodes: Sequence[str] | None = None,
    ) -> list[tuple[int, NodeEvent]]:
        """What happened to nodes and cameras of a port, newest first (events.py `events_page`)."""
        with self.begin() as connection:
            return events_page(connection, port, before, limit, from_s, to_s, nodes)

    def set_aside_count(self) -> int:
        """How many messages were ever set aside."""
        with self.begin() as connection:
            return int(connection.execute(sa.select(sa.func.sum(SET_ASIDE.c.times))).scalar() or 0)

    def set_aside(self, limit: int) -> list[SetAside]:
        """The newest messages that were set aside, newest first."""
        table = SET_ASIDE.c
        columns = (table.received_at_s, table.topic, table.reason, table.head, table.times)
        query = sa.select(*columns).order_by(table.received_at_s.desc(), table.id.desc()).limit(limit)
        with self.begin() as connection:
            return [SetAside(*row) for row in connection.execute(query)]

    def mark(self, values: Mapping[str, int]) -> None:
        """Write marks, each the newest of its name."""
        insert = self.insert(MARKS)
        upsert = insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value})
        with self.begin() as connection:
            connection.execute(upsert, [{"name": name, "value": value} for name, value in values.items()])

    def marks(self, prefix: str) -> dict[str, int]:
        """Marks whose name begins so, by the rest of it."""
        query = sa.select(MARKS.c.name, MARKS.c.value).where(MARKS.c.name.startswith(prefix, autoescape=True))
        with self.begin() as connection:
            return {name.removeprefix(prefix): int(value) for name, value in connection.execute(query)}

    def holdings(self) -> list[Holding]:
        """What is held, by port and node, boots in order of arrival; empty before the first start."""
        with self.begin() as connection:
            return holdings_in(connection)

    def give_back(self, pages: int) -> bool:
        """SQLite: shrink the file by up to so many free pages; True when there may be more."""
        with self.connection() as driver:
            (mode,) = driver.execute("PRAGMA auto_vacuum").fetchone()
            (free,) = driver.execute("PRAGMA freelist_count").fetchone()
            driver.executescript(f"PRAGMA incremental_vacuum({pages})")  # `execute` would free one page
            return bool(mode == INCREMENTAL and free > pages)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def begin(self, *, write: bool = False, snapshot: bool = False) -> Iterator[Connection]:
        """One transaction; `write` for one that reads before it writes, so that no other comes in between;
        `snapshot` for one whose every query sees the same moment.

        Raises: StoreAwayError, for any fault of the database inside it.
        """
        with self.faults(), self._engine.connect() as connection:
            connection.execution_options(immediate=write)
            if snapshot and self.dialect == "postgresql":  # SQLite's are so anyway
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """The driver's own connection, outside of any transaction. Raises: StoreAwayError."""
        with self.faults(), self._engine.connect() as connection:
            yield connection.connection.driver_connection

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Raises: StoreAwayError of this store, for any fault of a database inside it.

        What SQLite says of a damaged file may be no text.
        """
        try:
            yield
        except (SQLAlchemyError, self._driver_error, UnicodeDecodeError) as error:
            raise StoreAwayError(one_line(error), self.name) from error

    def insert(self, table: sa.Table) -> Any:
        """An insert that knows `on_conflict_do_nothing` and `_update`, in the database's own words."""
        dialect = postgresql if self.dialect == "postgresql" else sqlite
        return dialect.insert(table)

    def _count(self, connection: Connection, item: SetAside) -> None:
        insert = self.insert(SET_ASIDE)
        newer = insert.excluded
        update = {
            "times": SET_ASIDE.c.times + newer.times,
            "received_at_s": newer.received_at_s,
            "head": newer.head,
        }
        upsert = insert.on_conflict_do_update(index_elements=["topic", "reason"], set_=update)
        connection.execute(upsert, _set_aside_row(item))

    def _trim(self, connection: Connection) -> None:
        listed = connection.execute(sa.select(sa.func.count()).select_from(SET_ASIDE)).scalar_one()
        if listed <= SET_ASIDE_ROWS + SET_ASIDE_ROWS // 10:
            return
        oldest = sa.select(SET_ASIDE.c.id).order_by(SET_ASIDE.c.received_at_s, SET_ASIDE.c.id)
        chosen = SET_ASIDE.c.id.in_(oldest.limit(listed - SET_ASIDE_ROWS + 1))
        totals = sa.select(sa.func.sum(SET_ASIDE.c.times), sa.func.max(SET_ASIDE.c.received_at_s))
        times, received_at_s = connection.execute(totals.where(chosen)).one()
        connection.execute(sa.delete(SET_ASIDE).where(chosen))
        self._count(connection, SetAside(received_at_s, "", _OLDER, b"", int(times)))


def _set_aside_row(item: SetAside) -> dict[str, Any]:
    return {
        "received_at_s": item.received_at_s,
        "topic": _printable(item.topic, 128),
        "reason": _printable(item.reason, 300),
        "head": item.head[:HEAD_BYTES],
        "times": item.times,
    }


def _printable(text: str, limit: int) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:limit])
