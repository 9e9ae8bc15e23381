"""The store: every report that central holds, once each, in the order in which it came.

SQLAlchemy Core over SQLite (WAL, synchronous=FULL: a receipt frees the node's copy, so a committed row must
survive a power cut) or PostgreSQL. Any database fault is a `StoreAwayError`: the caller tries again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from dashboard.store.tables import REPORTS, SET_ASIDE
from edge.messages import NodeReport

BUSY_TIMEOUT_S = 2.0
HEAD_BYTES = 512
SET_ASIDE_ROWS = 1000
_OLDER = "older ones, no longer listed"


class StoreAwayError(Exception):
    """The database cannot be used now (locked, full, unreachable); says why in one line."""


class StoreUrlError(Exception):
    """`store.url` of port.yaml is not a database that can be opened: one line with the fix."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A well-formed report or event that is to be stored, with its bytes as they came."""

    received_at_s: float
    report: NodeReport
    payload: bytes


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


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of one boot of a node; `gaps` are the inclusive ranges of `seq` that never came."""

    port: str
    node: str
    boot: str
    rows: int
    first_seq: int
    last_seq: int
    gaps: tuple[tuple[int, int], ...]


class Store:
    """One database. Methods may be called from any thread; each is one transaction.

    Raises: StoreUrlError for a URL that cannot be used at all; every method raises StoreAwayError.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._insert_report = self._compiled_insert()

    @property
    def name(self) -> str:
        """The URL, without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    def upgrade(self) -> None:
        """Make or migrate the tables, all in one transaction (a kill leaves the old schema)."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "schema"))
        with self.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def add(self, reports: Sequence[Incoming], set_aside: Sequence[SetAside] = ()) -> None:
        """Commit reports, leaving out those that are stored already, and count what was set aside."""
        with self.begin() as connection:
            if reports:
                rows = [_report_row(item) for item in reports]
                connection.exec_driver_sql(self._insert_report, rows)
            for item in set_aside:
                self._count(connection, item)
            if set_aside:
                self._trim(connection)

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

    def holdings(self) -> list[Holding]:
        """What is held, by port and node, boots in order of arrival; empty before the first start."""
        with self.begin() as connection:
            if not sa.inspect(connection).has_table(REPORTS.name):
                return []
            boots = connection.execute(_BOOTS).all()
            return [_holding(connection, row) for row in boots]

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction. Raises: StoreAwayError, for any fault of the database inside it."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreAwayError(_one_line(error)) from error

    def _compiled_insert(self) -> str:
        """The one hot statement, compiled once: building it anew for each row took as long as the insert."""
        columns = [column.name for column in REPORTS.columns if not column.primary_key]
        insert = self.insert(REPORTS).inline().values({name: sa.bindparam(name) for name in columns})
        return str(insert.on_conflict_do_nothing().compile(dialect=self._engine.dialect))

    def insert(self, table: sa.Table) -> Any:
        """An insert that knows `on_conflict_do_nothing` and `_update`, in the database's own words."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
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


def _engine(url: str) -> Engine:
    try:
        options: dict[str, Any] = (
            {"paramstyle": "named"} if url.startswith("sqlite") else {"pool_pre_ping": True}
        )
        engine = sa.create_engine(url, **options)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreUrlError(
            f"store.url: {_one_line(error)}; write sqlite:///lanewatch.db or postgresql+psycopg://..."
        ) from None
    if engine.dialect.name not in ("sqlite", "postgresql"):
        raise StoreUrlError(f"store.url: {engine.dialect.name} is not supported; use sqlite or postgresql")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, so that making tables is transactional too
    for pragma in (
        f"busy_timeout={int(BUSY_TIMEOUT_S * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _report_row(item: Incoming) -> dict[str, Any]:
    report = item.report
    return {
        "received_at_s": item.received_at_s,
        "port": report.port,
        "node": report.node,
        "boot": report.boot,
        "seq": report.seq,
        "kind": report.kind,
        "start_s": report.start.timestamp(),
        "end_s": report.end.timestamp(),
        "synced": report.synced,
        "clock_offset_s": report.clock_offset_s,
        "payload": item.payload,
    }


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


def _one_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split()) or type(cause).__name__


_BOOT = (REPORTS.c.port, REPORTS.c.node, REPORTS.c.boot)
_BOOTS = (
    sa.select(*_BOOT, sa.func.count(), sa.func.min(REPORTS.c.seq), sa.func.max(REPORTS.c.seq))
    .group_by(*_BOOT)
    .order_by(REPORTS.c.port, REPORTS.c.node, sa.func.min(REPORTS.c.ingest_id))
)


def _holding(connection: Connection, row: Any) -> Holding:
    port, node, boot, rows, first, last = row
    whole = rows == last - first + 1
    gaps = () if whole else tuple(_gaps(connection, port, node, boot))
    return Holding(port, node, boot, rows, first, last, gaps)


def _gaps(connection: Connection, port: str, node: str, boot: str) -> Iterator[tuple[int, int]]:
    of_boot = sa.and_(REPORTS.c.port == port, REPORTS.c.node == node, REPORTS.c.boot == boot)
    before = sa.func.lag(REPORTS.c.seq).over(order_by=REPORTS.c.seq).label("before")
    pairs = sa.select(before, REPORTS.c.seq.label("seq")).where(of_boot).subquery()
    query = sa.select(pairs.c.before, pairs.c.seq).where(pairs.c.seq - pairs.c.before > 1)
    for previous, seq in connection.execute(query.order_by(pairs.c.seq)):
        yield previous + 1, seq - 1
