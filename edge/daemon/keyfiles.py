"""Files that hold keys and certificates: whole or not at all, and secret ones for their owner alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

SECRET, FOR_GROUP, PUBLIC = 0o600, 0o640, 0o644


def write(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Write a file in one step, with `mode` from the first moment; then a power cut leaves it there.

    Raises: OSError.
    """
    with _laid_beside(path, content, mode) as new:
        new.replace(path)
    _sync(path.parent)


def write_new(path: Path, content: bytes) -> bool:
    """Write a secret that must never be replaced; False when it is there already. Raises: OSError."""
    if path.exists():
        return False
    with _laid_beside(path, content, SECRET) as new:
        try:
            path.hardlink_to(new)
        except FileExistsError:  # from another process, a moment ago
            return False
    _sync(path.parent)
    return True


def try_room(paths: Iterable[Path], size: int) -> None:
    """See that files of `size` bytes each can be written there, all of them. Raises: OSError."""
    with ExitStack() as held:
        for path in paths:
            held.enter_context(_laid_beside(path, bytes(size), SECRET))


def _sync(folder: Path) -> None:
    """Put the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _laid_beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """The content on disk under another name in that folder, which is gone afterwards.

    Raises: OSError, which names `path`.
    """
    with ExitStack() as laid:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            laid.callback(Path(name).unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            error.filename = str(path)
            raise
        yield Path(name)
