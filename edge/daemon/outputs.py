"""Files that a command writes at its end: what would keep it from that is told before its work begins."""

from __future__ import annotations

import os
from pathlib import Path


def why_unwritable(file: Path) -> str | None:
    """One line with the fix; None: nothing that shows now."""
    if not file.resolve().parent.is_dir():
        return f"{file}: its folder does not exist; make it first"
    if file.is_dir():
        return f"{file}: is a folder; give the path of a file"
    if not os.access(file if file.exists() else file.resolve().parent, os.W_OK):
        return f"{file}: may not be written; give another path, or yourself the right"
    return None


def is_same(file: Path, other: Path) -> bool:
    """Whether both paths lead to one file."""
    try:
        return file.resolve() == other.resolve() or file.samefile(other)
    except (OSError, ValueError):  # one of them is not there, or is no path at all
        return False
