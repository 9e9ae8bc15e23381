"""Seconds between departures of a booth that has a queue, measured and drawn towards what is usual."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.waits.booth import Headways

MEMORY_DEPARTURES = 500.0
"""Departures after which an old one counts 1/e."""
LONGEST_CYCLES = 3.0
"""A longer time between two departures is a pause, and counts as this many cycles."""
SATURATED_VEHICLES = 1.6
"""One at the booth and, most of the time, another behind it."""
USUAL_CV = 0.3
USUAL_ERROR = 0.3
"""What port.yaml calls usual may be off by this share."""
LUCK_CV, LUCK_DEPARTURES = 0.55, 10.0
"""What services mostly vary by, and the departures that this is worth where luck is reckoned with: a few in a
row look more regular than those to come are."""
READY_SHARE = 0.62
"""Of the time that a booth stands vacant the first part passes before the leaving vehicle is counted."""


@dataclass(slots=True)
class Cycle:
    """Pooled over a stream's booths; priors: `nominal_s` of a service, `move_up_s` of the vacant time."""

    nominal_s: float
    move_up_s: float
    occupied_s: float = 0.0
    served: float = 0.0
    busy_s: float = 0.0
    departures: float = 0.0
    squares: float = 0.0
    vacant_s: float = 0.0
    vacancies: float = 0.0

    def add(self, found: Headways) -> None:
        """Departures of a booth with a queue."""
        keep = math.exp(-found.departures / MEMORY_DEPARTURES)
        busy_s = min(found.busy_s, LONGEST_CYCLES * self.mean_s() * found.departures)
        before_s = self.busy_s / self.departures if self.departures else busy_s / found.departures
        self.busy_s = self.busy_s * keep + busy_s
        self.departures = self.departures * keep + found.departures
        after_s = self.busy_s / self.departures
        each_s = busy_s / found.departures
        self.squares = (
            self.squares * keep + found.departures * (each_s - before_s) * (each_s - after_s) / after_s**2
        )
        if found.vacant_s is not None:
            self.vacant_s = self.vacant_s * keep + min(found.vacant_s, busy_s)
            self.vacancies = self.vacancies * keep + found.departures

    def add_service(self, occupied_s: float, departures: int) -> None:
        """A booth, with a queue or not, was occupied for `occupied_s` and let `departures` vehicles go."""
        keep = math.exp(-departures / MEMORY_DEPARTURES)
        self.occupied_s = self.occupied_s * keep + occupied_s
        self.served = self.served * keep + departures

    def usual_s(self) -> float:
        """Seconds between departures as far as services without a queue tell."""
        prior = (self.cv() / USUAL_ERROR) ** 2
        service_s = (self.occupied_s + prior * self.nominal_s) / (self.served + prior)
        return service_s + self._vacant_s()

    def _vacant_s(self) -> float:
        return (self.vacant_s + 2.0 * self.move_up_s) / (self.vacancies + 2.0)

    def mean_s(self) -> float:
        """Expected seconds between departures; the more regular they are, the sooner the prior is left."""
        prior = (self.cv() / USUAL_ERROR) ** 2
        return (self.busy_s + prior * self.usual_s()) / (self.departures + prior)

    def cv(self) -> float:
        """Coefficient of variation of the time between departures, one at a booth."""
        return math.sqrt((max(0.0, self.squares) + USUAL_CV**2) / (self.departures + 1.0))

    def luck_cv(self) -> float:
        """The same for departures to come, drawn towards what is common."""
        known = self.departures + 1.0
        squares = known * self.cv() ** 2 + LUCK_DEPARTURES * LUCK_CV**2
        return math.sqrt(squares / (known + LUCK_DEPARTURES))

    def ready_s(self) -> float:
        """Expected seconds from a counted departure until the next vehicle stands at the booth."""
        return min(READY_SHARE * self._vacant_s(), 0.6 * self.mean_s())
