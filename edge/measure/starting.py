"""Who stood, was not found while it drove off, and is found again farther along its way.

A standing vehicle is looked for where it stands. Where few pictures come, or it is hidden as it starts, its
next box lies beyond that; a new track there would have crossed no line.
"""

from __future__ import annotations

import numpy as np

from edge.measure.association import NEVER
from edge.measure.geometry import Floats
from edge.measure.track import Track

UNSEEN_S = 0.4, 2.0
"""It was not found for so long, in seconds: before, it is found where it stood; later, it is hidden there."""

NEAR, STARTS = 0.75, 0.9
"""It is no farther away than so many scales, and so many more by the square of the seconds since."""

CAME = 1.0
"""Its way is known if it came from so many scales away."""

AHEAD = 0.85
"""Cosine of the angle between its way until it stood and its way since."""

ALIKE = 0.35
"""Its box is as wide and high as before, up to so much in the logarithm."""


def may_have_started(track: Track, at: float) -> bool:
    """Whether the vehicle may drive, unseen, at `at` (s)."""
    return track.stopped and UNSEEN_S[0] < at - track.seen_at < UNSEEN_S[1]


def ways_driven(track: Track, boxes: Floats, at: float) -> Floats:
    """How far (scales, (n,)) it drove if it is such a box, (n, 4) centre and size; `NEVER`: it is not."""
    motion = track.motion
    stood = np.array([motion.cx, motion.cy])
    came = (stood - track.came_from) / motion.scale
    ways = (boxes[:, :2] - stood) / motion.scale
    far, came_far = np.hypot(*ways.T), np.hypot(*came)
    sizes = np.abs(np.log(boxes[:, 2:] / (motion.width, motion.height))).max(axis=1)
    near = far <= NEAR + STARTS * (at - track.seen_at) ** 2
    goes_on = (ways @ came >= AHEAD * far * came_far) & (came_far >= CAME)
    return np.asarray(np.where(near & goes_on & (sizes <= ALIKE), far, NEVER))
