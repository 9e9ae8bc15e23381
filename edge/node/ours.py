"""Whether what lies where the outbox shall be is one, be it damaged: somebody else's file is left alone."""

from __future__ import annotations

from pathlib import Path

from edge.node.database import Database, OutboxForeignError

MAGIC = b"SQLite format 3\0"
PAGE_BYTES = 4096


def refuse_other_files(path: Path) -> None:
    """A file is ours that begins as a database does, or, since that may be damaged, is of whole pages.

    Raises: OutboxForeignError.
    """
    if not path.exists():
        return
    if not path.is_file():
        raise OutboxForeignError(f"{path}: is no file; let `outbox:` name one, which the node makes")
    try:
        with path.open("rb") as file:
            begins = file.read(len(MAGIC))
        whole_pages = path.stat().st_size % PAGE_BYTES == 0
    except OSError:
        return  # opening it tells why
    if begins != MAGIC and not whole_pages:
        raise _foreign(path, "is no outbox")


def refuse_other_tables(db: Database) -> None:
    """A database that has tables, but none of ours. Raises: OutboxForeignError, OutboxError."""
    tables = {name for (name,) in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "rows" not in tables:
        raise _foreign(db.path, "is a database of another program")


def _foreign(path: Path | None, what: str) -> OutboxForeignError:
    return OutboxForeignError(f"{path}: {what} and stays as it is; let `outbox:` name a file of its own")
