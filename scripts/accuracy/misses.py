"""Pictures of what a detector got most wrong, plates blurred, for a person to look at."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.detection.detector import Detector
from scripts.accuracy.labelled import Array
from scripts.accuracy.score import Match

MISSED, WRONG, RIGHT = (0, 0, 255), (0, 200, 255), (90, 200, 90)
PLATE_SCORE = 0.05
"""Low: a grille that is blurred costs nothing."""
BLUR_ROUND = 0.25


def write_worst(matches: list[Match], count: int, plates: Detector | None, folder: Path) -> list[Path]:
    """The pictures with the most misses and false boxes, red and yellow; right boxes green.

    Without a plate finder nothing is written: these pictures show real vehicles.
    """
    if plates is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    wrong = [(len(m.missed) + m.taken.count(-1), str(m.picture.path), m) for m in matches]
    worst = sorted((w for w in wrong if w[0]), key=lambda w: (-w[0], w[1]))[:count]
    written = []
    for errors, _, one in worst:
        path = folder / f"{errors:02d}-{one.picture.path.stem}.jpg"
        cv2.imwrite(str(path), drawn(one, plates))
        written.append(path)
    return written


def drawn(one: Match, plates: Detector) -> NDArray[np.uint8]:
    """The picture of a match with its boxes on it."""
    image = one.picture.image()
    known = [b for b, k in zip(one.picture.boxes, one.picture.classes, strict=True) if k == "plate"]
    for box in [*known, *plates.boxes(image, PLATE_SCORE, cut=True).xyxy]:
        blur(image, box)
    for k in one.missed:
        _box(image, one.picture.boxes[k], one.picture.classes[k] or "vehicle", MISSED)
    for box, name, taken in zip(one.found.xyxy, one.found.classes, one.taken, strict=True):
        _box(image, box, name, RIGHT if taken >= 0 else WRONG)
    return image


def blur(image: NDArray[np.uint8], box: Array) -> None:
    """Make a box, and a little round it, unreadable: six blocks across."""
    x0, y0, x1, y1 = (float(v) for v in box)
    more_x, more_y = BLUR_ROUND * (x1 - x0), BLUR_ROUND * (y1 - y0)
    left, top = max(0, int(x0 - more_x)), max(0, int(y0 - more_y))
    part = image[top : int(y1 + more_y) + 1, left : int(x1 + more_x) + 1]
    if part.size:
        small = cv2.resize(part, (6, 2), interpolation=cv2.INTER_LINEAR)
        part[:] = cv2.resize(small, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST)


def _box(image: NDArray[np.uint8], box: Array, name: str, colour: tuple[int, int, int]) -> None:
    x0, y0, x1, y1 = (round(float(v)) for v in box)
    cv2.rectangle(image, (x0, y0), (x1, y1), colour, 1)
    cv2.putText(image, name, (x0, max(10, y0 - 3)), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1)
