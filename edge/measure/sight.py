"""How far along the road a camera sees: fog takes away what is far, and leaves what is near.

Whether boxes are found says nothing of a road where nobody stands. The air does: with distance everything
fades into its grey, and a strip across the picture spans few levels however much is in it. What nobody saw
in a minute, neither kerbs nor who drove there, is out of sight. The dark does not count: lamps shine there.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from edge.vision import Picture

STRIPS = 16
"""Strips across the picture, from its upper edge, that are judged each for itself."""

FADED = 12
"""Grey levels between the rarest dark and bright pixels of a strip that fog has swallowed: 5 % of all there
are, by which the meteorological optical range is defined (World Meteorological Organization, Guide to
Instruments and Methods of Observation, No. 8, part I, chapter 9)."""

NEAR = 1.5
"""What is nearest spans so many times more, or the picture shows nothing anywhere: a matter of the lens."""

AIR = 60
"""Fog is no darker than this level."""

RAREST = 0.02
ROWS, COLUMNS = 6, 160
"""Of a strip so many rows and columns are looked at."""

EVERY_S = 2.0
LASTS_S = 60.0
"""What was to be seen in a strip so short ago is not out of sight: fog does not come sooner."""


@dataclass(frozen=True, slots=True)
class _Look:
    """Of each strip: the level of what is dark in it, and how many levels it spans."""

    at: float
    lows: list[int]
    spans: list[int]


class Sight:
    """Follows one camera's pictures, of `height` rows; the far end of its lanes lies at row `far`."""

    def __init__(self, height: int, far: float) -> None:
        self._height = height
        self._far = min(max(int(far / height * STRIPS), 0), STRIPS - 1)
        self._looks: deque[_Look] = deque()

    def look(self, picture: Picture, at: float) -> bool:
        """Take the picture at `at` (s), unless the last one was a moment ago; says whether it did.

        A picture of fewer rows than strips shows no road, and is not taken.
        """
        looks = self._looks
        height, width = picture.shape
        if height < STRIPS:
            return False
        if looks and 0 <= at - looks[-1].at < EVERY_S:
            return False
        while looks and not 0 <= at - looks[0].at <= LASTS_S:
            looks.popleft()
        rows = np.arange(STRIPS * ROWS) * height // (STRIPS * ROWS)
        seen = picture.luma[rows, :: max(1, width // COLUMNS)]
        levels = np.sort(picture.grey(seen).reshape(STRIPS, -1), axis=1, kind="stable")
        rarest = int(RAREST * (levels.shape[1] - 1))
        lows, highs = levels[:, rarest], levels[:, -1 - rarest]
        looks.append(_Look(at, lows.tolist(), (highs - lows).tolist()))
        return True

    @property
    def row(self) -> float:
        """The row (px) above which the road is out of sight; 0: the far end of the lanes is seen."""
        faded = self._far
        while faded < STRIPS and self._is_faded(faded):
            faded += 1
        if faded in (self._far, STRIPS) or self._span(STRIPS - 1) < NEAR * FADED:
            return 0.0
        return faded / STRIPS * self._height

    def _is_faded(self, strip: int) -> bool:
        return self._span(strip) < FADED and all(look.lows[strip] >= AIR for look in self._looks)

    def _span(self, strip: int) -> int:
        """The most levels that were to be seen in a strip."""
        return max((look.spans[strip] for look in self._looks), default=0)
