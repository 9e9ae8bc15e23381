"""For how long lanes need no look while nothing moves in the picture. Pure; times in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge.measure.geometry import anchor_of
from edge.measure.presence import STANDING_VIEW_S
from edge.measure.region import Cells, holds
from edge.measure.track import Track

STILL = 0.05
"""Whose foot moved by fewer of its scales from look to look may have come to stand."""

STANDING_REST_S = 5.0
EMPTY_REST_S = 2.0
SETTLING_REST_S = 0.5
"""While nothing moves, lanes in which vehicles stand, or none is, or one may have come to stand just now, are
looked at so often."""


def near(tracks: Iterable[Track], cells: Cells, at: float) -> list[Track]:
    """The tracks that are in or near the lanes, whose `cells` those are, at `at`."""
    return [track for track in tracks if _is_near(track, cells, at)]


def rest_s(near_lanes: Sequence[Track], looked_at: float) -> float:
    """For how long after the last look, at `looked_at`, no further one is needed if nothing moves.

    0: look now, for a vehicle in or near the lanes drives, or one cannot tell yet whether it is there.
    """
    unsettled = [track for track in near_lanes if not _is_settled(track, looked_at)]
    if unsettled:
        return 0.0 if any(_may_drive(track, looked_at) for track in unsettled) else SETTLING_REST_S
    return STANDING_REST_S if near_lanes else EMPTY_REST_S


def _is_near(track: Track, cells: Cells, at: float) -> bool:
    xyxy = track.expected_xyxy(at)
    return any(holds(cells, anchor_of(xyxy, anchor)) for anchor in ("bottom", "center"))


def _is_settled(track: Track, looked_at: float) -> bool:
    """Whether more looks at the same picture would say no more of a vehicle."""
    missed_s = looked_at - track.seen_at
    return track.confirmed and track.stopped and (not missed_s or missed_s > STANDING_VIEW_S)


def _may_drive(track: Track, looked_at: float) -> bool:
    """Whether a vehicle is not sure yet, moved between the last two looks, or was missed by the last.

    What only a part of another one's box was, and is not found, does not drive.
    """
    if not track.confirmed:
        return True
    return track.apart if track.seen_at < looked_at else track.moved >= STILL
