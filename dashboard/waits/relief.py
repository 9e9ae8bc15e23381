"""Another booth that nobody announced: it opens where more come than the open ones can take, and people wait.

Who runs a port opens a booth some time after the queue calls for it. A long wait told as if nobody would is
too long for most who join.
"""

from __future__ import annotations

import math

CALLS_FROM, CALLS_FULLY = 0.9, 1.5
"""Demand over what the open booths take: from where on another one is called for, and called for fully."""
OPENS_S = 1800.0
"""Mean time until a booth that is fully called for opens, before this port has shown its own way."""
WAITS_S = 600.0
"""Shorter waits call for nobody."""
CONFIDENCE = 4.0
"""Calls that the prior is worth: after one of CONFIDENCE * OPENS_S without an answer the chance is halved."""


class Relief:
    """Of one stream, whose booths work or stand closed beside those that do."""

    def __init__(self) -> None:
        self._called, self._unanswered_s = 0.0, 0.0
        self._working = 0

    def see(
        self, seconds: float, demand_per_s: float, cycle_s: float, vehicles: float, booths: tuple[int, int]
    ) -> None:
        """A slice with that demand and so many `vehicles` waiting. `booths`: working, spare."""
        working, spare = booths
        served_per_s = max(1, working) / cycle_s
        if working > self._working:
            self._unanswered_s = 0.0
        self._working = working
        lack = (demand_per_s / served_per_s - CALLS_FROM) / (CALLS_FULLY - CALLS_FROM)
        self._called = min(1.0, max(0.0, lack)) if vehicles / served_per_s >= WAITS_S and spare else 0.0
        self._unanswered_s += self._called * seconds

    def middle_s(self, wait_s: float) -> float:
        """Median of the wait that is `wait_s` if no booth opens."""
        if not self._called:
            return wait_s
        opens_s = math.log(2.0) * (OPENS_S + self._unanswered_s / CONFIDENCE) / self._called
        if opens_s >= wait_s:
            return wait_s
        working = max(1, self._working)
        return (working * wait_s + opens_s) / (working + 1)
