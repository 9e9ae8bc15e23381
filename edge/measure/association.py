"""Which box belongs to which track: gates, costs and the optimal assignment."""

from __future__ import annotations

import lap
import numpy as np
from numpy.typing import NDArray

from edge.measure.geometry import Floats
from edge.measure.motion import JITTER

GATE = 3.0
"""A box farther than this many standard deviations from its expected place is another vehicle."""

SIZE_SPREAD = 0.25
"""Standard deviation of log width and log height between looks at one vehicle."""

SIZE_GATE = 1.0
"""A box whose log width or log height differs more is another vehicle (a factor of 2.7)."""

LIMIT = 30.0
"""A pair that costs this much is worth no more than a vanished vehicle and a new one."""

NEVER = 1e6

Pairs = list[tuple[int, int]]
Row = tuple[float, float, float, float, float, float]


def assign(cost: Floats, limit: float) -> Pairs:
    """Pairs (row, column) of least total cost, none of which costs `limit` or more.

    Source: the Jonker-Volgenant algorithm (`lap`).
    """
    if not cost.size or not (cost < limit).any():
        return []
    _, columns, _ = lap.lapjv(cost, extend_cost=True, cost_limit=limit)
    return [(row, int(column)) for row, column in enumerate(columns) if column >= 0]


def motion_cost(tracks: Floats, boxes: Floats) -> Floats:
    """Unlikeliness (minus twice the log-likelihood, from 0) of boxes at expected places and sizes; (n, m).

    tracks: (n, 6) expected centre x, y (px), width, height (px), variance (scales^2), scale (px).
    boxes: (m, 4) centre x, y, width, height (px). Pairs outside a gate cost `NEVER`.
    """
    offset = (boxes[None, :, :2] - tracks[:, None, :2]) / tracks[:, None, 5:6]
    place = (offset**2).sum(axis=2) / tracks[:, None, 4]
    size = np.abs(np.log(boxes[None, :, 2:] / tracks[:, None, 2:4]))
    vague = 2 * np.log(tracks[:, 4:5] / JITTER**2)
    cost = place + vague + ((size / SIZE_SPREAD) ** 2).sum(axis=2)
    outside: NDArray[np.bool_] = (place > GATE**2) | (size > SIZE_GATE).any(axis=2)
    return np.asarray(np.where(outside, NEVER, cost))


def centres(xyxy: Floats) -> Floats:
    """Boxes (n, 4) xyxy as centre x, y, width, height (n, 4); no side is below one pixel."""
    size = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 1.0)
    return np.hstack([(xyxy[:, :2] + xyxy[:, 2:]) / 2, size])
