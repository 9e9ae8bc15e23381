"""Seconds between departures of a booth that has a queue, measured and drawn towards what is usual."""

from __future__ import annotations

import math
from dataclasses import dataclass

PRIOR_DEPARTURES = 6.0
MEMORY_DEPARTURES = 60.0
"""Departures after which an old one counts 1/e."""
SATURATED_VEHICLES = 1.6
"""One at the booth and, most of the time, another behind it."""
USUAL_CV = 0.5


@dataclass(slots=True)
class Cycle:
    """Pooled over the booths of a stream; `usual_s` is the prior."""

    usual_s: float
    busy_s: float = 0.0
    departures: float = 0.0
    squares: float = 0.0
    headways: float = 0.0

    def add(self, busy_s: float, departures: float) -> None:
        """A booth with a queue worked `busy_s` seconds and let `departures` vehicles go."""
        keep = math.exp(-departures / MEMORY_DEPARTURES)
        self.busy_s = self.busy_s * keep + busy_s
        self.departures = self.departures * keep + departures

    def add_headway(self, headway_s: float) -> None:
        """One time between two departures, known well enough to tell how much they differ."""
        keep = math.exp(-1.0 / MEMORY_DEPARTURES)
        self.squares = self.squares * keep + (headway_s / self.mean_s() - 1.0) ** 2
        self.headways = self.headways * keep + 1.0

    def mean_s(self) -> float:
        """Expected seconds between departures."""
        total = self.busy_s + PRIOR_DEPARTURES * self.usual_s
        return total / (self.departures + PRIOR_DEPARTURES)

    def cv(self) -> float:
        """Coefficient of variation of the time between departures."""
        variance = (self.squares + 4.0 * USUAL_CV**2) / (self.headways + 4.0)
        return min(1.0, math.sqrt(variance))
