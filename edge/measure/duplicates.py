"""Two boxes on one vehicle: keep one."""

from __future__ import annotations

import numpy as np

from edge.measure.geometry import Floats, overlaps

SAME_IOU = 0.6
NESTED = 0.9
"""Boxes that overlap so much, or lie so much inside one another, are taken for one vehicle."""


def distinct(xyxy: Floats, scores: Floats) -> list[int]:
    """Rows of boxes (n, 4) px to keep, strongest first; empty boxes are left out."""
    order = np.argsort(-scores, kind="stable")
    sorted_boxes = xyxy[order]
    usable = np.isfinite(sorted_boxes).all(axis=1) & (sorted_boxes[:, 2:] > sorted_boxes[:, :2]).all(axis=1)
    order, sorted_boxes = order[usable], sorted_boxes[usable]
    iou, share = overlaps(sorted_boxes, sorted_boxes)
    same = np.tril((iou > SAME_IOU) | (share > NESTED), -1)
    dropped: set[int] = set()
    for row, other in zip(*np.nonzero(same), strict=True):
        if int(other) not in dropped:
            dropped.add(int(row))
    return [int(order[row]) for row in range(len(order)) if row not in dropped]
