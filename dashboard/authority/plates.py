"""The secret from which nodes of a port derive the key of the day for plates, in a file of its own."""

from __future__ import annotations

import secrets
from pathlib import Path

from edge.daemon import keyfiles


def secret_of(folder: Path, port: str) -> str:
    """The port's secret (hexadecimal), made at the first enrolment. Raises: OSError."""
    path = folder / f"plates-{port}.secret"
    keyfiles.write_new(path, secrets.token_hex(32).encode())
    return path.read_text().strip()
