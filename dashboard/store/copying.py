"""Progress of a backup or a restore on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def copying() -> Iterator[Callable[[str, int], None]]:
    """Shows the table in hand; a line per table at the end, on stderr."""
    console = Console(stderr=True)
    done: dict[str, int] = {}
    with console.status("opening the store") as status:

        def told(table: str, rows: int) -> None:
            done[table] = rows
            status.update(f"{table}: {rows} rows")

        yield told
    for table, rows in done.items():
        console.print(f"{table}: {rows} rows", highlight=False)
