"""Whose foot another vehicle hides: a box's lower edge is then that one's upper edge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge.measure.geometry import Floats
from edge.measure.track import Track

HIDES = 0.5
TOUCHES = 0.06
"""One that is nearer hides a foot below so much of its width, with a gap of so many heights at most."""


def covered(live: Sequence[Track], present: Sequence[Track], at: float) -> frozenset[int]:
    """The tracks of which another known vehicle hides the foot at `at` (s).

    One that is not seen hides nobody's, unless it is taken to be there all the same, being hidden itself.
    """
    known = [track for track in live if track.confirmed and (track.seen_at == at or track in present)]
    hidden = feet_hidden(np.array([track.expected_xyxy(at) for track in known]).reshape(-1, 4))
    return frozenset(track.id for track, is_hidden in zip(known, hidden, strict=True) if is_hidden)


def feet_hidden(xyxy: Floats) -> list[bool]:
    """Whether another one of these boxes (n, 4) px hides a box's lower edge."""
    x0, y0, x1, y1 = xyxy.T
    width, height = x1 - x0, y1 - y0
    common = np.minimum(x1[:, None], x1[None, :]) - np.maximum(x0[:, None], x0[None, :])
    nearer = y1[None, :] > y1[:, None] + TOUCHES * height[:, None]
    meets = y0[None, :] <= y1[:, None] + TOUCHES * height[:, None]
    hides = nearer & meets & (common > HIDES * width[:, None])
    return [bool(row) for row in hides.any(axis=1)]
