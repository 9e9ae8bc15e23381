"""The actual wait of the vehicles that just reached a booth."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from dashboard.waits.expected import Place
from dashboard.waits.state import ActualWait

WITHIN_S = 600.0
Z90 = 1.645


def actual(place: Place, end_s: float, at_s: float) -> ActualWait | None:
    """As of `end_s`, the end of what was measured, told at `at_s`; None if nobody reached a booth.

    From matched vehicles of the ten minutes before, else from the counts while the booths are seen: later the
    balance says what may have become of the queue, no longer what it was.
    """
    matched = [wait for reached_s, wait in place.stream.reached if end_s - reached_s <= WITHIN_S]
    if matched:
        return _from_matches(matched, place.host.cycle.mean_s(), end_s)
    return _from_counts(place, end_s) if place.seen_lately(at_s) else None


def _from_matches(waits: Sequence[float], cycle_s: float, at_s: float) -> ActualWait:
    """Few vehicles tell little of how far the others were from them: those are taken to differ by a third of
    a service at least."""
    mean = statistics.fmean(waits)
    reach = Z90 * math.hypot(statistics.pstdev(waits), cycle_s / 3 / math.sqrt(len(waits)))
    low, high = min(mean - reach, min(waits)), max(mean + reach, max(waits))
    return ActualWait(mean, max(0.0, low), high, len(waits), at_s)


def _from_counts(place: Place, at_s: float) -> ActualWait | None:
    """Who left just now entered when the count of entries was what the count of departures is now."""
    stream = place.stream
    began_s = stream.left.began_s()
    gone = stream.left.since(at_s - WITHIN_S, at_s)
    if began_s is None or gone < 1.0:
        return None
    entered_s = stream.passed.when(stream.passed.total() - stream.drift.mean())
    if entered_s is None:
        return None
    cycle_s = place.host.cycle.mean_s()
    wait = max(0.0, at_s - entered_s - stream.drive_s() - cycle_s)
    headway_s = min(WITHIN_S, at_s - began_s) / gone
    reach = Z90 * math.hypot(stream.drift.sd() * headway_s, cycle_s)
    return ActualWait(wait, max(0.0, wait - reach), wait + reach, round(gone), at_s)
