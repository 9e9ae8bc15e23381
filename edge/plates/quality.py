"""Whether a picture of a plate can be read at all: size, angle, sharpness. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from edge.vision import Image

LEAST_HEIGHT_PX = 14.0
LEAST_WIDTH_PX = 40.0
NARROWEST, WIDEST = 1.2, 5.5
"""Width by height. A North American plate is 2 : 1; one that is turned away by 53 degrees is 1.2 : 1."""

LEAST_SHARPNESS = 0.12


@dataclass(frozen=True, slots=True)
class Quality:
    """`sharpness`: strength of fine edges over that of all contrast, about 0 (blurred) to 1."""

    width_px: float
    height_px: float
    sharpness: float

    @property
    def readable(self) -> bool:
        """Whether a look is worth its time."""
        return fits(self.width_px, self.height_px) and self.sharpness >= LEAST_SHARPNESS

    @property
    def weight(self) -> float:
        """How much a look counts in the vote (0-1): larger and sharper count more."""
        return min(1.0, self.height_px / 30.0) * min(1.0, 0.5 + self.sharpness)


def fits(width_px: float, height_px: float) -> bool:
    """Whether a box is large enough, and of the shape of a plate that is not turned away too far."""
    large = height_px >= LEAST_HEIGHT_PX and width_px >= LEAST_WIDTH_PX
    return large and NARROWEST <= width_px / height_px <= WIDEST


def quality_of(plate: Image) -> Quality:
    """Judge a plate (height, width, 3) uint8 BGR as cut out of the picture."""
    height, width = plate.shape[:2]
    grey = cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
    tall = cv2.resize(grey, (max(2, round(32 * width / height)), 32), interpolation=cv2.INTER_AREA)
    values = tall.astype(np.float32)
    spread = float(values.std())
    edges = float(np.abs(np.diff(values, axis=1)).mean())
    return Quality(float(width), float(height), min(1.0, edges / (spread + 4.0)))
