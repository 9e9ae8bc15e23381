"""What cameras see corrects the balance: the queue in view of booths and approach, and matched vehicles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.minutes import LaneMinute, Match
from dashboard.waits.booth import EMPTY_VEHICLES, SERVED_WITHIN_S, is_unseen
from dashboard.waits.drift import Array, about, at_least, at_most
from dashboard.waits.mix import Mix
from dashboard.waits.slices import Slice
from dashboard.waits.standing import OCCUPIED
from dashboard.waits.stream import (
    COUNT_ERROR,
    ROAD_MS,
    Followed,
    Stream,
    Use,
    guessed_variance,
)

MINUTE_S = 60.0
TAKES_WITHIN_S = 150.0
LEAST_SHARE, MOST_SHARE, BOUND_ERROR, BOUND_WEIGHT = 0.9, 1.0, 0.1, 0.1
ROOM_AFTER_S = 90.0
"""A booth that opened beside full ones has room until those who wait upstream have driven to it."""
FEW, LEAST_BEYOND = 1.0, 2.0
"""When measuring begins: vehicles in view that the balance may not know of, and that may stand beyond a full
view (or as many as in it): a guess, until matches tell."""
MATCH_WRONG, MATCH_WEIGHT = 1e-3, 0.5
"""Its two readings share the vehicles that were counted behind it, so that each weighs half."""
TAIL_ERROR, LANE_LUCK = 0.5, 0.2
OTHERS_BEFORE, BOOTH_LUCK, BOOTH_LUCK_SHARE = 0.93, 1.5, 0.15
JAMMED, JAMMED_SD, CLEAR_SHARE, STANDS_SHARE = 0.93, 0.09, 0.15, 0.1
"""Vehicles in an approach's view, over those that fit: what a queue that moves up fills, and what is none."""
FULL_TELLS, NOT_FULL_TELLS = 1.4, 2.7
NOTHING_BEYOND = -6.0
FULL_SD, TAIL_WEIGHT = 1.5, 0.5


def look(stream: Stream, now: Slice, uses: Sequence[Use], blocked: bool) -> None:
    """Correct the balance by the queue in view of the booths; `blocked`: others hold vehicles back."""
    rows = [now.rows[use.booth.spec.id] for use in uses if use.booth.spec.id in now.rows]
    if len(rows) < len(uses) or not rows or any(row.in_view_mean is None for row in rows):
        return
    base = stream.drift.base - _change(stream, now.start_s, now.end_s) / 2
    seen = sum(
        use.share * max(0.0, (row.in_view_mean or 0.0) - use.booth.left_over)
        for use, row in zip(uses, rows, strict=True)
    )
    mixed = sum(
        use.share * (1 - use.share) * (row.in_view_mean or 0.0) for use, row in zip(uses, rows, strict=True)
    )
    transit = _transit(stream, now, uses)
    x = stream.drift.vehicles(base)
    if not stream.anchored and seen > stream.drift.mean() + FEW:
        _anchor(stream, x, seen, uses, rows)
        return
    stream.anchored = True
    weight = min(1.0, now.length_s / MINUTE_S)
    variance = 0.5 + (0.06 * seen) ** 2 + 0.3 * transit + mixed
    vacant = all(map(_is_vacant, rows))
    if blocked or any(map(is_unseen, rows)) or not (vacant or _has_room(stream, now, uses)):
        stream.drift.weigh(at_least(x, seen, math.sqrt(variance)), weight)
    elif vacant:
        sd = (0.5 if stream.approaches else 0.25) + 0.3 * transit
        stream.drift.weigh(about(x, transit, sd, sd), min(1.0, 0.25 + 3 * weight))
    else:
        sd = math.sqrt(variance)
        below, above = (sd, sd) if stream.approaches else (1.0 + 0.25 * seen, 1.5 + 0.35 * seen)
        stream.drift.weigh(about(x, seen + transit, below, above), weight)


def _anchor(stream: Stream, x: Array, seen: float, uses: Sequence[Use], rows: Sequence[LaneMinute]) -> None:
    """Measuring begins where vehicles stand that nobody counted: the first view of all booths tells how many.

    Where the view is full, or its lanes are and a road lies upstream, more may stand beyond it. `x`: vehicles
    of each cell (CELLS,) at the middle of the slice.
    """
    stream.anchored = True
    sd = math.sqrt(0.5 + (0.06 * seen) ** 2)
    crowded = not all(map(_is_vacant, rows)) and all(use.booth.roomy_s is None for use in uses)
    if any(row.full for row in rows) or (stream.approaches and crowded):
        beyond = np.exp((seen - x) / max(LEAST_BEYOND, seen))
        stream.drift.begin(np.minimum(at_least(x, seen, sd), beyond))
    else:
        stream.drift.begin(about(x, seen, sd, sd))


