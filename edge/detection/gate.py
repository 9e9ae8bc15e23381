"""The motion gate: whether anything moved in the lanes since the picture that the detector saw last.

The reference is the picture of the last inference, never the last picture: a slow creep adds up until it is
seen. A change of light opens the gate as well; that costs an inference and loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from edge.measure.region import CELL_PX, Cells, union_of
from edge.vision import Luma, Picture

CHANGED = 10
"""A cell whose mean luma differs by more than this has changed."""

SHARE = 0.005
MOST_CELLS = 8
"""Something moved in a lane where more than this share of its cells changed, or more cells than this: a
vehicle that comes into a wide view covers few of its cells."""

HALVINGS = CELL_PX.bit_length() - 1


class MotionGate:
    """Compares pictures of one size with a reference, within the lanes' cells."""

    def __init__(self, lanes: Sequence[Cells]) -> None:
        seen = [cells for cells in lanes if cells.any()]
        rows, columns = _bounds(seen)
        self._rows, self._columns = rows, columns
        inside = [cells[rows, columns].ravel() for cells in seen]
        self._lanes = np.array(inside, np.float32) if inside else np.zeros((0, 0), np.float32)
        self._limits = np.minimum(SHARE * self._lanes.sum(axis=1), MOST_CELLS)
        self._reference: Luma | None = None
        self._newest: Luma | None = None
        self.corner = rows.start, columns.start
        """Row and column of the first cell of `luma`."""

    @property
    def luma(self) -> Luma | None:
        """Grey cells (rows, columns) about the lanes of the last picture that was judged, if any."""
        return self._newest

    def moved(self, picture: Picture) -> bool:
        """Whether a lane looks different from the reference; True while there is none."""
        if self._reference is None:
            return True
        if not len(self._lanes):
            return False
        self._newest = self._luma(picture)
        changed = self._lanes @ (cv2.absdiff(self._newest, self._reference) > CHANGED).ravel()
        return bool((changed > self._limits).any())

    def remember(self, picture: Picture) -> None:
        """The detector looks at this picture, of which `moved` was asked last: the reference from now on."""
        if not len(self._lanes):
            self._reference = np.zeros((0, 0), np.uint8)
        else:
            self._reference = self._luma(picture) if self._newest is None else self._newest

    def _luma(self, picture: Picture) -> Luma:
        """Mean grey (rows, columns) of the cells about the lanes.

        Exact halvings cost less than INTER_AREA, and average noise away as well.
        """
        rows, columns = self._rows, self._columns
        part = picture.luma[
            rows.start * CELL_PX : rows.stop * CELL_PX, columns.start * CELL_PX : columns.stop * CELL_PX
        ]
        for _ in range(HALVINGS):
            size = part.shape[1] // 2, part.shape[0] // 2
            part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        return picture.grey(part)


def _bounds(lanes: Sequence[Cells]) -> tuple[slice, slice]:
    """The smallest rows and columns that hold all lanes' cells."""
    if not lanes:
        return slice(0, 0), slice(0, 0)
    union = union_of(lanes)
    rows, columns = np.flatnonzero(union.any(axis=1)), np.flatnonzero(union.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
