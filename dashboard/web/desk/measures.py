"""How the port kept its service, how long inspection takes when pooled, what FAST gained. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.history import StreamHour, StreamMinute
from dashboard.minutes import LaneMinute

MINUTE_S = 60.0
LIMITS_MIN = (10, 20, 30, 60)
POOL_BOOTHS, POOL_S = 3, 1800.0
POOL_VEHICLES = 10
"""Fewer vehicles say nothing of the booths and too much of single officers."""


@dataclass(frozen=True, slots=True)
class Standard:
    """Of the minutes in which it was open, `within` had a wait up to the limit, `beyond` a longer one.

    In `undecided` ones nothing was known, or only a lower bound below the limit.
    """

    limit_min: int
    within: int
    beyond: int
    undecided: int

    @property
    def minutes(self) -> int:
        """In which it was open."""
        return self.within + self.beyond + self.undecided


@dataclass(frozen=True, slots=True)
class Pooled:
    """Mean inspection (s) over all booths of a stream; never of one booth for less than half an hour."""

    mean_s: float
    booths: int
    vehicles: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Hours in which FAST and standard were both measured; `faster` of them FAST took less; mean gain (s)."""

    hours: int
    faster: int
    mean_s: float


def standards(rows: Sequence[StreamMinute]) -> list[Standard]:
    """One for each of LIMITS_MIN."""
    return [_standard(rows, limit) for limit in LIMITS_MIN]


def _standard(rows: Sequence[StreamMinute], limit_min: int) -> Standard:
    limit_s = limit_min * MINUTE_S
    open_rows = [row for row in rows if row.state not in ("closed", "not_offered")]
    within = sum(row.state == "measured" and (row.wait_s or 0.0) <= limit_s for row in open_rows)
    beyond = sum(_is_beyond(row, limit_s) for row in open_rows)
    return Standard(limit_min, within, beyond, len(open_rows) - within - beyond)


def _is_beyond(row: StreamMinute, limit_s: float) -> bool:
    if row.state == "at_least":
        return row.low_s is not None and row.low_s > limit_s
    return row.state == "measured" and (row.wait_s or 0.0) > limit_s


def pooled(rows: Iterable[LaneMinute], stream: str) -> Pooled | None:
    """From minutes of booth lanes that serve `stream` alone; None while it would tell of single officers."""
    used = [
        row
        for row in rows
        if row.serves == (stream,) and row.booth_occ is not None and row.departures is not None
    ]
    busy_s = sum((row.booth_occ or 0.0) * row.length_s for row in used)
    booths = {row.lane for row in used if row.departures}
    vehicles = sum(row.departures or 0 for row in used)
    seen_s = sum(row.length_s for row in used)
    enough = len(booths) >= POOL_BOOTHS or seen_s >= POOL_S
    return Pooled(busy_s / vehicles, len(booths), vehicles) if enough and vehicles >= POOL_VEHICLES else None


def saved(fast: Sequence[StreamHour], standard: Sequence[StreamHour]) -> Saved | None:
    """FAST against standard over the hours in which both were measured."""
    slow = {row.start_s: row.wait_s for row in standard if row.wait_s is not None}
    gains = [
        slow_s - row.wait_s
        for row in fast
        if row.wait_s is not None and (slow_s := slow.get(row.start_s)) is not None
    ]
    if not gains:
        return None
    return Saved(len(gains), sum(gain > 0 for gain in gains), sum(gains) / len(gains))
