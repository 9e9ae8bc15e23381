"""A plaza that stands still: nobody leaves though vehicles stand at booths (an incident, a system down)."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.waits.booth import Booth

LASTS_S = 360.0
"""A halt goes on for so long on average, however long it has lasted."""
DUE = 4.0
"""Departures that should have been seen by now: by luck alone none is seen in one of fifty such times."""
LEAST_BOOTHS = 2
FRESH_S, OCCUPIED = 90.0, 0.9


def is_halted(booths: Iterable[tuple[Booth, float]], end_s: float) -> bool:
    """Whether nobody leaves. `booths`: all of a direction, each with its seconds between departures."""
    seen = [(booth, cycle_s) for booth, cycle_s in booths if booth.is_fresh(end_s, FRESH_S)]
    departed_s = max((booth.departed_s for booth, _ in seen if booth.departed_s is not None), default=None)
    standing = [cycle_s for booth, cycle_s in seen if _is_occupied(booth)]
    if departed_s is None or len(standing) < LEAST_BOOTHS:
        return False
    return (end_s - departed_s) * sum(1.0 / cycle_s for cycle_s in standing) > DUE


def _is_occupied(booth: Booth) -> bool:
    return booth.row is not None and (booth.row.booth_occ or 0.0) > OCCUPIED and not booth.is_empty()
