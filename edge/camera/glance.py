"""A cheap look at every picture: is it the same as the last, did the whole view change at once. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.vision import Luma, Picture

COLUMNS = 160
"""So many pixels of each row are compared, and as many rows as lie as far apart."""

ALIKE = 0.6
"""Two pictures a moment apart correlate more, whatever drives through them and whatever the light does."""


class Glance:
    """Compares each picture with the one before."""

    def __init__(self) -> None:
        self._pixels: Luma | None = None
        self._pattern: NDArray[np.float32] | None = None
        self.same = False
        self.jolted = True

    def take(self, picture: Picture) -> None:
        """`same`: no pixel is brighter or darker. `jolted`: the view is another, as at the first picture."""
        step = max(1, picture.shape[1] // COLUMNS)
        pixels = picture.luma[::step, ::step]
        self.same = self._pixels is not None and np.array_equal(pixels, self._pixels)
        if self.same:
            self.jolted = False
            return
        self._pixels = pixels.copy()
        pattern = _pattern(self._pixels)
        before = self._pattern
        alike = before is not None and before.shape == pattern.shape and float(before @ pattern) >= ALIKE
        self.jolted = not alike
        self._pattern = pattern

    def forget(self) -> None:
        """The pictures that come now are of another time."""
        self._pattern = None


def _pattern(pixels: Luma) -> NDArray[np.float32]:
    """The pixels without brightness and contrast: of length 1, or 0 where there is none."""
    levels = pixels.astype(np.float32).ravel()
    levels -= levels.mean()
    length = float(np.linalg.norm(levels))
    return levels / length if length else levels
