"""Whose foot another vehicle hides: a box's lower edge is then that one's upper edge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge.measure.geometry import Floats
from edge.measure.track import Track

HIDES = 0.5
TOUCHES = 0.06
"""One that is nearer hides a foot below so much of its width, with a gap of so many heights at most."""


def covered(live: Sequence[Track], present: Sequence[Track], at: float) -> dict[int, float]:
    """Where another known vehicle hides a foot at `at` (s): by track, the row (px) above which it must be.

    One that is not seen hides nobody's, unless it is taken to be there all the same, being hidden itself.
    """
    known = [track for track in live if track.confirmed and (track.seen_at == at or track in present)]
    rows = feet_hidden(np.array([track.expected_xyxy(at) for track in known]).reshape(-1, 4))
    return {track.id: row for track, row in zip(known, rows, strict=True) if row is not None}


def feet_hidden(xyxy: Floats) -> list[float | None]:
    """Of each of these boxes (n, 4) px: the row of the foot of who hides its lower edge, if another one does.

    Of several the uppermost.
    """
    x0, y0, x1, y1 = xyxy.T
    width, height = x1 - x0, y1 - y0
    common = np.minimum(x1[:, None], x1[None, :]) - np.maximum(x0[:, None], x0[None, :])
    nearer = y1[None, :] > y1[:, None] + TOUCHES * height[:, None]
    meets = y0[None, :] <= y1[:, None] + TOUCHES * height[:, None]
    hides = nearer & meets & (common > HIDES * width[:, None])
    feet = np.where(hides, y1[None, :], np.inf).min(axis=1, initial=np.inf)
    return [None if row == np.inf else float(row) for row in feet]
