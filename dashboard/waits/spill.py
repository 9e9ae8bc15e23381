"""The queue past the approach line, which no camera sees: what came before the line was covered goes on."""

from __future__ import annotations

import math

EMPTIES_S = 120.0
RATE_ERROR = 0.25
"""Share by which the demand may differ while nobody sees it."""
REVERTS_S = 2700.0
"""While nobody sees the demand it is expected to fall back to what is served, since queues end."""


class Spill:
    """Expected vehicles upstream of the line (`vehicles`) and their standard deviation (`sd`)."""

    def __init__(self) -> None:
        self.vehicles = 0.0
        self.sd = 0.0
        self.covered = False

    def step(
        self, seconds: float, standing: bool, clear: bool, rate: float, flow: float, served: float
    ) -> float:
        """Demand `rate` comes, `flow` goes over the line, `served` leaves (vehicles/s); returns the new rate.

        `standing`: the queue covers the line; `clear`: it does not.
        """
        if standing:
            self.covered = True
        elif clear:
            self.covered = False
        if not self.covered:
            keep = math.exp(-seconds / EMPTIES_S)
            self.vehicles, self.sd = self.vehicles * keep, self.sd * keep
            return rate
        self.vehicles = max(0.0, self.vehicles + (rate - flow) * seconds)
        self.sd = math.hypot(self.sd, RATE_ERROR * rate * math.sqrt(seconds * 900.0))
        return rate + (1 - math.exp(-seconds / REVERTS_S)) * (served - rate)
