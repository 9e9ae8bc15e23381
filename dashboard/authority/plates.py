"""The secret from which nodes of a port derive the key of the day for plates, in a file of its own."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from dashboard.faults import reason
from edge.daemon import keyfiles


class PlateSecretError(Exception):
    """There is no secret to hand over: one line with the fix. It never shows what the file holds."""


def secret_of(folder: Path, port: str) -> str:
    """The port's secret (hexadecimal), made at the first enrolment. Raises: PlateSecretError."""
    path = folder / f"plates-{port}.secret"
    try:
        keyfiles.write_new(path, secrets.token_hex(32).encode())
        secret = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise PlateSecretError(f"{path}: cannot be made or read ({reason(error)}); mend that") from None
    if re.fullmatch("[0-9a-f]{64}", secret) is None:
        raise PlateSecretError(
            f"{path}: is no secret of a port (64 hexadecimal digits); bring your copy back, or, "
            "if there is none, delete it and enrol every node of the port again"
        )
    return secret
