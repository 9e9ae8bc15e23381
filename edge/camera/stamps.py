"""When a live picture was taken, in this machine's time, though the camera's own stamps may jump. Pure."""

from __future__ import annotations

LATE_S = 1.0
"""A picture that seems to come later than this after it was taken shows that the camera's clock jumped."""

LEAK = 0.001
"""So much slower than ours (seconds per second) a camera's clock may run."""


class Stamps:
    """Ties a camera's stamps to the times at which its pictures come; both in seconds.

    Stamps tell the time between pictures better than their arrival, which the network jitters. A picture
    never comes before it was taken, so the shortest way seen ties the two clocks; a stamp that would say
    otherwise, or a way that is suddenly long, is a jump of the camera's clock, and ties them anew.
    """

    def __init__(self) -> None:
        self._ahead: float | None = None
        self._came_at = self._at = float("-inf")
        self.jumps = 0

    def at(self, stamp: float | None, came_at: float) -> float | None:
        """When the picture that came at `came_at` was taken; None if that is not after the one before."""
        taken_at = came_at if stamp is None else self._tied(stamp, came_at)
        if taken_at <= self._at:
            return None
        self._at = taken_at
        return taken_at

    def _tied(self, stamp: float, came_at: float) -> float:
        ahead = came_at - stamp
        if self._ahead is None:
            self._ahead = ahead
        elif not -LATE_S <= ahead - self._ahead <= LATE_S:
            self.jumps += 1
            self._ahead = ahead
        else:
            self._ahead = min(ahead, self._ahead + LEAK * (came_at - self._came_at))
        self._came_at = came_at
        return stamp + self._ahead
