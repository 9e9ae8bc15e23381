"""What is saved of an outbox whose file is damaged: its rows before the damage, and the file for later.

The rows go, a few at a time, into a new file beside the damaged one, which then takes its place: however many
there are, memory holds few of them, nothing else waits for long, and a kill leaves one file or the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from edge.messages import utc_ms
from edge.node.database import Database, OutboxError, OutboxFullError
from edge.node.outbox import NewRow, Offset, Outbox, Row, offsets_of, page_of, saved_of

ROWS_A_LOOK = 10
"""So few at a time, so that little before the damage is missed."""

BYTES_A_COMMIT = 1024 * 1024
ROWS_A_STEP = 500
"""So many of a gathering that was cut short go in a step."""


class Damaged(Protocol):
    """A damaged file: an Outbox that was opened while it seemed sound, or Remains."""

    def page(self, after: int, limit: int) -> list[Row]:
        """At most `limit` rows with `after` < id, oldest first. Raises: OutboxError, where the damage is."""

    def close(self) -> None:
        """Close the file."""


class Remains:
    """A file that cannot even be opened as an outbox: an index may be damaged, which reading does without."""

    def __init__(self, path: Path) -> None:
        """Raises: OutboxError, if there is nothing to be opened."""
        self._db = Database(path)

    def offsets(self) -> list[Offset]:
        """Those of its rows. Raises: OutboxError, if they cannot be read."""
        return offsets_of(self._db)

    def saved(self) -> dict[str, bytes]:
        """What each camera knew. Raises: OutboxError, if it cannot be read."""
        return saved_of(self._db)

    def page(self, after: int, limit: int) -> list[Row]:
        """At most `limit` rows with `after` < id, oldest first. Raises: OutboxError, where the damage is."""
        return page_of(self._db, after, limit)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class Gathering:
    """Rows before the damage go into a file beside `path`, a portion a step, all or none.

    Of a gathering that was cut short the rows go first; what lies beside them stays until it is replaced, so
    that no kill takes what may stand nowhere else. `taken`: how many went by now.
    """

    def __init__(self, damaged: Damaged, path: Path, quota_bytes: int) -> None:
        """Begin, with none taken yet. Raises: OutboxError, OSError, when the disk refuses."""
        self.damaged, self.taken = damaged, 0
        self._path, self._quota_bytes = path, quota_bytes
        self._portions = _portions(rows_before_the_damage(damaged))
        try:
            self._gathered = Outbox(beside(path), quota_bytes)
            self._old = self._gathered.newest_id()
        except OutboxError:
            self._begin_afresh()

    def step(self, offsets: Sequence[Offset], saved: Mapping[str, bytes] | None = None) -> bool:
        """One portion more, beside these offsets and what each camera knew; False: it was the last.

        Raises: OutboxError, OSError, when the disk refuses.
        """
        if self._has_old_rows():
            return True
        rows = next(self._portions, [])
        try:
            self._gathered.commit(rows, saved, offsets)
        except OutboxError:
            self._gathered.close()
            clear(self._path)
            raise
        self.taken += len(rows)
        if _bytes(rows) >= BYTES_A_COMMIT:
            return True
        self._gathered.close()
        return False

    def _has_old_rows(self) -> bool:
        """Some of them go; whether there are more."""
        try:
            oldest = self._gathered.page(0, 1)
            if not oldest or oldest[0].id > self._old:
                return False
            up_to = oldest[0].id + ROWS_A_STEP
            self._gathered.forget(min(up_to, self._old))
        except OutboxError:
            self._gathered.close()
            self._begin_afresh()
            return False
        return up_to < self._old

    def _begin_afresh(self) -> None:
        clear(self._path)
        self._old = 0
        try:
            self._gathered = Outbox(beside(self._path), self._quota_bytes)
        except OutboxError:
            clear(self._path)
            raise


def take_newest(damaged: Damaged, memory: Outbox) -> tuple[int, int]:
    """Of the rows before the damage keep the newest in memory; gives how many, and how many had no room."""
    readable = 0
    for rows in _portions(rows_before_the_damage(damaged)):
        readable += len(rows)
        keep_newest(memory, rows)
    return len(memory), readable - len(memory)


def rows_before_the_damage(outbox: Damaged) -> Iterator[NewRow]:
    """What can be read, oldest first."""
    after = 0
    while page := _page(outbox, after):
        yield from (row.as_new() for row in page)
        after = page[-1].id


def _page(outbox: Damaged, after: int) -> list[Row]:
    try:
        return outbox.page(after, ROWS_A_LOOK)
    except OutboxError:
        return []


def _portions(rows: Iterable[NewRow]) -> Iterator[list[NewRow]]:
    portion: list[NewRow] = []
    size = 0
    for row in rows:
        portion.append(row)
        size += len(row.payload)
        if size >= BYTES_A_COMMIT:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _bytes(rows: Iterable[NewRow]) -> int:
    return sum(len(row.payload) for row in rows)


def keep_newest(outbox: Outbox, rows: Sequence[NewRow]) -> None:
    """In one commit; where there is no room, older ones go first."""
    while rows:
        try:
            outbox.commit(rows)
        except OutboxFullError:
            if not outbox.forget(outbox.middle_id()):
                rows = rows[len(rows) // 2 + 1 :]
        else:
            return


def set_aside(path: Path, at: float) -> Path:
    """Rename a corrupt outbox and its WAL; gives the new name of the file. Raises: OSError."""
    aside = path.with_name(f"{path.name}.corrupt-{utc_ms(at):%Y%m%dT%H%M%S.%f}")
    _rename(path, aside)
    return aside


def beside(path: Path) -> Path:
    """Where the rows of a damaged outbox are gathered."""
    return path.with_name(f"{path.name}.new")


def put_in_place(path: Path) -> None:
    """What was gathered, if any, takes the place of an outbox that was set aside. Raises: OSError."""
    if not path.exists() and beside(path).exists():
        _rename(beside(path), path)


def clear(path: Path) -> None:
    """Take away what a gathering left that was cut short. Raises: OSError."""
    for part in _parts(beside(path)):
        part.unlink(missing_ok=True)


def _rename(path: Path, to: Path) -> None:
    path.rename(to)
    for part, its in zip(_parts(path)[1:], _parts(to)[1:], strict=True):
        if part.exists():
            part.rename(its)


def _parts(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
