"""Expected waits at later times. Pure functions.

The wait now, the queues rolled forward and the mean of the last hours are mixed as they proved right, and
drawn towards the hour of the week where there is a past of weeks. What was announced counts in full.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.waits.outlook import Outlook, StreamOutlook
from dashboard.waits.roll import MOST_S, Demand, roll
from dashboard.waits.state import Basis, Forecast
from dashboard.waits.weekly import NO_PAST, Usual, Weekly

AHEAD_S = (900.0, 1800.0, 2700.0, 3600.0)
"""What every stream is told."""
PRIOR = (0.45, 0.35, 0.2)
"""Weights of the three before any forecast came true."""
DRIFT_S = 2000.0
"""Time until the rolled queue, or the mean, replaces the present wait by 63 %."""
RATE_KEEPS_S = 3600.0
"""Demand that differs from the usual tends back in this time."""
PAST_S, PAST_SHARE = 3600.0, 0.7
FALLS_SHARE, RISES_SHARE, RISES_S, EVENTS_S = 0.75, 0.3, 500.0, 3600.0
"""What may happen unannounced within EVENTS_S: standard errors as shares of the wait. A rush may also begin
where nobody waits, so that upwards some seconds come to it."""
FLOOR_S = 80.0
Z90 = 1.645
Array = NDArray[np.float64]


Parts = tuple[float, float, float]
"""Waits (s) as each of the three tells them."""


@dataclass(frozen=True, slots=True)
class Point:
    """A forecast and the parts that it was mixed from; None where it comes from the past alone."""

    forecast: Forecast
    parts: Parts | None = None


def forecasts(
    outlook: Outlook,
    after_s: Sequence[float] = AHEAD_S,
    weekly: Weekly = NO_PAST,
    known: Outlook | None = None,
) -> dict[str, tuple[Point | None, ...]]:
    """For each stream and each time `after_s` (seconds from the outlook's, 0 to MOST_S) a forecast.

    None where nothing can be said: no wait is known now and the past does not tell the hour. `known` is the
    outlook that the present waits hold for, where `outlook` is a changed one.
    """
    ahead = [min(max(0.0, one), MOST_S) for one in after_s]
    known = known or outlook
    demand = _demand(weekly, outlook.at_s)
    silent = known.unannounced()
    rolled = roll(outlook, ahead, demand, known)
    base = rolled if silent.booths == outlook.booths else roll(silent, ahead, demand, known)
    return {
        one.stream: tuple(
            _point(one, outlook.at_s, s, weekly, _Rolled.of(rolled, base, one.stream, k))
            for k, s in enumerate(ahead)
        )
        for one in outlook.streams
    }


class _Rolled:
    """Middle and bounds of the rolled waits, and the middle without what was announced."""

    def __init__(self, waits: Array, base: Array) -> None:
        low, mid, high = np.quantile(waits, (0.05, 0.5, 0.95))
        self.below, self.mid, self.above = float(mid - low), float(mid), float(high - mid)
        self.base = float(np.median(base))

    @classmethod
    def of(cls, waits: dict[str, Array], base: dict[str, Array], stream: str, place: int) -> _Rolled | None:
        return cls(waits[stream][place], base[stream][place]) if stream in waits else None


def _demand(weekly: Weekly, now_s: float) -> Demand:
    """Lately, tending back to the last hours; with a past, what differs from the hour tends back to it."""

    def rate(one: StreamOutlook, after_s: Array) -> Array:
        keeps = np.exp(-after_s / RATE_KEEPS_S)
        recent = one.usual_per_s + (one.rate_per_s - one.usual_per_s) * keeps
        steps = np.arange(0.0, MOST_S + 1.0, 900.0)
        usual = [weekly.at(one.stream, now_s + step) for step in steps]
        rates = [None if slot is None else slot.rate_per_s for slot in usual]
        known = [value for value in rates if value is not None]
        if len(known) < len(rates):
            return recent
        week: Array = np.interp(after_s, steps, np.array(known))
        expected: Array = np.maximum(0.0, week + (one.rate_per_s - known[0]) * keeps)
        return expected

    return rate


def _point(
    one: StreamOutlook, now_s: float, after_s: float, weekly: Weekly, rolled: _Rolled | None
) -> Point | None:
    usual = weekly.at(one.stream, now_s + after_s)
    if rolled is None or one.wait_s is None:
        return _from_past(now_s + after_s, usual)
    drawn = 1.0 - math.exp(-after_s / DRIFT_S)
    mean_s = one.wait_s if one.usual_wait_s is None else one.usual_wait_s
    # while the end of the queue is out of sight nobody knows the demand, so nothing says that it shrinks
    least_s = one.wait_s if one.bound else 0.0
    rolled_s, usual_s = (one.wait_s + drawn * (wait - one.wait_s) for wait in (rolled.base, mean_s))
    parts = (one.wait_s, max(rolled_s, least_s), max(usual_s, least_s))
    weights, factor = _learned(one, after_s)
    wait = sum(weight * part for weight, part in zip(weights, parts, strict=True))
    wait = max(0.0, _towards(wait, usual, after_s) + rolled.mid - rolled.base)
    part = after_s / EVENTS_S
    events = Z90 * max(wait, one.wait_s) * math.sqrt(part)
    below = factor * math.hypot(rolled.below, FALLS_SHARE * events, FLOOR_S)
    above = factor * math.hypot(rolled.above, RISES_SHARE * events, Z90 * RISES_S * part, FLOOR_S)
    basis: tuple[Basis, ...] = ("balance", "queue") if usual is None else ("balance", "queue", "history")
    return Point(Forecast(now_s + after_s, wait, max(0.0, wait - below), wait + above, basis), parts)


def _towards(wait: float, usual: Usual | None, after_s: float) -> float:
    if usual is None or usual.wait_s is None:
        return wait
    share = PAST_SHARE * (1.0 - math.exp(-after_s / PAST_S)) * usual.weeks / (usual.weeks + 1.0)
    return wait + share * (usual.wait_s - wait)


def _from_past(at_s: float, usual: Usual | None) -> Point | None:
    if usual is None or usual.wait_s is None or usual.low_s is None or usual.high_s is None:
        return None
    return Point(Forecast(at_s, usual.wait_s, usual.low_s, usual.high_s, ("history",)))


def _learned(one: StreamOutlook, after_s: float) -> tuple[Parts, float]:
    """Between the times that were calibrated; the last one holds for what is further."""
    if not one.learned:
        return PRIOR, 1.0
    times = [learned.after_s for learned in one.learned]
    first, second, third, factor = (
        float(np.interp(after_s, times, values))
        for values in zip(*((*learned.weights, learned.factor) for learned in one.learned), strict=True)
    )
    return (first, second, third), factor
