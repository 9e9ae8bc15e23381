"""Reads what an outbox has committed from its files alone, while a node has them open and locked.

SQLite's WAL is a list of frames; a frame that says how large the database is ends a transaction. So a copy of
the database with the WAL up to such a frame is the outbox just after that commit.
https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24
_NEWER = "SELECT id, boot, seq, kind, payload FROM rows WHERE id > ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was committed."""

    id: int
    boot: str
    seq: int
    kind: str
    payload: bytes


def commits(wal: bytes) -> list[int]:
    """Lengths of the WAL up to each commit, oldest first."""
    if len(wal) < HEADER_BYTES:
        return []
    page_bytes: int = struct.unpack_from(">I", wal, 8)[0]
    salts = wal[16:24]
    found, start, step = [], HEADER_BYTES, FRAME_HEADER_BYTES + page_bytes
    while page_bytes and start + step <= len(wal) and wal[start + 8 : start + 16] == salts:
        if struct.unpack_from(">I", wal, start + 4)[0]:
            found.append(start + step)
        start += step
    return found


class Recorder:
    """Follows one outbox file and gives every row that was committed since the last look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._salts = b""
        self._base = b""
        self._read_to = 0
        self._last_id = 0

    def look(self, at_rest: bool) -> list[Row]:
        """New rows; `at_rest`: nobody writes now, so the newest commit is whole as well."""
        wal_path = self.path.with_name(self.path.name + "-wal")
        wal = wal_path.read_bytes() if wal_path.exists() else b""
        if wal[16:24] != self._salts:
            self._salts, self._read_to = wal[16:24], 0
            self._base = self.path.read_bytes() if self.path.exists() else b""
        ends = [end for end in commits(wal) if end > self._read_to]
        rows: list[Row] = []
        for end in ends if at_rest else ends[:-1]:
            rows += self._newer_than_last(wal[:end])
            self._read_to = end
        if at_rest and not wal:
            rows += self._newer_than_last(b"")
        return rows

    def left(self) -> int:
        """Rows in the outbox now; nobody may write meanwhile."""
        wal_path = self.path.with_name(self.path.name + "-wal")
        wal = wal_path.read_bytes() if wal_path.exists() else b""
        return len(list(rows_of(self.path.read_bytes(), wal)))

    def _newer_than_last(self, wal: bytes) -> list[Row]:
        try:
            rows = [row for row in rows_of(self._base, wal) if row.id > self._last_id]
        except sqlite3.DatabaseError:  # the table is not there yet
            return []
        self._last_id = max([self._last_id, *(row.id for row in rows)])
        return rows


def rows_of(database: bytes, wal: bytes, after: int = 0) -> Iterator[Row]:
    """The rows in an outbox made of these files.

    Raises: sqlite3.DatabaseError, if they make none.
    """
    with tempfile.TemporaryDirectory(prefix="lanewatch-wal-") as folder:
        copy = Path(folder) / "outbox.db"
        copy.write_bytes(database)
        copy.with_name("outbox.db-wal").write_bytes(wal)
        db = sqlite3.connect(copy)
        try:
            yield from [Row(*each) for each in db.execute(_NEWER, (after,))]
        finally:
            db.close()
