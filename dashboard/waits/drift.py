"""How many vehicles a balance of counts is off: a distribution over the offset, corrected by what is seen.

The balance (arrivals minus departures) drifts, since lines miss and double vehicles. `Drift` holds the
probability of each offset on a grid, so one-sided evidence (the queue is at least this long) and bounds
(no queue is negative) count as what they are. Source: point-mass filter, Bucy and Senne (1971).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

CELL = 0.5
CELLS = 401
FLOOR = 1e-4
"""Share of a likelihood that says: this evidence may be wrong."""
Array = NDArray[np.float64]


class Drift:
    """Vehicles between the lines are `base + offset`; the offset has a probability per cell, (CELLS,)."""

    def __init__(self, sd: float = 0.7) -> None:
        self.base = 0.0
        self._cells: Array = np.arange(CELLS, dtype=np.float64) * CELL - CELLS // 2 * CELL
        self._p: Array = _normal(self._cells, 0.0, sd)
        self._p /= self._p.sum()

    def begin(self, likelihood: Array) -> None:
        """Believe only a likelihood (CELLS,) of `vehicles()`: nothing was known before, but that no queue is
        negative.
        """
        possible = np.where(self.vehicles() > -CELL, likelihood, 0.0)
        self._p = possible / possible.sum()

    def move(self, change: float, variance: float) -> None:
        """The counts changed the balance by `change` vehicles, with error `variance` (vehicles squared)."""
        self.base += change
        self._widen(variance)
        self._drop_negative()
        self._recentre()

    def weigh(self, likelihood: Array, weight: float = 1.0) -> None:
        """Multiply by a likelihood (CELLS,) of `vehicles(...)`, tempered by `weight` (0-1)."""
        weighed = self._p * np.maximum(likelihood, FLOOR) ** weight
        self._p = weighed / weighed.sum()

    def vehicles(self, base: float | None = None) -> Array:
        """Vehicles of each cell, (CELLS,), at a balance of `base` (None: now)."""
        return self._cells + (self.base if base is None else base)

    def mean(self) -> float:
        """Expected vehicles between the lines, >= 0."""
        return float(max(0.0, (self._p * np.maximum(self.vehicles(), 0.0)).sum()))

    def sd(self) -> float:
        """Standard deviation, vehicles."""
        mean = float((self._p * self._cells).sum())
        return math.sqrt(max(0.0, float((self._p * (self._cells - mean) ** 2).sum())))

    def _widen(self, variance: float) -> None:
        rate = variance / (2 * CELL**2)
        steps = max(1, math.ceil(rate / 0.25))
        if steps > 12:
            self._p = np.convolve(self._p, _kernel(math.sqrt(variance)), mode="same")
            steps = 0
        for _ in range(steps):
            spread = self._p * (rate / steps)
            self._p = self._p - 2 * spread
            self._p[1:] += spread[:-1]
            self._p[:-1] += spread[1:]
        self._p /= self._p.sum()

    def _drop_negative(self) -> None:
        """No queue is negative; where hardly a chance is left that it is not, the balance is set to 0."""
        possible = self.vehicles() > -CELL
        if self._p[possible].sum() < FLOOR:
            self.base = 0.0
            self._p = _normal(self._cells, 0.0, 1.0)
            possible = self.vehicles() > -CELL
        held = np.where(possible, self._p, self._p * FLOOR)
        self._p = held / held.sum()

    def _recentre(self) -> None:
        """Keep the offset near the middle of the grid by moving whole cells into the base."""
        shift = round(float((self._p * self._cells).sum()) / CELL)
        if abs(shift) < CELLS // 8:
            return
        self.base += shift * CELL
        self._p = np.roll(self._p, -shift)
        if shift > 0:
            self._p[-shift:] = 0.0
        else:
            self._p[:-shift] = 0.0
        self._p /= self._p.sum()


def about(vehicles: Array, seen: float, sd_below: float, sd_above: float) -> Array:
    """Likelihood (n,) of truths `vehicles` when `seen` were: sd_below for fewer, sd_above for more."""
    sd = np.where(vehicles < seen, sd_below, sd_above)
    return np.exp(-0.5 * ((vehicles - seen) / sd) ** 2)


def at_least(vehicles: Array, seen: float, sd: float) -> Array:
    """Likelihood (n,) when the queue is seen to hold at least `seen` vehicles."""
    return np.where(vehicles < seen, np.exp(-0.5 * ((vehicles - seen) / sd) ** 2), 1.0)


def at_most(vehicles: Array, seen: float, sd: float) -> Array:
    """Likelihood (n,) when the queue is seen to hold no more than `seen` vehicles."""
    return np.where(vehicles > seen, np.exp(-0.5 * ((vehicles - seen) / sd) ** 2), 1.0)


def _normal(x: Array, mean: float, sd: float) -> Array:
    density: Array = np.exp(-0.5 * ((x - mean) / sd) ** 2)
    return density


def _kernel(sd: float) -> Array:
    reach = min(CELLS // 2, math.ceil(4 * sd / CELL))
    steps: Array = np.arange(-reach, reach + 1, dtype=np.float64) * CELL
    kernel = _normal(steps, 0.0, sd)
    kernel /= kernel.sum()
    return kernel
