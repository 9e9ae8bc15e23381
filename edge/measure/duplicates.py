"""Two boxes on one vehicle: keep one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.measure.geometry import Floats, overlaps

Flags = NDArray[np.bool_]

SAME_IOU = 0.6
NESTED = 0.9
"""Boxes that overlap so much, or lie so much inside one another, are taken for one vehicle."""


EXPECTED_IOU = 0.6
"""A box that overlaps a known vehicle's expected box so much shows that vehicle."""


def distinct(xyxy: Floats, scores: Floats, expected: Floats) -> list[int]:
    """Rows of boxes (n, 4) px to keep, most trusted first; empty boxes are left out.

    `expected`: their IoU with the boxes of known vehicles, (n, m). A box that shows one goes before a
    stronger box about it (a car and the tree above it, which look like a truck), and does not fall to it.
    """
    known = np.asarray(expected.max(axis=1, initial=0.0) >= EXPECTED_IOU)
    order = np.lexsort((-scores, ~known))
    boxes = xyxy[order]
    usable = np.isfinite(boxes).all(axis=1) & (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    order, boxes = order[usable], boxes[usable]
    iou, share = overlaps(boxes, boxes)
    own = known[order]
    nested = (share > NESTED) & ~(own[:, None] & own[None, :])
    rows, others = np.nonzero((iou > SAME_IOU) | nested)
    dropped: set[int] = set()
    for row, other in zip(rows.tolist(), others.tolist(), strict=True):
        if other < row and other not in dropped:
            dropped.add(row)
    return [kept for row, kept in enumerate(order.tolist()) if row not in dropped]