def look_upstream(stream: Stream, now: Slice, uses: Sequence[Use], mixes: Mapping[str, Mix]) -> None:
    """Bound the balance by where the queue ends on the approach, and follow the queue beyond it."""
    served = stream.served_per_s(now.end_s)
    if not stream.approaches:
        came = stream.entered.since(now.start_s, now.end_s) if stream.counted else None
        stream.spill.step(now.length_s, came, NOTHING_BEYOND, served)
        return
    view = _upstream_view(stream, now)
    stream.capacity.age(now.length_s)
    if view is None:
        stream.spill.step(now.length_s, None, 0.0, served)
        return
    flow = stream.entered.since(now.start_s, now.end_s)
    stream.spill.step(now.length_s, flow, view.evidence(), served)
    _bound(stream, view, room_of(stream, uses, mixes), min(1.0, now.length_s / MINUTE_S))


def _bound(stream: Stream, view: UpstreamView, room: float, weight: float) -> None:
    """Where the queue ends in the view, or beyond it, so many vehicles stand between line and booths."""
    x = stream.drift.vehicles()
    full, sd = stream.capacity.share * room, stream.capacity.sd() * room
    if not stream.is_alone():
        if stream.spill.covered:
            stream.drift.weigh(at_least(x, LEAST_SHARE * room, BOUND_ERROR * room + 1), BOUND_WEIGHT)
        elif view.filled < CLEAR_SHARE:
            stream.drift.weigh(at_most(x, MOST_SHARE * room, BOUND_ERROR * room + 1), BOUND_WEIGHT)
        return
    if stream.spill.covered_share > 0.8:
        near = math.hypot(FULL_SD, sd)
        stream.drift.weigh(about(x, full, near, near), TAIL_WEIGHT * weight)
    elif view.stopped > STANDS_SHARE:
        free = view.fit * max(0.0, 1.0 - view.filled / JAMMED)
        near = math.hypot(FULL_SD + 0.25 * view.fit, sd)
        stream.drift.weigh(about(x, full - free, near, near), TAIL_WEIGHT * weight)
    elif view.filled < CLEAR_SHARE and stream.spill.covered_share < 0.2:
        stream.drift.weigh(at_most(x, full - 0.7 * view.fit, math.hypot(FULL_SD, sd)), TAIL_WEIGHT * weight)


@dataclass(frozen=True, slots=True)
class UpstreamView:
    """The approach lanes' views: vehicles that fit in, shares filled and standing, share of lanes `full`."""

    fit: float
    filled: float
    stopped: float
    full: float

    def evidence(self) -> float:
        """Logarithm of the likelihood of a covered line over that of a free one."""
        short = max(0.0, JAMMED - self.filled) / JAMMED_SD
        density = max(-6.0, 1.6 - 0.5 * short**2)
        return density + FULL_TELLS * self.full - NOT_FULL_TELLS * (1.0 - self.full)


def _upstream_view(stream: Stream, now: Slice) -> UpstreamView | None:
    rows = [now.rows.get(lane.id) for lane in stream.approaches]
    if any(row is None or row.in_view_mean is None or row.arrivals is None for row in rows):
        return None
    seen = [row for row in rows if row is not None]
    fit = sum(max(1.0, lane.view_m / stream.spec.pitch_m) for lane in stream.approaches)
    return UpstreamView(
        fit,
        sum(row.in_view_mean or 0.0 for row in seen) / fit,
        sum(row.stopped_mean or 0.0 for row in seen) / fit,
        sum(row.full is True for row in seen) / len(seen),
    )


def match(stream: Stream, now: Slice, matches: Sequence[Match], uses: Sequence[Use], room: float) -> None:
    """A vehicle seen at both ends tells how many came after it, whatever the balance says."""
    for found in matches:
        told = [_from_tail(stream, found, uses), _from_booth(stream, found, uses, now.end_s)]
        for at_s, inside, variance in filter(None, told):
            change = _change(stream, at_s, now.end_s)
            vehicles = stream.drift.vehicles(stream.drift.base - change)
            sd = math.sqrt(variance + COUNT_ERROR * stream.left.since(at_s, now.end_s) * 2)
            off = inside - (stream.drift.mean() - change)
            sd *= stream.surprise.see(off / math.hypot(sd, stream.drift.sd()))
            stream.drift.weigh(np.maximum(about(vehicles, inside, sd, sd), MATCH_WRONG), MATCH_WEIGHT)
            stream.anchored = True
        stream.matched_s = found.at_s
        stream.followed.append(Followed(found.from_lane, found.at_s - found.travel_s, found.at_s))
        if stream.spill.covered_share > 0.95:
            stream.capacity.see(inside, room, sd)
        joined_s = found.at_s - found.travel_s + stream.drive_s()
        if not stream.spill.covered:
            stream.backtest.see(joined_s, max(0.0, found.at_s - joined_s))
        stream.reached.append((found.at_s, max(0.0, found.at_s - joined_s)))


