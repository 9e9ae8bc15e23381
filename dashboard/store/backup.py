"""Backup and restore: every table but what opens doors, copied into one SQLite file and back.

The file is a store itself, of the same schema whatever the database is, so a backup of PostgreSQL can be
restored into SQLite and the other way round. It holds neither accounts, sessions nor tokens, and no enrolment
code; keys of certificates lie in files outside the store and were never in it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import dashboard.accuracy.tables
import dashboard.authority.tables
import dashboard.official.tables
import dashboard.orders.tables
import dashboard.plates.tables
import dashboard.webhooks.tables  # these register their tables
from dashboard.access.tables import ACCOUNTS, SESSIONS, TOKENS
from dashboard.faults import reason
from dashboard.store.database import is_no_file
from dashboard.store.days import add_day, day_of
from dashboard.store.seal import SealError, is_sealed, seal
from dashboard.store.store import Store, StoreAwayError, StoreUrlError
from dashboard.store.tables import MARKS, METADATA, REPORTS

ROWS_A_STEP = 2000
LEFT_OUT = (ACCOUNTS, SESSIONS, TOKENS, MARKS)
"""What opens doors, and how far jobs got: they begin anew, since numbers of rows may."""

BLANKED = tuple(dashboard.authority.tables.NO_CODE)
"""Columns of one-time codes: a node that was not enrolled yet gets a new one."""

Progress = Callable[[str, int], None]
"""Told (table, rows copied so far)."""


class BackupError(Exception):
    """Cannot be backed up or restored as asked: one line with the fix."""


def back_up(url: str, file: Path, progress: Progress) -> None:
    """Write the store at `url` to `file`, as it is at one moment, while it is in use or not.

    Raises: BackupError, StoreUrlError, StoreAwayError, OSError. `file` is there when all of it is.
    """
    if file.exists():
        raise BackupError(f"{file}: is there already; give a name that is free")
    part = file.with_name(f"{file.name}.part")
    source, target = Store(url), Store(f"sqlite:///{part.absolute()}")
    try:
        if is_no_file(url) or not _is_made(source):
            raise BackupError(
                f"store.url {source.name}: nothing was ever stored there; name the one that `serve` fills"
            )
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
        source.upgrade()
        _copy(source, target, progress)
        with target.connection() as driver:
            driver.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, nothing beside it
        target.close()
        seal(part)
        part.replace(file)
    finally:
        source.close()
        target.close()
        part.unlink(missing_ok=True)


def restore(file: Path, url: str, progress: Progress) -> bool:
    """Fill the empty store at `url` from `file`. It is one transaction: a kill leaves the store empty.

    The file stays as it is, may be read-only and of an older schema: what is read is a copy of it, migrated.
    Gives whether it was sealed; of one that was not, damage inside a value goes unseen.
    Raises: BackupError, StoreUrlError, StoreAwayError.
    """
    if not file.is_file():
        raise BackupError(f"{file}: is no file; give one that `backup` wrote")
    with tempfile.TemporaryDirectory(prefix="lanewatch-restore-") as folder:
        copied = _copied(file, Path(folder))
        source, target = Store(f"sqlite:///{copied}"), Store(url)
        try:
            sealed = is_sealed(copied)
            _migrate(source, file)
            _copy(source, target, progress)
        except StoreAwayError as error:
            if error.store != source.name:
                raise
            raise BackupError(f"{file}: is damaged ({error}); copy it again") from error
        except SealError as error:
            raise BackupError(f"{file}: is damaged ({error}); copy it again") from error
        finally:
            source.close()
            target.close()
    return sealed


def _migrate(copied: Store, file: Path) -> None:
    """Bring the copy of `file` to the schema of now. Raises: BackupError, StoreAwayError."""
    if not _is_made(copied):
        raise BackupError(f"{file}: holds no backup; give one that `backup` wrote")
    copied.upgrade()


def _is_made(store: Store) -> bool:
    """Whether it has the tables of a store, of whatever schema."""
    with store.begin() as connection:
        return sa.inspect(connection).has_table(REPORTS.name)


def _copied(file: Path, folder: Path) -> Path:
    try:
        return shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise BackupError(
            f"{file}: cannot be copied to {folder} ({reason(error)}); give one that this user may read, "
            "and by TMPDIR a folder with room for it"
        ) from None


def _copy(source: Store, target: Store, progress: Progress) -> None:
    target.upgrade()
    with source.begin(snapshot=True) as old, target.begin(write=True) as new:
        for table in _tables():
            if new.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
                raise BackupError(f"{target.name}: is not empty ({table.name}); restore into an empty store")
        for table in _tables():
            _copy_table(_rows(source, old, table), new, table, progress)
        if target.dialect == "postgresql":
            _set_counters(new)


def _tables() -> Iterator[sa.Table]:
    return (table for table in METADATA.sorted_tables if table not in LEFT_OUT)


def _rows(source: Store, old: Connection, table: sa.Table) -> Iterator[Sequence[sa.RowMapping]]:
    """All rows, some at a time. A fault in reading is the source's: a copy is made inside both stores."""
    with source.faults():
        query = sa.select(table).order_by(*table.primary_key.columns)
        found = old.execution_options(yield_per=ROWS_A_STEP).execute(query)
        yield from found.mappings().partitions(ROWS_A_STEP)


def _copy_table(
    rows: Iterator[Sequence[sa.RowMapping]], new: Connection, table: sa.Table, progress: Progress
) -> None:
    copied = 0
    days: set[int] = set()
    for some in rows:
        values = [dict(row) | {name: None for name in BLANKED if name in row} for row in some]
        if table is REPORTS and new.dialect.name == "postgresql":
            _make_days(new, values, days)
        new.execute(sa.insert(table), values)
        copied += len(values)
        progress(table.name, copied)


def _make_days(new: Connection, values: list[dict[str, Any]], known: set[int]) -> None:
    for day in {day_of(row["received_at_s"]) for row in values} - known:
        add_day(new, day)
        known.add(day)


def _set_counters(new: Connection) -> None:
    """The next row gets a number that no row of the backup has."""
    for table in _tables():
        column = table.autoincrement_column
        if column is None:
            continue
        newest = new.execute(sa.select(sa.func.max(column))).scalar()
        if newest is not None:
            of_column = sa.func.pg_get_serial_sequence(table.name, column.name)
            new.execute(sa.select(sa.func.setval(of_column, newest)))


FAULTS = (BackupError, StoreAwayError, StoreUrlError)
"""What a user of these commands can mend."""
