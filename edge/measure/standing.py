"""Since when a vehicle stands, as its boxes show it."""

from __future__ import annotations

from edge.measure.lane_view import LaneView
from edge.measure.motion import Speed
from edge.measure.track import Track

STOPPED_M_S = 5 / 3.6
"""Slower than 5 km/h is stopped, where a ground plane gives metres."""

STOPPED_HEIGHTS = 0.10
"""Without a ground plane: an anchor that moves less than this share of its box height per second."""

DOUBT = 1.5
"""A box that jitters does not drive: so many standard errors of the fitted speed are allowed for."""

LIKELY = 0.5
"""On a ground plane one stands while it is so likely slower than that."""

GROWS_HEIGHTS, STEADILY = 0.2, 10.0
"""What comes into sight grows by more than this share of its height per second, and by so many standard
errors of that: the box of one that stands jumps, from cab to trailer and back."""

STILL_M = 0.5
STILL_HEIGHTS = 0.08
"""A vehicle stands since it came within this of where it stands."""


def judge_standing(track: Track, lane: LaneView | None) -> None:
    """Note since when the vehicle stands, as its boxes show it by now."""
    since = standing_since(track, lane)
    if since is not None and track.stopped and track.stopped_since is not None:
        since = min(since, track.stopped_since)
    track.stand(since)


def standing_since(track: Track, lane: LaneView | None) -> float | None:
    """Since when the vehicle stands (s); None if it does not, or was not seen for long enough to tell.

    Where its speed on the road is not known, what was said of it holds.
    """
    plane = lane.plane if lane is not None else None
    if plane is None:
        return _standing_in_picture(track)
    slow = None if track.advance is None else track.advance.slower(STOPPED_M_S)
    if slow is None:
        return track.stopped_since
    if slow < LIKELY:
        return None
    if track.fit.speed() is None:
        return track.stopped_since
    return None if comes_into_sight(track) else track.fit.still_since(STILL_M, plane)


def _standing_in_picture(track: Track) -> float | None:
    foot = track.fit.speed()
    if foot is None or _drives(foot) or comes_into_sight(track):
        return None
    return track.fit.still_since(STILL_HEIGHTS * foot.height)


def comes_into_sight(track: Track) -> bool:
    """Whether its head drives and what is seen lowest of it does not.

    What is looked at ends there: the foot of one that drives in or out over that edge seems to stand.
    """
    foot = track.fit.speed()
    if foot is None or _drives(foot):
        return False
    head = track.fit.speed("head")
    return head is not None and head.value > max(GROWS_HEIGHTS * head.height, STEADILY * head.error)


def _drives(fitted: Speed) -> bool:
    """Whether one edge of a box clearly moves in the picture."""
    return fitted.value - DOUBT * fitted.error >= STOPPED_HEIGHTS * fitted.height
