"""Which tracks are vehicles that are there now: seen, missed for a moment, or standing behind another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.measure.duplicates import NESTED
from edge.measure.geometry import Floats, overlaps
from edge.measure.track import Track

Flags = NDArray[np.bool_]

MOVING_VIEW_S = 0.7
STANDING_VIEW_S = 4.0
"""A vehicle without a box stays in view this long, unless it stands behind another one."""

COVERED_SHARE = 0.5
"""A vehicle is behind another whose box covers this share of the smaller of both."""

SAME_PLACE_IOU = 0.5
"""A missed vehicle in whose place another one is seen is that one, or gone."""

STEADY_SHARE = 0.7
STEADY_AFTER_S = 1.0
"""A box on a steady vehicle's box, found in fewer of its pictures or not for as long, is a part of it, unless
that one came later and is gone: who was hidden was found in fewer."""


def present(live: Sequence[Track], at: float) -> tuple[Track, ...]:
    """The vehicles taken to be there at `at`, each once."""
    tracks = [track for track in live if track.confirmed]
    if all(track.seen_at == at and _is_steady(track, at) for track in tracks):
        return tuple(tracks)
    places = np.array([track.body(at) for track in tracks])
    iou, share = overlaps(places, places)
    seen = np.array([track.seen_at == at for track in tracks])
    steady = np.array([_is_steady(track, at) for track in tracks])
    born = np.array([track.born_at for track in tracks])
    return tuple(
        track
        for row, track in enumerate(tracks)
        if (steady[row] or not _others(share[row], row, steady & (seen | (born <= born[row])), COVERED_SHARE))
        and (seen[row] or _is_held(track, row, iou[row], share[row], seen, steady, at))
    )


def _is_steady(track: Track, at: float) -> bool:
    return track.steadiness >= STEADY_SHARE and at - track.born_at >= STEADY_AFTER_S


def _is_held(
    track: Track, row: int, iou: Floats, share: Floats, seen: Flags, steady: Flags, at: float
) -> bool:
    """Whether a vehicle without a box is still there; an unsteady box about a steady one may be it."""
    if _others(iou, row, seen, SAME_PLACE_IOU):
        return False
    rivals = seen & steady if steady[row] else seen
    if not track.stopped and _others(share, row, rivals, NESTED):
        return False
    if track.stopped:
        return at - track.seen_at <= STANDING_VIEW_S or _others(share, row, seen, COVERED_SHARE)
    if track.followed and _others(share, row, seen, COVERED_SHARE):
        return True
    return at - track.seen_at <= (_creep_s(track) if steady[row] else MOVING_VIEW_S)


def _creep_s(track: Track) -> float:
    """How long a vehicle that drives is taken to be behind whatever hides it: it cannot vanish, but leave."""
    return min(max(MOVING_VIEW_S, track.own_length_s), STANDING_VIEW_S)


def _others(overlap: Floats, row: int, which: Flags, limit: float) -> bool:
    """Whether one of `which` tracks, but not `row` itself, overlaps more than `limit`."""
    found = which & (overlap > limit)
    found[row] = False
    return bool(found.any())
