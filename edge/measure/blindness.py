"""Whether the detector sees what drives through the lanes: bodies move, and no box is there.

A camera that looks straight down, snow on the lens, a night that is too dark for the network: bodies move
through the lanes, but nothing is found where they are. Then nothing is known of the lanes, which is not the
same as nobody there. The evidence does not come from the detector: `bodies.py` finds what moves in the gate's
grey cells. A body that makes its way counts; rain, a swaying pole, a flash, the camera's exposure do not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, sqrt

from edge.measure.bodies import Bodies, Body, Luma
from edge.measure.geometry import Floats
from edge.measure.region import Cells

MISSED = 3
OF_LAST = 6
"""Blind: so many of so many bodies that passed last were not found, and that is more than were."""

REST_S = 0.6
"""A body that is not seen for so long has passed."""

WAY = 1.0
"""It has made its way when it went so many of its own sizes (the root of its largest area)."""

STRAIGHT = 0.75
LOOKS = 4
"""And when so many of its steps, of so many looks at least, led that way: what flickers comes and goes."""

LONGEST_S = 30.0
"""Nothing is followed for longer: what moves without end does not pass."""


@dataclass(slots=True)
class _Passage:
    """A body followed through the cells; `found`: in how many of its looks a box was there."""

    since: float
    seen_at: float
    bodies: list[Body]

    @property
    def looks(self) -> int:
        return len(self.bodies)

    @property
    def found(self) -> int:
        return sum(body.found for body in self.bodies)

    @property
    def size(self) -> float:
        return sqrt(max(body.cells for body in self.bodies))

    def distance(self, body: Body) -> float:
        return _distance(self.bodies[-1], body)

    def reaches(self, body: Body) -> bool:
        return self.distance(body) <= max(self.size, sqrt(body.cells))

    def is_beside(self, since: float, until: float) -> bool:
        """Whether most of it was at the same time: front and rear of one vehicle, or two abreast."""
        common = min(self.seen_at, until) - max(self.since, since)
        return 2 * common > min(self.seen_at - self.since, until - since)

    @property
    def made_its_way(self) -> bool:
        first, last = self.bodies[0], self.bodies[-1]
        if self.looks < LOOKS or _distance(first, last) < WAY * self.size:
            return False
        steps = [
            (after.x - before.x) * (last.x - first.x) + (after.y - before.y) * (last.y - first.y)
            for before, after in pairwise(self.bodies)
        ]
        return sum(step > 0 for step in steps) >= STRAIGHT * len(steps)


def _distance(one: Body, other: Body) -> float:
    return hypot(one.x - other.x, one.y - other.y)


class Blindness:
    """Follows what moves through one camera's lanes, in cells."""

    def __init__(self, lanes: Sequence[Cells], corner: tuple[int, int] = (0, 0)) -> None:
        """`lanes`: cells of the whole picture; `corner`: row and column of the first that `look` gets."""
        self._bodies = Bodies(lanes, corner)
        self._passages: list[_Passage] = []
        self._passed: deque[tuple[int, int]] = deque(maxlen=OF_LAST)
        self._judged = -1.0, -1.0

    @property
    def is_blind(self) -> bool:
        """Whether most of what passes is not found."""
        missed = sum(2 * found < looks for looks, found in self._passed)
        return missed >= MISSED and 2 * missed > len(self._passed)

    def look(self, luma: Luma | None, boxes: Floats, at: float) -> None:
        """The grey cells of the picture at `at` (s), and the boxes (n, 4) px of all that was found in it."""
        bodies = self._bodies.moving(luma, boxes, at)
        if bodies is None:
            return
        for body in bodies:
            self._follow(body, at)
        for passage in [
            one for one in self._passages if at - one.seen_at > REST_S or at - one.since > LONGEST_S
        ]:
            self._passages.remove(passage)
            if passage.made_its_way:
                self._judge(passage)

    def _judge(self, passage: _Passage) -> None:
        """Note what has passed; what passed beside it is judged with it."""
        looks, found = passage.looks, passage.found
        if passage.is_beside(*self._judged):
            before, found_before = self._passed.pop()
            looks, found = looks + before, found + found_before
        else:
            self._judged = passage.since, passage.seen_at
        self._passed.append((looks, found))

    def _follow(self, body: Body, at: float) -> None:
        near = [one for one in self._passages if one.seen_at < at and one.reaches(body)]
        if near:
            passage = min(near, key=lambda one: one.distance(body))
            passage.bodies.append(body)
            passage.seen_at = at
        else:
            self._passages.append(_Passage(at, at, [body]))
