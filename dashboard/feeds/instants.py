"""How instants and minutes are written."""

from __future__ import annotations

import math
from datetime import UTC, datetime


def iso_z(at_s: float) -> str:
    """`2026-11-25T10:14:03Z`, the second floored."""
    return datetime.fromtimestamp(math.floor(at_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_z(at_s: float) -> str:
    """`10:14Z`, the minute floored."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%H:%MZ")


def minutes(wait_s: int) -> int:
    """Whole minutes, a half rounded up."""
    return (wait_s + 30) // 60
