"""A SQLite database of one owner, in a file or in memory, whose errors say what is to be done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BUSY_S = 5.0


class OutboxError(Exception):
    """The outbox cannot do its work; one line with the file and the reason."""


class OutboxBusyError(OutboxError):
    """Another process holds the file."""


class OutboxFullError(OutboxError):
    """The disk, or the outbox's share of it, is full."""


class OutboxUnwritableError(OutboxError):
    """The file cannot be made or written: no folder, read-only, input/output error."""


class OutboxCorruptError(OutboxError):
    """The file is not a sound outbox."""


class OutboxForeignError(OutboxError):
    """What lies there is somebody else's: nothing of it may be changed, renamed or set aside."""


class Database:
    """A connection; whatever it is asked for raises OutboxError, one of its kinds."""

    def __init__(self, path: Path | None) -> None:
        """Open or make the file; `None`: in memory."""
        self.path = path
        with self._typed():
            target = ":memory:" if path is None else path
            self._connection = sqlite3.connect(target, timeout=BUSY_S, isolation_level=None)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def rows(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        """All that the query finds."""
        with self._typed():
            return self._connection.execute(query, values).fetchall()

    def number(self, query: str) -> int:
        """The one number that the query finds."""
        return int(self.rows(query)[0][0])

    def script(self, statements: str) -> None:
        """Carry out statements, each by itself."""
        with self._typed():
            self._connection.executescript(statements)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done on the connection within, or nothing."""
        with self._typed():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _typed(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            raise _typed_error(str(self.path or "outbox in memory"), error) from error


def _typed_error(path: str, error: sqlite3.Error) -> OutboxError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return OutboxBusyError(f"{path}: another process uses this outbox; stop it, or change `outbox:`")
    if code == sqlite3.SQLITE_FULL:
        return OutboxFullError(f"{path}: the outbox or its disk is full; free space on the disk")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return OutboxCorruptError(f"{path}: is not a sound outbox ({error}); set it aside")
    return OutboxUnwritableError(f"{path}: cannot be written ({error}); check folder, rights and disk")
