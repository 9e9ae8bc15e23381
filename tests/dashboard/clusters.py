"""Three brokers under one name, as DNS gives them in service. For tests."""

from __future__ import annotations

import sqlite3
from pathlib import Path

NAME = "broker.test"
HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")


def rows(folder: Path) -> list[int]:
    """The seqs that central committed."""
    with sqlite3.connect(folder / "lanewatch.db") as other:
        return [seq for (seq,) in other.execute("SELECT seq FROM reports ORDER BY seq")]