def _from_tail(stream: Stream, found: Match, uses: Sequence[Use]) -> tuple[float, float, float] | None:
    """When the matched vehicle passed its booth's tail line, vehicles inside then, and their variance.

    Up to there drivers keep their order: between the lines are those that came over the approach line after
    it. The others are in the views of the booths.
    """
    booth = next((use.booth for use in uses if use.booth.spec.id == found.lane), None)
    passed_s = booth.tail_passed_s(found.at_s) if booth else None
    entered_s = found.at_s - found.travel_s
    if passed_s is None or passed_s < entered_s or not stream.approaches:
        return None
    behind = stream.entered.since(entered_s, passed_s)
    seen = sum(use.share * use.booth.viewed.at(passed_s) for use in uses)
    lanes = len(stream.approaches) + len(uses) - 2
    unsure = guessed_variance(stream.guessed.since(entered_s, passed_s)) + lanes * LANE_LUCK * behind
    return passed_s, behind + seen, TAIL_ERROR + COUNT_ERROR * (behind + seen) + unsure


def _from_booth(
    stream: Stream, found: Match, uses: Sequence[Use], end_s: float
) -> tuple[float, float, float]:
    """The same when it came to stand at the booth: most of the other booths hold one that came before it."""
    others = max(0, sum(use.booth.served_within(end_s, SERVED_WITHIN_S) for use in uses) - 1)
    behind = stream.entered.since(found.at_s - found.travel_s, found.at_s)
    luck = others * (BOOTH_LUCK + BOOTH_LUCK_SHARE * min(behind, 60.0))
    luck += guessed_variance(stream.guessed.since(found.at_s - found.travel_s, found.at_s))
    return found.at_s, behind + OTHERS_BEFORE * others, TAIL_ERROR + COUNT_ERROR * behind + luck


def _change(stream: Stream, start_s: float, end_s: float) -> float:
    """By how much the balance changed between two times."""
    return stream.entered.since(start_s, end_s) - stream.left.since(start_s, end_s)


def _is_vacant(row: LaneMinute) -> bool:
    return (row.in_view_mean or 0.0) < EMPTY_VEHICLES and (row.booth_occ or 0.0) <= OCCUPIED


def _transit(stream: Stream, now: Slice, uses: Sequence[Use]) -> float:
    """Vehicles that drive between the entry lines and the view of the booths, at the middle of the slice."""
    if not stream.approaches:
        return 0.0
    middle = (now.start_s + now.end_s) / 2
    view_m = max(use.booth.spec.view_m for use in uses)
    return stream.entered.since(middle - max(0.0, stream.line_m() - view_m) / ROAD_MS, middle)


def _has_room(stream: Stream, now: Slice, uses: Sequence[Use]) -> bool:
    """Whether an open booth's lane could take another vehicle, so that nobody waits upstream of the view.

    An arrival alone does not open a booth: a vehicle of the next lane may have been counted for it. It must
    have been seen in the lane, and where other lanes are crowded for longer than it takes to fill this one.
    """
    if not stream.approaches:
        return True
    within_s = max(TAKES_WITHIN_S, 1.5 * now.length_s)
    roomy_s = ROOM_AFTER_S if any(use.booth.is_crowded() for use in uses) else 0.0
    return any(
        booth.arrived_s is not None
        and now.end_s - booth.arrived_s <= within_s
        and booth.roomy_s is not None
        and now.end_s - booth.roomy_s >= roomy_s
        for booth in (use.booth for use in uses)
    )


def room_of(stream: Stream, uses: Sequence[Use], mixes: Mapping[str, Mix]) -> float:
    """Vehicles of this stream that stand between the approach lines and the booths when all is full.

    Lanes of booths that are seen empty then are closed, and nobody stands in them.
    """
    stacking = max((use.booth.spec.room_m for use in uses), default=0.0)
    road = sum(
        mixes[lane.id].share(stream.spec.id) * max(0.0, (lane.line_m or 0.0) - stacking)
        for lane in stream.approaches
    )
    used = sum(not use.booth.is_empty() for use in uses)
    return (road + max(1, used) * stacking) / stream.spec.pitch_m
