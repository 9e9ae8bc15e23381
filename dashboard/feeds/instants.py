"""How instants and minutes are written, and how people write instants."""

from __future__ import annotations

import math
from datetime import UTC, datetime


def iso_z(at_s: float) -> str:
    """`2026-11-25T10:14:03Z`, the second floored."""
    return datetime.fromtimestamp(math.floor(at_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_z(at_s: float) -> str:
    """`10:14Z`, the minute floored."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%H:%MZ")


def utc_s(text: str) -> float:
    """UTC seconds of `2026-11-25T10:14:03-05:00`, `2026-11-25 10:14`, `2026-11-25`; UTC where no zone stands.

    Raises: ValueError, for anything else: a bare number may be meant as a year or as seconds.
    """
    at = datetime.fromisoformat(text.strip())
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def minutes(wait_s: int) -> int:
    """Whole minutes, a half rounded up."""
    return (wait_s + 30) // 60
