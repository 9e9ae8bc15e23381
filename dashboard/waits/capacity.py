"""How many vehicles stand between the approach line and the booths when the queue reaches the line."""

from __future__ import annotations

import math

USUAL, USUAL_SD = 0.935, 0.035
"""Of the vehicles that would fit bumper to bumper: a queue that moves up has gaps."""
AGES_S = 7200.0
"""What was learned is doubted again after so long."""


class Capacity:
    """Share of the room taken when the line is covered, learned from matched vehicles (scalar Kalman)."""

    def __init__(self) -> None:
        self.share = USUAL
        self._variance = USUAL_SD**2

    def age(self, seconds: float) -> None:
        """Booths open and close, which changes how fast the queue moves and how long its gaps are."""
        part = 1.0 - math.exp(-seconds / AGES_S)
        self._variance += part * (USUAL_SD**2 - self._variance)

    def see(self, inside: float, room: float, sd: float) -> None:
        """`inside` vehicles, known to `sd`, stood in room for `room` while the line was covered."""
        if room <= 0.0:
            return
        gain = self._variance / (self._variance + (sd / room) ** 2)
        self.share += gain * (min(1.2, max(0.6, inside / room)) - self.share)
        self._variance *= 1.0 - gain

    def sd(self) -> float:
        """Standard deviation of the share."""
        return math.sqrt(self._variance)
