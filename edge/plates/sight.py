"""One look: the plate in the picture of a vehicle, if there is one that can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence

from edge.detection.detector import Detector
from edge.plates.agreement import Look
from edge.plates.quality import fits, quality_of
from edge.plates.reader import PlateReader
from edge.vision import Image

LEAST_SCORE = 0.2
"""On the picture of one vehicle a doubtful box may be looked at: what is no plate gives no text."""

ROUND_PLATE = 0.02
"""Of the size of a plate's box, shown round it to the reader: boxes are cut a little too close at times."""


def look_at(vehicle: Image, finder: Detector, reader: PlateReader) -> Look | None:
    """Find and read the surest plate in the picture of one vehicle (height, width, 3) uint8 BGR.

    The picture is not magnified: a plate that would fill much of the finder's input is found by half.
    """
    boxes = finder.boxes(vehicle, LEAST_SCORE, magnified=False)
    if not len(boxes):
        return None
    x0, y0, x1, y1 = boxes.xyxy[0].tolist()
    if not fits(x1 - x0, y1 - y0):
        return None
    plate = cut(vehicle, (x0, y0, x1, y1), ROUND_PLATE)
    quality = quality_of(plate)
    return reader.look(plate, quality) if quality.readable else None


def cut(image: Image, xyxy: Sequence[float], round_it: float = 0.0) -> Image:
    """A copy of a part of the picture, `round_it` (of the box's size) larger on each side; may be empty."""
    x0, y0, x1, y1 = xyxy
    more_x, more_y = round_it * (x1 - x0), round_it * (y1 - y0)
    left, top = max(0, math.floor(x0 - more_x)), max(0, math.floor(y0 - more_y))
    return image[top : max(0, math.ceil(y1 + more_y)), left : max(0, math.ceil(x1 + more_x))].copy()
