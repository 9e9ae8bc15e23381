"""Where the outbox lies: room, rights, and whether the file is sound."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edge.doctor.finding import Finding, fail, ok, warn
from edge.node.database import OutboxBusyError, OutboxError
from edge.node.machine import disk_free_mb
from edge.node.outbox import QUOTA_BYTES, Outbox

LEAST_MB = 50.0
ENOUGH_MB = QUOTA_BYTES / 1e6 + 100
"""A full outbox and what the database needs beside it."""


def is_running(outbox: Path) -> bool:
    """Whether a node holds the outbox now."""
    if not outbox.exists():
        return False
    try:
        Outbox(outbox).close()
    except OutboxBusyError:
        return True
    except OutboxError:
        return False
    return False


def check_disk(outbox: Path, running: bool) -> Iterator[Finding]:
    """The folder, then the file, if there is one already."""
    folder = outbox.parent
    if not folder.is_dir():
        yield fail("disk", f"{folder} is not there", "make the folder, or change `outbox:`")
        return
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as probe:
            probe.write(b"x" * 4096)
            probe.flush()
    except OSError as error:
        yield fail(
            "disk", f"{folder} cannot be written ({error.strerror})", "free space, or give the node the right"
        )
        return
    yield _room(folder, disk_free_mb(folder))
    yield from _outbox(outbox, running)


def _room(folder: Path, free_mb: float | None) -> Finding:
    if free_mb is None or free_mb >= ENOUGH_MB:
        return ok("disk", f"{folder} can be written, {free_mb or 0:.0f} MB free")
    said = f"{free_mb:.0f} MB free at {folder}"
    if free_mb < LEAST_MB:
        return fail("disk", said, "free space: rows that central has not stored have no place")
    return warn("disk", said, f"free space: three days without central may take {ENOUGH_MB:.0f} MB")


def _outbox(outbox: Path, running: bool) -> Iterator[Finding]:
    if running:
        yield ok("outbox", f"{outbox.name} is in use: the node runs")
        return
    if not outbox.exists():
        yield ok("outbox", f"{outbox.name} is made at the first start")
        return
    try:
        box = Outbox(outbox)
        rows, filled = len(box), box.filled()
        box.close()
        fault = _fault_of(outbox)
    except (OutboxError, sqlite3.Error) as error:
        yield fail("outbox", str(error))
        return
    if fault is not None:
        yield fail("outbox", f"{outbox.name} is damaged ({fault})", "set the file aside; a new one is made")
    elif filled > 0.5:
        yield warn(
            "outbox", f"{rows} rows wait, {filled:.0%} full", "see broker and rights; old rows are thinned"
        )
    else:
        yield ok("outbox", f"{outbox.name} is sound, {rows} rows wait for central")


def _fault_of(outbox: Path) -> str | None:
    """What SQLite finds wrong in the file."""
    with sqlite3.connect(outbox) as db:
        found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    db.close()
    return None if found == "ok" else found.splitlines()[0]
