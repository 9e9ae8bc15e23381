"""Pictures that fog, snow, rain or a low sun have washed out, with their contrast brought back.

Networks learn from pictures of usual contrast. A vehicle that is a shade of grey in another shade of grey is
there for the eye and not for them, until the picture is stretched. A picture that uses its levels is left as
it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from edge.vision import Image, Luma, Picture, Region

USUAL_SPAN = 120
"""Grey levels between the darkest and brightest hundredth of a picture that is left alone."""

MOST_GAIN = 4.0
"""A night that shows nothing, or a wall, would be noise."""

SAMPLE = 8
"""Of so many rows and columns one is looked at."""

HUNDREDTH = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Stretched:
    """A picture with the levels of `table` (256,) uint8 for its own."""

    of: Picture
    table: Luma

    @property
    def shape(self) -> tuple[int, int]:
        """See `Picture.shape`."""
        return self.of.shape

    @property
    def luma(self) -> Luma:
        """See `Picture.luma`."""
        return self.of.luma

    def grey(self, luma: Luma) -> Luma:
        """See `Picture.grey`."""
        return self._told(self.of.grey(luma))

    def bgr(self) -> Image:
        """See `Picture.bgr`."""
        return self._told(self.of.bgr())

    def scaled(self, region: Region, width: int, height: int) -> Image:
        """See `Picture.scaled`."""
        return self._told(self.of.scaled(region, width, height))

    def _told(self, levels: Image) -> Image:
        return np.asarray(cv2.LUT(levels, self.table), np.uint8)


def with_contrast(picture: Picture, region: Region | None = None) -> Picture:
    """The picture, stretched if what is seen in `region` spans few grey levels; black stays black."""
    height, width = picture.shape
    x0, y0, x1, y1 = region or (0, 0, width, height)
    low, high = _span(picture.grey(np.ascontiguousarray(picture.luma[y0:y1:SAMPLE, x0:x1:SAMPLE])))
    if high - low >= USUAL_SPAN:
        return picture
    gain = min(USUAL_SPAN / max(high - low, 1), MOST_GAIN)
    table = np.clip(np.round((np.arange(256) - low) * gain + low / gain), 0, 255)
    return Stretched(picture, table.astype(np.uint8))


def _span(grey: Luma) -> tuple[int, int]:
    """The levels below and above which a hundredth of the pixels lies."""
    below = np.cumsum(np.bincount(grey.ravel(), minlength=256))
    low, high = np.searchsorted(below, np.array([HUNDREDTH, 1 - HUNDREDTH]) * grey.size)
    return int(low), int(high)
