"""What cameras see corrects the balance: the queue in view of booths and approach, and matched vehicles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.minutes import LaneMinute, Match
from dashboard.waits.booth import EMPTY_VEHICLES
from dashboard.waits.drift import about, at_least, at_most
from dashboard.waits.mix import Mix
from dashboard.waits.slices import Slice
from dashboard.waits.standing import OCCUPIED
from dashboard.waits.stream import ROAD_MS, Stream, Use

MINUTE_S = 60.0
TAKES_WITHIN_S = 150.0
LEAST_SHARE, MOST_SHARE, BOUND_ERROR, BOUND_WEIGHT = 0.9, 1.0, 0.1, 0.1
ROOM_SHARE = 0.7
MATCH_LUCK, MATCH_SHARE, MATCH_WRONG = 2.0, 0.08, 1e-3
JAM_SHARE, CLEAR_SHARE = 0.6, 0.35
"""Vehicles in the view of an approach, over those that fit: the queue stands in it, or does not."""


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
    weight = min(1.0, now.length_s / MINUTE_S)
    variance = 0.5 + (0.06 * seen) ** 2 + 0.3 * transit + mixed
    if blocked or not (all(map(_is_vacant, rows)) or _has_room(stream, now, uses, rows)):
        stream.drift.weigh(at_least(x, seen, math.sqrt(variance)), weight)
    elif all(map(_is_vacant, rows)):
        sd = (0.5 if stream.approaches else 0.25) + 0.3 * transit
        stream.drift.weigh(about(x, transit, sd, sd), min(1.0, 0.25 + 3 * weight))
    else:
        sd = math.sqrt(variance)
        below, above = (sd, sd) if stream.approaches else (1.0 + 0.25 * seen, 1.5 + 0.35 * seen)
        stream.drift.weigh(about(x, seen + transit, below, above), weight)


def look_upstream(stream: Stream, now: Slice, uses: Sequence[Use], mixes: Mapping[str, Mix]) -> None:
    """Bound the balance by where the queue ends on the approach, and watch the queue beyond it."""
    lanes = [lane for lane in stream.approaches if lane.id in now.rows]
    if not lanes:
        return
    fit = [max(1.0, lane.view_m / stream.spec.pitch_m) for lane in lanes]
    rows = [now.rows[lane.id] for lane in lanes]
    standing = all(_is_jammed(row, most) for row, most in zip(rows, fit, strict=True))
    clear = any(_is_clear(row, most) for row, most in zip(rows, fit, strict=True))
    room = _room(stream, uses, mixes)
    x = stream.drift.vehicles()
    if standing:
        stream.drift.weigh(at_least(x, LEAST_SHARE * room, BOUND_ERROR * room + 1), BOUND_WEIGHT)
    elif clear:
        stream.drift.weigh(at_most(x, MOST_SHARE * room, BOUND_ERROR * room + 1), BOUND_WEIGHT)
    flow = stream.entered.since(now.start_s, now.end_s) / now.length_s
    served = stream.left.since(now.end_s - 1800.0, now.end_s) / 1800.0
    stream.rate_per_s = stream.spill.step(now.length_s, standing, clear, stream.rate_per_s, flow, served)


def match(stream: Stream, now: Slice, matches: Sequence[Match], working: int) -> None:
    """A vehicle seen at both ends tells how many came after it, whatever the balance says.

    As many others as there are booths that work had come before it and are still there, more or less.
    """
    for found in matches:
        inside = stream.entered.since(found.at_s - found.travel_s, found.at_s) + working
        sd = math.sqrt(1.5 + MATCH_LUCK * working + (MATCH_SHARE * inside) ** 2)
        vehicles = stream.drift.vehicles(stream.drift.base - _change(stream, found.at_s, now.end_s))
        stream.drift.weigh(np.maximum(about(vehicles, inside, sd, sd), MATCH_WRONG))
        stream.matched_s = found.at_s
        joined_s = found.at_s - found.travel_s + stream.drive_s()
        if not stream.spill.covered:
            stream.backtest.see(joined_s, max(0.0, found.at_s - joined_s))
        stream.reached.append((found.at_s, max(0.0, found.at_s - joined_s)))


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


def _has_room(stream: Stream, now: Slice, uses: Sequence[Use], rows: Sequence[LaneMinute]) -> bool:
    """Whether an open booth's lane could take another vehicle, so that nobody waits upstream of the view."""
    if not stream.approaches:
        return True
    fit = min(use.booth.spec.view_m for use in uses) / stream.spec.pitch_m
    within_s = max(TAKES_WITHIN_S, 1.5 * now.length_s)
    return any(
        use.booth.arrived_s is not None
        and now.end_s - use.booth.arrived_s <= within_s
        and not row.full
        and (row.in_view_mean or 0.0) < ROOM_SHARE * fit
        for use, row in zip(uses, rows, strict=True)
    )


def _is_jammed(row: LaneMinute, fit: float) -> bool:
    return (row.in_view_mean or 0.0) >= JAM_SHARE * fit or (
        row.full is True and (row.stopped_mean or 0.0) >= 1.0
    )


def _is_clear(row: LaneMinute, fit: float) -> bool:
    return (row.in_view_mean or 0.0) < CLEAR_SHARE * fit and (row.stopped_mean or 0.0) < 0.5


def _room(stream: Stream, uses: Sequence[Use], mixes: Mapping[str, Mix]) -> float:
    """Vehicles of this stream that stand between the approach lines and the booths when all is full."""
    stacking = max((use.booth.spec.stacking_m or use.booth.spec.view_m for use in uses), default=0.0)
    road = sum(
        mixes[lane.id].share(stream.spec.id) * max(0.0, (lane.line_m or 0.0) - stacking)
        for lane in stream.approaches
    )
    return (road + len(uses) * stacking) / stream.spec.pitch_m
