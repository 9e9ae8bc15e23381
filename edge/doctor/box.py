"""The box itself: clock, memory, cores, temperature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from edge.detection.session import cores
from edge.doctor.finding import Finding, fail, ok, warn
from edge.node.machine import clock_is_synced, temperature_c

FIRST_YEAR, LAST_YEAR = 2026, 2100
"""A box whose clock has no battery wakes in 1970, or when its system was built."""

NODE_MB = 300.0
"""A node of four cameras takes 200 MB; the rest is room for a moment's need."""

HOT_C, TOO_HOT_C = 80.0, 95.0
_MEMORY = Path("/proc/meminfo")


def check_clock(now_s: float, synced: bool | None = None) -> Iterator[Finding]:
    """Whether UTC is known; `synced` as the kernel says unless given."""
    at = datetime.fromtimestamp(now_s, UTC)
    said = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        yield fail(
            "clock", f"{said} cannot be", "set it (timedatectl), check the time server and the battery"
        )
    elif not (clock_is_synced() if synced is None else synced):
        yield warn(
            "clock", f"{said}, not synchronised",
            "check the time server (timedatectl); until then reports need the offset that receipts give",
        )  # fmt: skip
    else:
        yield ok("clock", f"{said}, synchronised")


def check_memory(available_mb: float | None) -> Iterator[Finding]:
    """Whether a node fits into the memory that is free."""
    if available_mb is None:
        yield warn("memory", "cannot be read on this system")
    elif available_mb < NODE_MB:
        yield warn(
            "memory", f"{available_mb:.0f} MB free", f"a node wants {NODE_MB:.0f} MB; end other programs"
        )
    else:
        yield ok("memory", f"{available_mb:.0f} MB free")


def check_heat(celsius: float | None) -> Iterator[Finding]:
    """The temperature, where the box tells it."""
    if celsius is None:
        yield ok("temperature", "not told by this box")
    elif celsius >= TOO_HOT_C:
        yield fail(
            "temperature", f"{celsius:.0f} °C", "give the box air and shade; it will slow down or stop"
        )
    elif celsius >= HOT_C:
        yield warn("temperature", f"{celsius:.0f} °C", "give the box air and shade")
    else:
        yield ok("temperature", f"{celsius:.0f} °C")


def check_box(now_s: float) -> Iterator[Finding]:
    """All of it."""
    yield from check_clock(now_s)
    yield from check_memory(available_mb())
    yield ok("cores", str(cores()))
    yield from check_heat(temperature_c())


def available_mb() -> float | None:
    """Memory that could be had now; None where the system does not say."""
    try:
        rows = dict(line.split(":", 1) for line in _MEMORY.read_text().splitlines())
        return int(rows["MemAvailable"].split()[0]) / 1024
    except (OSError, ValueError, KeyError):
        return None
