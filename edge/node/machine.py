"""What the box says of itself: clock, disk, temperature, versions."""

from __future__ import annotations

import ctypes
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
_TIME_ERROR = 5
_TIMEX_BYTES = 512


def clock_is_synced() -> bool:
    """Whether the kernel holds its clock synchronised (Linux: adjtimex); elsewhere it is taken to be."""
    if not sys.platform.startswith("linux"):
        return True
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return 0 <= int(state) < _TIME_ERROR


def disk_free_mb(folder: Path) -> float | None:
    """Free space where the outbox lies; None when the folder is not there."""
    try:
        return round(shutil.disk_usage(folder).free / 1e6, 1)
    except OSError:
        return None


def temperature_c() -> float | None:
    """The first thermal zone; None where there is none."""
    try:
        return int(_THERMAL.read_text()) / 1000
    except (OSError, ValueError):
        return None


def own_version() -> str:
    """Version of the installed package."""
    try:
        return version("lanewatch")
    except PackageNotFoundError:
        return "unknown"
