"""What if a booth opened, closed or changed class: the next hour with and without it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.waits.forecasts import forecasts
from dashboard.waits.outlook import Outlook
from dashboard.waits.staffing import Staffing
from dashboard.waits.state import Forecast
from dashboard.waits.weekly import NO_PAST, Weekly

EACH_S = tuple(600.0 * k for k in range(7))
SETTLED_S = 600.0
"""Demand and pace of the booths are guesses until a stream was counted for so long."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One stream at one time: its forecast as things are, and with the change."""

    stream: str
    without: Forecast
    with_it: Forecast

    @property
    def change_s(self) -> float:
        """Seconds that the wait grows by the change; below 0 where it shrinks."""
        return self.with_it.wait_s - self.without.wait_s


def what_if(
    outlook: Outlook, change: Staffing, weekly: Weekly = NO_PAST, after_s: Sequence[float] = EACH_S
) -> tuple[Effect, ...]:
    """Effects by stream and time; without those whose wait cannot be told or that were hardly counted yet."""
    without = forecasts(outlook, after_s, weekly)
    changed = forecasts(outlook.with_change(change), after_s, weekly, known=outlook)
    known = {one.stream for one in outlook.streams if one.wait_s is not None and one.counted_s >= SETTLED_S}
    return tuple(
        Effect(name, before.forecast, after.forecast)
        for name, points in without.items()
        if name in known
        for before, after in zip(points, changed[name], strict=True)
        if before is not None and after is not None
    )
