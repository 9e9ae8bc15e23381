"""How vehicles usually drive through each part of the picture, learned from the tracks.

At few pictures a second a new vehicle's second look lies far from its first. What others did in the same
place says where to look for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COLUMNS, ROWS = 16, 12
MEMORY = 40.0
"""A cell forgets at the rate of one in so many looks."""

TRUSTED = 4.0
"""Looks that a cell must have before it says anything."""

LEAST_SPREAD = 0.5
"""Standard deviation of the speed, in scales per second, that remains however alike the vehicles drove."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Usual velocity in scales per second, and the variance of each of its parts."""

    vx: float
    vy: float
    variance: float


class Flow:
    """Mean and spread of velocity (scales per second) in the cells of a picture of `width` x `height` px."""

    def __init__(self, width: int, height: int) -> None:
        self._cell = width / COLUMNS, height / ROWS
        self._sums = np.zeros((COLUMNS, ROWS, 4)).tolist()

    def learn(self, x: float, y: float, vx: float, vy: float) -> None:
        """A confirmed vehicle drove through (x, y) px with velocity (vx, vy) scales per second."""
        sums = self._sums_at(x, y)
        keep = 1.0 - 1.0 / MEMORY
        for index, value in enumerate((1.0, vx, vy, vx * vx + vy * vy)):
            sums[index] = keep * sums[index] + value

    def drift(self, x: float, y: float) -> Drift | None:
        """How vehicles drive at (x, y) px; None where too few were seen."""
        weight, sum_x, sum_y, squares = self._sums_at(x, y)
        if weight < TRUSTED:
            return None
        vx, vy = sum_x / weight, sum_y / weight
        spread = max(squares / weight - vx * vx - vy * vy, 0.0) / 2
        return Drift(vx, vy, spread + LEAST_SPREAD**2)

    def _sums_at(self, x: float, y: float) -> list[float]:
        column = min(max(int(x / self._cell[0]), 0), COLUMNS - 1)
        row = min(max(int(y / self._cell[1]), 0), ROWS - 1)
        sums: list[float] = self._sums[column][row]
        return sums
