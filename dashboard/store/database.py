"""Opening the database, SQLite (WAL, synchronous=FULL) or PostgreSQL (psycopg), and what its faults mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from dashboard.faults import MendableError

BUSY_TIMEOUT_S = 2.0
INCREMENTAL = 2
"""SQLite's number for giving free pages back when asked."""
CONNECT_TIMEOUT_S = 5
GIVE_UP_MS = 10_000
"""PostgreSQL: a lock that is not given for so long, or a transaction that stands still, is a fault."""


class StoreAwayError(MendableError):
    """The database `store` (its URL, without the password) cannot be used now: locked, full, unreachable.

    Says why in one line.
    """

    def __init__(self, why: str, store: str) -> None:
        super().__init__(why)
        self.store = store

    def told(self) -> str:
        """With the name of the database and the fix."""
        fix = "see that it runs and is free, or name the right one as store.url"
        return f"{self.store}: cannot be used ({self}); {fix}"


class StoreUrlError(Exception):
    """`store.url` of port.yaml is not a database that can be opened: one line with the fix."""


def open_engine(url: str) -> Engine:
    """An engine; nothing is connected yet. Raises: StoreUrlError."""
    try:
        parsed = _with_driver(make_url(url))
        options = _SQLITE if parsed.get_backend_name() == "sqlite" else _POSTGRESQL
        engine = sa.create_engine(parsed, **options)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        raise StoreUrlError(
            f"store.url: {one_line(error)}; write sqlite:///lanewatch.db or postgresql://..."
        ) from None
    if engine.dialect.name not in ("sqlite", "postgresql"):
        raise StoreUrlError(f"store.url: {engine.dialect.name} is not supported; use sqlite or postgresql")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_no_file(url: str) -> bool:
    """Whether it is SQLite's and its file is not there (opening would make it)."""
    return url.startswith(_SQLITE_URL) and not Path(url.removeprefix(_SQLITE_URL)).exists()


def one_line(error: BaseException) -> str:
    """What the database said, on one line."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split()) or type(cause).__name__


_SQLITE_URL = "sqlite:///"
_SQLITE: dict[str, Any] = {"paramstyle": "named"}
_POSTGRESQL: dict[str, Any] = {
    "pool_recycle": 3600,
    "connect_args": {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "options": f"-c lock_timeout={GIVE_UP_MS} -c idle_in_transaction_session_timeout={GIVE_UP_MS}",
        "application_name": "lanewatch",
    },
}


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, so that making tables is transactional too
    connection.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}").fetchall()
    (mode,) = connection.execute("PRAGMA auto_vacuum").fetchone()
    if mode != INCREMENTAL:  # to set it writes; a file that is not new keeps its free pages
        connection.execute(f"PRAGMA auto_vacuum={INCREMENTAL}").fetchall()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "journal_size_limit=67108864"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
