"""How far matched vehicles lie from what the balance says, beside how far they should."""

from __future__ import annotations

import math

KEEP = 0.93
"""What one told counts less with each one that follows."""
PRIOR = 6.0
MOST = 16.0
"""Squares of a single one count no more: one vehicle in fifty is mistaken for another."""


class Surprise:
    """Of one stream: where the lanes of a queue move at different paces, single ones tell too few or many.

    Only all of them together are right then, and the balance must not lock on to those nearest to it.
    """

    def __init__(self) -> None:
        self._squares, self._weight = 0.0, 0.0

    def see(self, off: float) -> float:
        """Factor (>= 1) for the error of a matched vehicle that is `off` by so many standard deviations."""
        self._squares = KEEP * self._squares + min(off * off, MOST)
        self._weight = KEEP * self._weight + 1.0
        squares, weight = self._squares + PRIOR, self._weight + PRIOR
        return math.sqrt(max(1.0, squares / weight))
