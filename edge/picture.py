"""A picture that is in colours already, and one whose colours come late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np

from edge.vision import Image, Luma, Region

BLACK, LEVELS = 16, 219
"""Levels that are not full go from 16 to 235. Source: ITU-R BT.601 and BT.709."""


def grey_of(luma: Luma, levels: Literal["full", "limited"]) -> Luma:
    """Levels of a camera as grey from 0 to 255."""
    if levels == "full":
        return luma
    above = cv2.subtract(luma, np.full_like(luma, BLACK))
    return np.asarray(cv2.convertScaleAbs(above, alpha=255 / LEVELS), np.uint8)


class Colours:
    """A still, or a picture of a source that gives nothing else."""

    def __init__(self, image: Image) -> None:
        """`image`: (height, width, 3) uint8 BGR, kept and not copied."""
        self._image = image
        self._luma: Luma | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self._image.shape[:2]
        return height, width

    @property
    def luma(self) -> Luma:
        """See `Picture.luma`."""
        if self._luma is None:
            self._luma = np.asarray(cv2.cvtColor(self._image, cv2.COLOR_BGR2GRAY), np.uint8)
        return self._luma

    def grey(self, luma: Luma) -> Luma:
        """See `Picture.grey`."""
        return luma

    def bgr(self) -> Image:
        """See `Picture.bgr`."""
        return self._image

    def scaled(self, region: Region, width: int, height: int) -> Image:
        """See `Picture.scaled`."""
        x0, y0, x1, y1 = region
        part = self._image[y0:y1, x0:x1]
        if part.shape[:2] == (height, width):
            return part
        return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


class Late:
    """A picture whose brightness is here; `colours` gives a view of the rest, as long as it can be had."""

    def __init__(self, luma: Luma, levels: Literal["full", "limited"], colours: Callable[[], Image]) -> None:
        """`luma`: kept and not copied."""
        self.luma = luma
        self._levels: Literal["full", "limited"] = levels
        self._colours = colours
        self._kept: Colours | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.luma.shape
        return height, width

    def grey(self, luma: Luma) -> Luma:
        """See `Picture.grey`."""
        return grey_of(luma, self._levels)

    def bgr(self) -> Image:
        """See `Picture.bgr`. Kept from then on."""
        if self._kept is None:
            self._kept = Colours(self._colours().copy())
        return self._kept.bgr()

    def scaled(self, region: Region, width: int, height: int) -> Image:
        """See `Picture.scaled`."""
        if self._kept is not None:
            return self._kept.scaled(region, width, height)
        seen = self._colours()
        part = Colours(seen).scaled(region, width, height)
        return part.copy() if np.may_share_memory(part, seen) else part
