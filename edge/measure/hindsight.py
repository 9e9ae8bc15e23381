"""Who stood at a moment is told a little later, when it shows.

A vehicle at walking pace may be about to stop or have just started. At once that is a guess, and the last
vehicle of a queue is metres of it; from where the vehicle is .8 s later it is read off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from edge.measure.queue_length import Moment
from edge.measure.trail import ABOUT_S, TINY_S
from edge.vision import LaneQueue


class Hindsight:
    """Keeps moments until what came after them is known."""

    def __init__(self) -> None:
        self._waiting: deque[Moment] = deque()

    def step(self, moments: Iterable[Moment], at: float) -> tuple[LaneQueue, ...]:
        """Take what the picture at `at` (s) showed; the queues of the moments that are ripe by now."""
        self._waiting.extend(moments)
        told = []
        while self._waiting and at - self._waiting[0].at > ABOUT_S - TINY_S:
            told.append(self._waiting.popleft().afterwards())
        return tuple(told)

    def rest(self) -> tuple[LaneQueue, ...]:
        """The queues of all moments that are left: nothing more will be known of them."""
        told = tuple(moment.afterwards() for moment in self._waiting)
        self._waiting.clear()
        return told
