"""The seal of a backup: the SHA-256 of the file, in letters behind it, so that no flipped bit goes unseen.

SQLite leaves alone what stands behind the last page, so a sealed file is a store as before.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

MARK = b"\nlanewatch backup, sha256 "
LENGTH = len(MARK) + 64 + 1
PIECE = 1 << 20
SQLITE = b"SQLite format 3\0"
SMALLEST_PAGE = 512


class SealError(Exception):
    """The file is not as it was sealed: one line without its name."""


def seal(file: Path) -> None:
    """Write the seal behind the file. Raises: OSError."""
    digest = _digest(file, file.stat().st_size)
    with file.open("ab") as end:
        end.write(MARK + digest.encode() + b"\n")


def is_sealed(file: Path) -> bool:
    """Whether the file is sealed and as it was then; one of an older program has no seal.

    Raises: SealError, if it is not, or was cut; OSError.
    """
    size = file.stat().st_size
    with file.open("rb") as whole:
        begin = whole.read(len(SQLITE))
        whole.seek(max(size - LENGTH, 0))
        end = whole.read()
    if not end.startswith(MARK):
        if begin == SQLITE and size % SMALLEST_PAGE:
            raise SealError("its end is missing")
        return False
    if end != MARK + _digest(file, size - LENGTH).encode() + b"\n":
        raise SealError("it is not as it was written")
    return True


def _digest(file: Path, size: int) -> str:
    """Of the first `size` bytes."""
    digest = hashlib.sha256()
    with file.open("rb") as whole:
        while size > 0 and (piece := whole.read(min(PIECE, size))):
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()
