"""What is saved of an outbox whose file is damaged: its rows before the damage, and the file for later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edge.messages import utc_ms
from edge.node.outbox import NewRow, Outbox, OutboxError, OutboxFullError

ROWS_A_LOOK = 10
"""So few at a time, so that little before the damage is missed."""


def rows_before_the_damage(outbox: Outbox) -> list[NewRow]:
    """What can be read, oldest first."""
    rows: list[NewRow] = []
    after = 0
    while True:
        try:
            page = outbox.page(after, ROWS_A_LOOK)
        except OutboxError:
            return rows
        if not page:
            return rows
        rows += [row.as_new() for row in page]
        after = page[-1].id


def take_along(outbox: Outbox, rows: Sequence[NewRow]) -> int:
    """Keep the rows in another outbox, the newest of them where it has no room for all; gives how many.

    Raises: OutboxError, of another kind than that it is full; nothing was kept then.
    """
    while rows:
        try:
            outbox.commit(rows)
        except OutboxFullError:
            rows = rows[len(rows) // 2 + 1 :]
        else:
            break
    return len(rows)


def set_aside(path: Path, at: float) -> Path:
    """Rename a corrupt outbox and its WAL; gives the new name of the file. Raises: OSError."""
    aside = path.with_name(f"{path.name}.corrupt-{utc_ms(at):%Y%m%dT%H%M%S.%f}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
