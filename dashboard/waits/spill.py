"""The queue past the approach line, which no camera sees: what came before the line was covered goes on."""

from __future__ import annotations

import math

EMPTIES_S = 120.0
RATE_ERROR = 0.3
"""Share by which the demand may differ while nobody sees it."""


class Spill:
    """Expected vehicles upstream of the line (`vehicles`) and their standard deviation (`sd`)."""

    def __init__(self) -> None:
        self.vehicles = 0.0
        self.sd = 0.0
        self.covered = False

    def step(self, seconds: float, standing: bool, clear: bool, rate_per_s: float, flow_per_s: float) -> None:
        """Demand `rate_per_s` comes, `flow_per_s` goes over the line; `clear`: the line is free."""
        if standing:
            self.covered = True
        elif clear:
            self.covered = False
        if self.covered:
            self.vehicles = max(0.0, self.vehicles + (rate_per_s - flow_per_s) * seconds)
            self.sd += RATE_ERROR * rate_per_s * seconds
        else:
            keep = math.exp(-seconds / EMPTIES_S)
            self.vehicles, self.sd = self.vehicles * keep, self.sd * keep
