"""One vehicle in several boxes: cab and trailer, or the two halves of a car behind a post."""

from __future__ import annotations

import numpy as np

from edge.measure.geometry import Floats, overlaps

WHOLE_IOU = 0.6
"""A box that overlaps the expected one so much shows the vehicle whole."""

PART_SHARE = 0.8
"""A part lies in the vehicle's expected box with this share of its own area."""

OTHER_IOU = 0.5
"""A box that overlaps another vehicle's expected box so much is that one."""

TOGETHER_IOU = 0.7
"""The parts make the vehicle when the box about them overlaps the expected one so much."""

Parts = tuple[list[int], Floats]
"""Rows of boxes that are one vehicle, and the box (4,) about them."""


def assembled(expected: Floats, boxes: Floats, iou: Floats) -> list[Parts]:
    """Boxes (m, 4) xyxy that are parts of vehicles expected at (n, 4); each box is a part of one at most.

    `iou`: of each vehicle with each box, (n, m).
    """
    if not len(expected) or len(boxes) < 2:
        return []
    partly = iou.max(axis=1) < WHOLE_IOU
    if not partly.any():
        return []
    inside = inside_share(expected, boxes) > PART_SHARE
    found: list[Parts] = []
    free = np.ones(len(boxes), bool)
    for row in np.flatnonzero(partly & (inside.sum(axis=1) > 1)):
        others = np.delete(iou, row, axis=0)
        own = free & inside[row] & ((others.max(axis=0) < OTHER_IOU) if len(others) else True)
        parts = np.flatnonzero(own)
        if len(parts) < 2:
            continue
        about = np.concatenate([boxes[parts, :2].min(axis=0), boxes[parts, 2:].max(axis=0)])
        if overlaps(expected[row : row + 1], about[None])[0][0, 0] >= TOGETHER_IOU:
            free[parts] = False
            found.append(([int(part) for part in parts], about))
    return found


def inside_share(expected: Floats, boxes: Floats) -> Floats:
    """Which share of each box's area lies in each expected box; (n, m)."""
    size = np.minimum(expected[:, None, 2:], boxes[None, :, 2:]) - np.maximum(
        expected[:, None, :2], boxes[None, :, :2]
    )
    common = np.maximum(size, 0).prod(axis=2)
    return np.asarray(common / np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-9))
