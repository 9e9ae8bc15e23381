"""Rows that central has not receipted yet, on disk before anything else is done with them.

SQLite in WAL mode with synchronous=FULL: a committed row survives a power cut. A row's key is (boot, seq),
and only a receipt frees it. `id` grows for ever and is what pages are read by. docs/decisions/0002 says why.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

from edge.node.database import Database, OutboxError
from edge.node.ours import PAGE_BYTES, refuse_other_files, refuse_other_tables

Range = tuple[int, int]
"""First and last seq, both inclusive."""

QUOTA_BYTES = 512 * 1024 * 1024
WAL_BYTES = 16 * 1024 * 1024
SCAN_ROWS = 10_000
KEEP_ONE_PER_S = 3600
"""However full the disk, one report per boot and hour stays."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  boot TEXT NOT NULL, seq INTEGER NOT NULL,
  kind TEXT NOT NULL, end_s INTEGER NOT NULL, payload BLOB NOT NULL,
  UNIQUE (boot, seq));
CREATE TABLE IF NOT EXISTS saved (camera TEXT PRIMARY KEY, payload BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS offsets (
  boot TEXT NOT NULL, up_to INTEGER NOT NULL, offset_s REAL NOT NULL, PRIMARY KEY (boot, up_to))
"""
_INSERT = "INSERT INTO rows (boot, seq, kind, end_s, payload) VALUES (?, ?, ?, ?, ?)"
_OF_ROWS_THAT_WAIT = """
WHERE EXISTS (SELECT 1 FROM rows WHERE rows.boot = offsets.boot AND rows.seq <= offsets.up_to)
"""
_DOOMED = """
SELECT boot, seq, id FROM rows WHERE kind = 'report' AND id > :after AND id <= :up_to AND id NOT IN
  (SELECT max(id) FROM rows WHERE kind = 'report' AND id > :after AND id <= :up_to
   GROUP BY boot, end_s / :every)
ORDER BY boot, seq
"""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A message to keep; `end_s` is the end of its report in whole seconds since 1970."""

    boot: str
    seq: int
    kind: Literal["report", "event"]
    end_s: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A kept message."""

    id: int
    boot: str
    seq: int
    kind: Literal["report", "event"]
    end_s: int
    payload: bytes

    def as_new(self) -> NewRow:
        """The same message, for another outbox."""
        return NewRow(self.boot, self.seq, self.kind, self.end_s, self.payload)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows of one boot that thinning took out."""

    boot: str
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Offset:
    """What rows of a boot are off by (node minus UTC, s), up to seq `up_to` and after the Offset before."""

    boot: str
    up_to: int
    offset_s: float


Record = Callable[[Dropped], NewRow]
"""Makes the event row that tells of dropped rows."""


class Outbox:
    """One file, one owner: the file is locked while it is open. Not for use by several threads.

    `offsets`: what its rows are off by.
    """

    def __init__(self, path: Path | None, quota_bytes: int = QUOTA_BYTES) -> None:
        """Open or make the outbox; `None` keeps the rows in memory only.

        Raises: OutboxError, one of its kinds.
        """
        if path is not None:
            refuse_other_files(path)
        self.path = path
        self._quota_pages = max(quota_bytes // PAGE_BYTES, 16)
        self.offsets: Sequence[Offset] = ()
        self._db = Database(path)
        try:
            self._prepare()
        except OutboxError:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file; its rows stay."""
        self._db.close()

    def commit(
        self,
        rows: Sequence[NewRow],
        saved: Mapping[str, bytes] | None = None,
        offsets: Sequence[Offset] | None = None,
    ) -> None:
        """Keep the rows, all or none; when this returns they survive a power cut.

        `saved`: what each camera knew when these rows were made; it replaces what was saved before.
        `offsets`: what rows are off by; they replace those that are known.
        Raises: OutboxError, one of its kinds; nothing was kept then.
        """
        with self._db.transaction() as db:
            _insert(db, rows)
            if saved is not None:
                db.execute("DELETE FROM saved")
                db.executemany("INSERT INTO saved (camera, payload) VALUES (?, ?)", saved.items())
            if offsets is not None and list(offsets) != self.offsets:
                _replace_offsets(db, offsets)
        self._count += len(rows)
        self.offsets = self.offsets if offsets is None else list(offsets)

    def saved(self) -> dict[str, bytes]:
        """What each camera knew at the last commit that said so."""
        return saved_of(self._db)

    def free(self, boot: str, ranges: Sequence[Range]) -> int:
        """Take out the receipted rows of that boot; gives how many there were."""
        with self._db.transaction() as db:
            freed = sum(
                db.execute("DELETE FROM rows WHERE boot = ? AND seq BETWEEN ? AND ?", (boot, *each)).rowcount
                for each in ranges
            )
        self._count -= freed
        return freed

    def page(self, after: int, limit: int, up_to: int = 2**62) -> list[Row]:
        """At most `limit` rows with `after` < id <= `up_to`, oldest first."""
        return page_of(self._db, after, limit, up_to)

    def newest_id(self) -> int:
        """The id of the newest row, 0 when none is left."""
        return self._db.number("SELECT coalesce(max(id), 0) FROM rows")

    def middle_id(self) -> int:
        """The id half-way between the oldest and the newest row, 0 when none is left."""
        return self._db.number("SELECT coalesce((min(id) + max(id)) / 2, 0) FROM rows")

    def __len__(self) -> int:
        """Rows that are not receipted."""
        return self._count

    def filled(self) -> float:
        """Which part of the quota is in use, 0 to 1."""
        used = self._db.number("PRAGMA page_count") - self._db.number("PRAGMA freelist_count")
        return used / self._quota_pages

    def forget(self, up_to: int) -> int:
        """Take out all rows up to id `up_to`; gives how many there were."""
        with self._db.transaction() as db:
            gone = db.execute("DELETE FROM rows WHERE id <= ?", (up_to,)).rowcount
        self._count -= gone
        return gone

    def thinned(self, every_s: int, up_to: int, record: Record) -> Iterator[int]:
        """Of the reports up to id `up_to` keep the last per boot and `every_s` seconds.

        Events stay, and so does the last report of each boot. What went is told by `record`'s event rows,
        in the same commit: one for each stretch, after which it gives how many went.
        """
        after = 0
        while after < up_to:
            window = self._stretch(after, up_to)
            if not window:
                break
            yield self._thin_window(after, window[-1], every_s, record)
            after = window[-1]
        self._db.script("PRAGMA incremental_vacuum(4096)")  # gives space back

    def _stretch(self, after: int, up_to: int) -> tuple[int, ...]:
        """First and last id of the next stretch of rows, or nothing."""
        first, last = self._db.rows(
            "SELECT min(id), max(id) FROM (SELECT id FROM rows WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)",
            (after, up_to, SCAN_ROWS),
        )[0]
        return () if first is None else (int(first), int(last))

    def _thin_window(self, after: int, up_to: int, every_s: int, record: Record) -> int:
        span = {"after": after, "up_to": up_to, "every": every_s}
        with self._db.transaction() as db:
            doomed = db.execute(_DOOMED, span).fetchall()
            db.executemany("DELETE FROM rows WHERE id = ?", [(row[2],) for row in doomed])
            events = [record(dropped) for dropped in _ranges(doomed)]
            _insert(db, events)
        self._count += len(events) - len(doomed)
        return len(doomed)

    def _prepare(self) -> None:
        self._db.rows("PRAGMA locking_mode = EXCLUSIVE")
        refuse_other_tables(self._db)
        for pragma in (
            "auto_vacuum = INCREMENTAL",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"journal_size_limit = {WAL_BYTES}",
            f"max_page_count = {self._quota_pages}",
        ):
            self._db.rows(f"PRAGMA {pragma}")
        self._db.script(_SCHEMA)
        self._count = self._db.number("SELECT count(*) FROM rows")
        self.offsets = offsets_of(self._db, _OF_ROWS_THAT_WAIT)


def page_of(db: Database, after: int, limit: int, up_to: int = 2**62) -> list[Row]:
    """At most `limit` rows of the file with `after` < id <= `up_to`, oldest first; no index is needed."""
    found = db.rows(
        "SELECT id, boot, seq, kind, end_s, payload FROM rows WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
        (after, up_to, limit),
    )
    return [Row(*each) for each in found]


def offsets_of(db: Database, which: str = "") -> list[Offset]:
    """What rows of the file are off by; no index is needed for all of them."""
    return [Offset(*each) for each in db.rows(f"SELECT boot, up_to, offset_s FROM offsets {which}")]


def saved_of(db: Database) -> dict[str, bytes]:
    """What each camera knew when the file's last report was kept."""
    return dict(db.rows("SELECT camera, payload FROM saved"))


def _replace_offsets(db: sqlite3.Connection, offsets: Iterable[Offset]) -> None:
    db.execute("DELETE FROM offsets")
    db.executemany(
        "INSERT INTO offsets (boot, up_to, offset_s) VALUES (?, ?, ?)",
        [(each.boot, each.up_to, each.offset_s) for each in offsets],
    )


def _insert(db: sqlite3.Connection, rows: Sequence[NewRow]) -> None:
    db.executemany(_INSERT, [(row.boot, row.seq, row.kind, row.end_s, row.payload) for row in rows])


def _ranges(doomed: Sequence[tuple[str, int, int]]) -> list[Dropped]:
    """Rows (boot, seq, id), ordered by boot and seq, as ranges per boot."""
    by_boot = groupby(doomed, key=lambda row: row[0])
    return [Dropped(boot, ranges_of(seq for _, seq, _ in rows)) for boot, rows in by_boot]


def ranges_of(seqs: Iterable[int]) -> tuple[Range, ...]:
    """Ascending seqs as inclusive ranges."""
    ranges: list[Range] = []
    for seq in seqs:
        if ranges and ranges[-1][1] == seq - 1:
            ranges[-1] = (ranges[-1][0], seq)
        else:
            ranges.append((seq, seq))
    return tuple(ranges)
