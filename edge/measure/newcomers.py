"""Which vehicles came from somewhere, and which only appeared: a reflection at the switch to night.

A vehicle comes into a lane's area over its edge, or from behind another one. A box that appears in the middle
of it, and stands there from its first picture on, is no vehicle of the queue before it moves, or has been
there for long. When the pictures begin, or begin again after a gap, everything that stands is believed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from math import hypot

import numpy as np

from edge.measure.geometry import Floats, Point, overlaps
from edge.measure.lane_view import LaneView
from edge.measure.track import Track

SETTLE_S = 3.0
"""For so long after the pictures begin, the detector finds what had been there before."""

GAP_S = 2.0
"""After a longer gap the pictures begin again: vehicles came meanwhile."""

MOVED = 0.3
"""A vehicle has moved when it is so many of its scales from where it appeared."""

BELIEVED_AFTER_S = 1200.0
"""What was there for longer than the longest usual stop is believed: missing a vehicle is worse by then."""

REMEMBERED_S = 60.0
REMEMBER_EVERY_S = 0.5
"""Where vehicles were for so long: there one may come out from behind another, or be found again."""

TOUCHES = 0.1
"""A box that shares so much of its area with such a place may have been hidden by what was there."""


class Newcomers:
    """Remembers who appeared from nowhere in the areas of `lanes`, in pictures of `width` x `height` px."""

    def __init__(self, lanes: Sequence[LaneView], width: int, height: int) -> None:
        self._lanes = lanes
        self._size = width, height
        self._begun: float | None = None
        self._last = 0.0
        self._judged: set[int] = set()
        self._doubted: dict[int, Point] = {}
        self._places: deque[tuple[float, Floats]] = deque()

    def believed(self, present: Sequence[Track], at: float) -> tuple[Track, ...]:
        """Those of the vehicles in the picture at `at` (s) that may be in a queue; times must not fall."""
        if self._begun is None or at - self._last > GAP_S:
            self._begun = at
        self._last = at
        for track in present:
            if track.id not in self._judged and self._is_from_nowhere(track):
                self._doubted[track.id] = track.motion.cx, track.motion.cy
        self._judged.update(track.id for track in present)
        for track in present:
            if track.id in self._doubted and self._is_proven(track, at):
                del self._doubted[track.id]
        believed = tuple(track for track in present if track.id not in self._doubted)
        self._remember(believed, at)
        return believed

    def forget(self, ended: Iterable[Track]) -> None:
        """These tracks are over."""
        for track in ended:
            self._doubted.pop(track.id, None)
            self._judged.discard(track.id)

    def _is_proven(self, track: Track, at: float) -> bool:
        x, y = self._doubted[track.id]
        way = hypot(track.motion.cx - x, track.motion.cy - y) / track.motion.scale
        return way > MOVED or at - track.born_at > BELIEVED_AFTER_S

    def _is_from_nowhere(self, track: Track) -> bool:
        if self._begun is None or track.born_at - self._begun <= SETTLE_S:
            return False
        lanes = [lane for lane in self._lanes if lane.holds(track, track.seen_at)]
        return bool(lanes) and not (
            self._is_at_edge(track) or any(_is_at_end(lane, track) for lane in lanes) or self._touches(track)
        )

    def _is_at_edge(self, track: Track) -> bool:
        x0, y0, x1, y1 = track.xyxy
        return x0 <= 1 or y0 <= 1 or x1 >= self._size[0] - 1 or y1 >= self._size[1] - 1

    def _touches(self, track: Track) -> bool:
        """Whether a vehicle was about its place lately."""
        places = [boxes for _, boxes in self._places if len(boxes)]
        if not places:
            return False
        _, share = overlaps(np.array([track.xyxy]), np.concatenate(places))
        return bool(share.max() > TOUCHES)

    def _remember(self, believed: Sequence[Track], at: float) -> None:
        if self._places and at - self._places[-1][0] < REMEMBER_EVERY_S:
            return
        while self._places and at - self._places[0][0] > REMEMBERED_S:
            self._places.popleft()
        self._places.append((at, np.array([track.body(at) for track in believed]).reshape(-1, 4)))


def _is_at_end(lane: LaneView, track: Track) -> bool:
    """Whether the upstream end of the lane's area is no farther from the box than the box is large."""
    x0, y0, x1, y1 = track.xyxy
    width, height = x1 - x0, y1 - y0
    return any(x0 - width <= x <= x1 + width and y0 - height <= y <= y1 + height for x, y in lane.end or ())
