"""The key of the day, and the token that it makes of a plate.

Each node derives the key from the port's secret and the UTC date (HKDF). Around the change of the day both
days' keys are valid: a journey of up to four hours then has a key that is valid at both of its ends.
"""

from __future__ import annotations

import hashlib
import hmac
import stat
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from edge.plates.text import PlateText

BOTH_VALID_S = 4 * 3600
"""For so long, half of it before midnight UTC and half after, both days' keys are valid."""

SECRET_BYTES = 32
TOKEN_BYTES = 16
_CONTEXT = b"lanewatch plates 1 "


class SecretError(ValueError):
    """The port's secret cannot be used: one line with file and fix. It never shows the secret."""


@dataclass(frozen=True, slots=True)
class DayKey:
    """The key of one UTC day. `id` names day and key without telling it: nodes that differ show."""

    id: str
    key: bytes = field(repr=False)

    def token(self, text: PlateText) -> str:
        """32 hexadecimal digits; look-alikes give the same."""
        made = hmac.digest(self.key, text.folded.characters.encode(), "sha256")
        return made[:TOKEN_BYTES].hex()


def read_secret(path: Path | None) -> bytes:
    """The port's secret from a file of its own, which only its owner may read. Raises: SecretError."""
    if path is None:
        raise SecretError(
            "plates.secret_file: is missing; enrol the node, or say where the port's secret lies"
        )
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        raise SecretError(_no_secret(path)) from None
    except OSError as error:
        fix = "enrol the node, or copy the port's secret by hand"
        raise SecretError(f"plates.secret_file: {path}: cannot be read ({error.strerror}); {fix}") from None
    if stat.S_IMODE(mode) & 0o077:
        raise SecretError(f"plates.secret_file: {path}: others may read it; chmod 600 {path}")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        raise SecretError(_no_secret(path)) from None
    if len(secret) < SECRET_BYTES:
        raise SecretError(_no_secret(path))
    return secret


def _no_secret(path: Path) -> str:
    return f"plates.secret_file: {path}: is no secret of a port (64 hexadecimal digits); enrol the node again"


def valid_keys(secret: bytes, at_s: float) -> tuple[DayKey, ...]:
    """The keys that count at `at_s` (UTC seconds since 1970), older first: one, or two around midnight."""
    moment = datetime.fromtimestamp(at_s, UTC)
    half = timedelta(seconds=BOTH_VALID_S / 2)
    days = dict.fromkeys(((moment - half).date(), (moment + half).date()))
    return tuple(day_key(secret, day) for day in days)


def day_key(secret: bytes, day: date) -> DayKey:
    """The key of one UTC day."""
    key = hkdf(secret, b"", _CONTEXT + day.isoformat().encode(), 32)
    return DayKey(f"{day.isoformat()}.{hmac.digest(key, b'id', 'sha256')[:2].hex()}", key)


def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256. Source: RFC 5869; the cryptography library would weigh 15 MB for these lines."""
    key = hmac.digest(salt or bytes(hashlib.sha256().digest_size), secret, "sha256")
    block, made = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(key, block + info + bytes([number]), "sha256")
        made += block
    return made[:length]
