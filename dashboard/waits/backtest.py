"""What was told against what came: matched vehicles keep the interval honest."""

from __future__ import annotations

import math

from dashboard.waits.curve import Curve

MISTAKEN = 0.02
"""Matched vehicles that were mistaken for another: what they waited lies outside of any honest interval."""
RECKONED = 0.037
"""When a matched vehicle joined is reckoned, not seen, and most are matched while queues are long: so many
more of them than of all minutes lie outside."""
TARGET_MISS = 0.1 + 0.9 * MISTAKEN + RECKONED
STEP = 0.015
FIRST = 0.95
NARROWEST, WIDEST = 0.55, 2.2


class Backtest:
    """Told waits of one stream, and by what factor its intervals must be stretched.

    Source: adaptive conformal inference, Gibbs and Candes (2021), on the logarithm of the factor.
    """

    def __init__(self) -> None:
        self.told = Curve()
        self.reach = Curve()
        self._log_scale = math.log(FIRST)

    def note(self, at_s: float, wait_s: float, reach_s: float) -> None:
        """At `at_s` a vehicle that joined was told `wait_s`, give or take `reach_s` (before stretching)."""
        self.told.note(at_s, wait_s)
        self.reach.note(at_s, reach_s)

    def see(self, joined_s: float, wait_s: float) -> None:
        """A vehicle that joined at `joined_s` waited `wait_s`."""
        reach_s = self.reach.at(joined_s)
        if reach_s <= 0.0:
            return
        told_s = self.told.at(joined_s)
        missed = abs(wait_s - told_s) > reach_s * self.scale()
        step = STEP * ((1.0 - TARGET_MISS) if missed else -TARGET_MISS)
        self._log_scale = min(math.log(WIDEST), max(math.log(NARROWEST), self._log_scale + step))

    def scale(self) -> float:
        """Factor for the reach of intervals."""
        return math.exp(self._log_scale)
