"""A cheap look at every picture: is it the same as the last, did the whole view change at once. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision import Luma, Picture

COLUMNS = 160
"""So many pixels of each row are compared, and as many rows as lie as far apart."""

ALIKE = 0.6
"""Two pictures a moment apart correlate more, whatever drives through them and whatever the light does."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    """Levels (n,) of some pixels, their sum, and n times the squares from their mean. Sums of bytes and of
    their products are exact: what is flat has no squares at all.
    """

    levels: NDArray[np.float64]
    total: float
    squares: float

    def correlation(self, other: _Pattern) -> float:
        """With one of another picture, whatever brightness and contrast both have; 0 where there is none."""
        count = len(self.levels)
        if count != len(other.levels) or not self.squares or not other.squares:
            return 0.0
        products = count * float(self.levels @ other.levels) - self.total * other.total
        return products / sqrt(self.squares * other.squares)


class Glance:
    """Compares each picture with the one before."""

    def __init__(self) -> None:
        self._pixels: Luma | None = None
        self._pattern: _Pattern | None = None
        self.same = False
        self.jolted = True

    def take(self, picture: Picture) -> None:
        """`same`: no pixel is brighter or darker. `jolted`: the view is another, as at the first picture."""
        step = max(1, picture.shape[1] // COLUMNS)
        pixels = picture.luma[::step, ::step].copy()
        self.same = self._pixels is not None and np.array_equal(pixels, self._pixels)
        if self.same:
            self.jolted = False
            return
        self._pixels = pixels
        pattern = _pattern(pixels)
        before, self._pattern = self._pattern, pattern
        self.jolted = before is None or pattern.correlation(before) < ALIKE

    def forget(self) -> None:
        """The pictures that come now are of another time."""
        self._pattern = None


def _pattern(pixels: Luma) -> _Pattern:
    levels, total = pixels.ravel().astype(np.float64), cv2.sumElems(pixels)[0]
    return _Pattern(levels, total, len(levels) * float(levels @ levels) - total * total)
