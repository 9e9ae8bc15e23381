"""The expected wait of those who join later: the queue grows by what comes beyond what is served."""

from __future__ import annotations

import math

from dashboard.waits.state import Forecast, Wait

AHEAD_S = (900.0, 1800.0, 2700.0, 3600.0)
CALMS_S = 2700.0
"""Demand and staffing fall into step again: the growth of now counts 1/e after this."""
GROWTH_ERROR = 0.25
"""Standard error of the growth, in seconds of wait a second."""
Z90 = 1.645


def forecast(wait: Wait, demand_per_s: float, served_per_s: float) -> tuple[Forecast, ...]:
    """Waits at AHEAD_S from the wait of now; none where nothing is served (vehicles/s).

    A queue that is served at `served_per_s` and gains `demand_per_s` changes its wait by
    demand / served - 1 seconds a second.
    """
    if served_per_s <= 0.0:
        return ()
    growth = min(1.5, demand_per_s / served_per_s - 1.0)
    return tuple(_at(wait, ahead_s, growth) for ahead_s in AHEAD_S)


def _at(wait: Wait, ahead_s: float, growth: float) -> Forecast:
    lasting_s = CALMS_S * (1.0 - math.exp(-ahead_s / CALMS_S))
    expected_s = max(0.0, wait.wait_s + growth * lasting_s)
    reach_s = math.hypot((wait.high_s - wait.low_s) / 2, Z90 * GROWTH_ERROR * lasting_s)
    return Forecast(
        at_s=wait.measured_at_s + ahead_s,
        wait_s=expected_s,
        low_s=max(0.0, expected_s - reach_s),
        high_s=expected_s + reach_s,
    )
