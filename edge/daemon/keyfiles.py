"""Files that hold keys and certificates: whole or not at all, and secret ones for their owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SECRET, FOR_GROUP, PUBLIC = 0o600, 0o640, 0o644


def write(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Write a file in one step, with `mode` from the first moment. Raises: OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def write_new(path: Path, content: bytes) -> bool:
    """Write a secret that must never be replaced; False when it is there already. Raises: OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return True
