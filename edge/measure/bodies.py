"""What moves in the grey cells of a picture's lanes: connected, as large as a vehicle, found or not.

No network: the difference of two pictures a moment apart, without the change of light that all of it shares.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.measure.geometry import Floats
from edge.measure.region import CELL_PX, Cells, union_of

APART_S = 0.3
AT_MOST_S = 1.0
"""Pictures so far apart are compared, at any rate of pictures; over longer gaps nothing is."""

CHANGED = 10
"""A cell whose mean luma differs by more than this has changed."""

SIZE = 0.1
"""A vehicle changes this part of the square of a lane's width, and more; a walker some .05 of it."""

MOST = 0.5
"""Bodies are most of what changes, or it is the weather, or the whole picture sways."""

FILL = 0.45
"""A body fills so much of the rectangle about it; flakes that touch by chance do not."""

LEAST_CELLS = 12
WIDEST = 0.25
"""No lane is wider than this part of the picture's diagonal: one that is drawn so holds several."""

ROOM = 0.5
"""A box explains what moves within so much of its width and height about it: a shadow, lamps."""

Luma = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Body:
    """Something that moves: its centre and size in cells, and whether the detector found a vehicle there."""

    x: float
    y: float
    cells: int
    found: bool


class Bodies:
    """Compares pictures within `lanes`; luma starts at cell `corner` (row, column)."""

    def __init__(self, lanes: Sequence[Cells], corner: tuple[int, int]) -> None:
        self._corner = corner
        self._lanes = union_of(lanes)
        self._least = _least_cells(self._lanes)
        self._earlier: deque[tuple[float, Luma]] = deque()

    def moving(self, luma: Luma | None, boxes: Floats, at: float) -> list[Body] | None:
        """Bodies in the cells (rows, columns) of the picture at `at` (s); None: nothing to compare with."""
        if luma is None or not self._lanes.any():
            return None
        earlier = self._earlier
        while earlier and (
            at - earlier[0][0] > AT_MOST_S or (len(earlier) > 1 and at - earlier[1][0] >= APART_S)
        ):
            earlier.popleft()
        before = earlier[0] if earlier else None
        if before is None or at - earlier[-1][0] >= APART_S / 2:
            earlier.append((at, luma))
        if before is None or at - before[0] < APART_S / 2:
            return None
        return self._bodies(before[1], luma, boxes)

    def _bodies(self, before: Luma, luma: Luma, boxes: Floats) -> list[Body]:
        if 2 * cv2.norm(before, luma, cv2.NORM_INF) <= CHANGED:
            return []  # no cell can differ by more from what all of them share
        row, column = self._corner
        rows, columns = luma.shape
        lanes = self._lanes[row : row + rows, column : column + columns]
        change = luma.astype(np.int16) - before
        change -= median_of(change[lanes])
        changed = ((np.abs(change) > CHANGED) & lanes).astype(np.uint8)
        if int(changed.sum()) < LEAST_CELLS:
            return []
        joined = cv2.morphologyEx(changed, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        count, labels, stats, centres = cv2.connectedComponentsWithStats(joined, connectivity=8)
        known = _known(boxes, self._corner, (rows, columns))
        found = []
        for label in range(1, count):
            cells, (x, y) = int(stats[label, cv2.CC_STAT_AREA]), centres[label]
            frame = int(stats[label, cv2.CC_STAT_WIDTH]) * int(stats[label, cv2.CC_STAT_HEIGHT])
            if cells >= FILL * frame and cells >= self._least[row + int(y), column + int(x)]:
                share = float(known[labels == label].mean())
                found.append(Body(float(x), float(y), cells, share >= 0.5))
        of_bodies = sum(body.cells for body in found)
        return found if of_bodies >= MOST * int(joined.sum()) else []


def median_of(levels: NDArray[np.int16]) -> np.int16:
    """The median, cut to a whole level, 0 of none; a third of the time that `np.median` takes."""
    upper = len(levels) // 2
    if not len(levels):
        return np.int16(0)
    if len(levels) % 2:
        return np.int16(np.partition(levels, upper)[upper])
    parted = np.partition(levels, (upper - 1, upper))
    return np.int16((int(parted[upper - 1]) + int(parted[upper])) / 2)


def _least_cells(lanes: Cells) -> NDArray[np.float32]:
    """How many cells a vehicle changes at least, (rows, columns): by the lanes' width at that place."""
    if not lanes.any():
        return np.zeros(lanes.shape, np.float32)
    inside = np.pad(lanes.astype(np.uint8), 1)
    half = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1]
    width = 2 * cv2.dilate(half, np.ones((5, 5), np.uint8))
    width = np.minimum(width, WIDEST * np.hypot(*lanes.shape))
    return np.asarray(np.maximum(SIZE * width**2, LEAST_CELLS), np.float32)


def _known(boxes: Floats, corner: tuple[int, int], shape: tuple[int, int]) -> Cells:
    """The cells that boxes explain."""
    known = np.zeros(shape, bool)
    for x0, y0, x1, y1 in boxes.tolist():
        wide, tall = ROOM * (x1 - x0), ROOM * (y1 - y0)
        left, right = (x0 - wide) / CELL_PX - corner[1], (x1 + wide) / CELL_PX - corner[1]
        top, bottom = (y0 - tall) / CELL_PX - corner[0], (y1 + tall) / CELL_PX - corner[0]
        known[max(0, int(top)) : max(0, int(bottom) + 1), max(0, int(left)) : max(0, int(right) + 1)] = True
    return known
