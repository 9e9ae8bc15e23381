"""Who drove in a lane when something hid them: for the queue they are on their way for a while yet.

Their tracks end sooner, and what comes into sight again counts at lines as a vehicle of its own; taken for
the same one, two of twenty lorries were missed. But a queue must not be told shorter than it is because a
lorry pulls up before the camera.
"""

from __future__ import annotations

from edge.measure.track import Track
from edge.measure.tracker import Tracked

REMEMBERED_S = 8.0
"""For so long after they were last seen."""


class Hidden:
    """Remembers vehicles on the road whose tracks ended, but not over the edge of the picture."""

    def __init__(self) -> None:
        self._lost: tuple[Track, ...] = ()

    def step(self, tracked: Tracked, at: float) -> Tracked:
        """The same with the remembered ones among the live tracks; those that ended are over for good."""
        lost = [track for track in tracked.ended if track.followed and not track.left]
        kept = tuple(track for track in (*self._lost, *lost) if at - track.seen_at <= REMEMBERED_S)
        over = tuple(track for track in (*self._lost, *tracked.ended) if track not in kept)
        self._lost = kept
        return Tracked((*tracked.live, *kept), over)
