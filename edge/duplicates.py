"""Two boxes on one vehicle: keep one."""

from __future__ import annotations

import numpy as np

from edge.geometry import Floats, overlaps

SAME_IOU = 0.6
NESTED = 0.9
"""Boxes that overlap so much, or lie so much inside one another, are taken for one vehicle."""


def distinct(xyxy: Floats, scores: Floats) -> list[int]:
    """Rows of boxes (n, 4) px to keep, strongest first; empty boxes are left out."""
    order = [int(row) for row in np.argsort(-scores, kind="stable") if _has_area(xyxy[row])]
    if len(order) < 2:
        return order
    iou, share = overlaps(xyxy[order], xyxy[order])
    same = (iou > SAME_IOU) | (share > NESTED)
    kept: list[int] = []
    for row in range(len(order)):
        if not any(same[row, other] for other in kept):
            kept.append(row)
    return [order[row] for row in kept]


def _has_area(xyxy: Floats) -> bool:
    return bool(np.isfinite(xyxy).all() and xyxy[2] > xyxy[0] and xyxy[3] > xyxy[1])
