"""A picture that is in colours already."""

from __future__ import annotations

import cv2
import numpy as np

from edge.vision import Image, Luma, Region


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
