"""What a moment shows of a lane: who is in its area, who of them stands, and where; who is served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.measure.closely import Closely
from edge.measure.geometry import Point, anchor_of
from edge.measure.lane_view import LaneView
from edge.measure.path import Path
from edge.measure.presence import MOVING_VIEW_S
from edge.measure.standing import LIKELY, STOPPED_M_S, comes_into_sight
from edge.measure.track import Track
from edge.measure.trail import Trail

LENGTH_M = {"car": 4.5, "van": 6.0, "truck": 16.5, "bus": 12.0, "motorcycle": 2.2}
"""Usual lengths, for the end of a vehicle that the camera does not see."""

OVERHANG_M = 0.8
"""A box ends where wheels meet the road; bumpers are so much farther out."""

LATE_S = 0.2
"""Filters tell so late that a vehicle stands or starts."""

UNSURE_S = 1.0
"""Who was not seen for so long may have stopped since, or started."""

SHORTEST = 0.5
"""No vehicle is shorter than this share of the usual length of its class."""

SAME_PLACE_M = 1.0
"""Two vehicles whose places on a lane overlap by more than this cannot both be there."""

BEYOND_M = 5.0
"""One in a lane's area is in its view, but for so much."""

END_ROOM_M = 7.0
"""A further car and its gaps: with less room behind the last stopped vehicle, the queue may go on."""

END_ROOM_HEIGHTS = 0.6
"""The same without a ground plane, in heights of that vehicle's box."""

HIDDEN_SHARE = 0.6
"""The upstream end is hidden when vehicles before it cover this share of it."""

BOOTH_REACH_M = 6.0
"""A vehicle is served whose front stands within this of the booth line, the anchor not yet past it."""

BOOTH_REACH_HEIGHTS = {"toward": 0.6, "away": 1.2}
"""Without a ground plane: from anchor to line, in box heights (facing away the anchor is the rear)."""


@dataclass(frozen=True, slots=True)
class Member:
    """A vehicle in a lane's area at a moment.

    rear_m: metres upstream to its rear, None where no plane tells; lately: it was seen a moment ago;
    stands: so far as was known then; moved_up: it is hidden, and another one drives where it stood;
    trails: where it was seen, and is since, the most exact first.
    """

    track: int
    rear_m: float | None
    lately: bool
    stands: bool
    moved_up: bool
    trails: tuple[Trail, ...]

    def stood(self, at: float) -> bool:
        """Whether it stood at that moment (s), by where it was before and is since."""
        if self.moved_up:
            return False
        speeds = (trail.speed_m_s(at) for trail in self.trails)
        speed = next((known for known in speeds if known is not None), None)
        return self.stands if speed is None else abs(speed) < STOPPED_M_S


def members_of(lane: LaneView, present: Sequence[Track], at: float) -> tuple[Member, ...]:
    """Who is in the lane's area, out of all vehicles that the camera sees at `at`."""
    within = [track for track in present if lane.holds(track, at) and not _may_have_left(lane, track, at)]
    return tuple(_member(lane, track, within, at) for track in within)


def _member(lane: LaneView, track: Track, within: Sequence[Track], at: float) -> Member:
    moved_up = _has_moved_up(lane, track, within, at)
    return Member(
        track=track.id,
        rear_m=_rear_m(lane, track, at),
        lately=at - track.seen_at <= UNSURE_S,
        stands=not moved_up and _stands(lane, track, at),
        moved_up=moved_up,
        trails=_trails(lane, track),
    )


def _trails(lane: LaneView, track: Track) -> tuple[Trail, ...]:
    """Where it was seen in this lane: by its pixels, and by its boxes, unless the picture cuts them off."""
    closely, advance = _closely(lane, track), track.advance
    by_pixels = () if closely is None else (closely.trail,)
    if advance is None or advance.lane != lane.lane or comes_into_sight(track):
        return by_pixels
    return (*by_pixels, advance.trail)


def _stands(lane: LaneView, track: Track, at: float) -> bool:
    """Whether it stands in the queue: by its pixels, or as its boxes have it where they do not say."""
    way = _way(lane, track, at + LATE_S)
    slow = None if way is None else way.slower(STOPPED_M_S)
    return track.stopped if slow is None else slow >= LIKELY


def _way(lane: LaneView, track: Track, at: float) -> Path | None:
    """Its way at `at` (s) as its pixels show it, gone on from the last look; None: they do not show it."""
    closely = _closely(lane, track)
    return None if closely is None else closely.later(at - track.seen_at)


def _closely(lane: LaneView, track: Track) -> Closely | None:
    """The vehicle as its pixels show it; None: they do not, or show something that is not in the lane."""
    closely = track.closely
    if closely is None or closely.lane != lane.lane or closely.metres is None or lane.end_m is None:
        return None
    return closely if -BEYOND_M <= closely.metres <= lane.end_m + BEYOND_M else None


def _may_have_left(lane: LaneView, track: Track, at: float) -> bool:
    if track.stopped or at - track.seen_at <= MOVING_VIEW_S:
        return False
    way = _way(lane, track, at)
    if way is None or way.metres is None:
        return lane.may_be_left(track, at)
    front = way.metres - (LENGTH_M[track.cls] if lane.facing == "away" else 0.0)
    return front < -BEYOND_M


def _has_moved_up(lane: LaneView, track: Track, others: Sequence[Track], at: float) -> bool:
    """Whether one that stood is hidden, and another one is seen to drive where it stood."""
    if at - track.seen_at <= MOVING_VIEW_S:
        return False
    own = _least_place(lane, track, at)
    driving = [_least_place(lane, one, at) for one in others if one.seen_at == at and not one.stopped]
    return own is not None and any(
        place is not None and _overlap_m(own, place) > SAME_PLACE_M for place in driving
    )


def _least_place(lane: LaneView, track: Track, at: float) -> Point | None:
    """Metres upstream to the front and the rear of a vehicle that is as short as its class can be."""
    end, length = _end_m(lane, track, at), SHORTEST * LENGTH_M[track.cls]
    if end is None:
        return None
    return (end, end + length) if lane.facing == "toward" else (end - length, end)


def _overlap_m(one: Point, other: Point) -> float:
    return min(one[1], other[1]) - max(one[0], other[0])


def end_occupied(lane: LaneView, present: Sequence[Track], at: float) -> bool:
    """Whether a stopped vehicle stands at the upstream end of the lane's area."""
    return any(_at_end(lane, track, at) for track in present if track.stopped)


def end_hidden(lane: LaneView, present: Sequence[Track], at: float) -> bool:
    """Whether vehicles nearer to the camera cover the upstream end of the lane's area."""
    if lane.end is None:
        return False
    boxes = [track.expected_xyxy(at) for track in present if not _is_across_end(lane, track, at)]
    covered = sum(any(_covers(box, point) for box in boxes) for point in lane.end)
    return covered >= HIDDEN_SHARE * len(lane.end)


def beginning_hidden(lane: LaneView, present: Sequence[Track], at: float) -> bool:
    """Whether vehicles nearer to the camera cover the road on which the first of a queue would stand."""
    if not lane.first:
        return False
    boxes = [track.expected_xyxy(at) for track in present if not _is_first(lane, track, at)]
    return all(any(_covers(box, point) for box in boxes) for point in lane.first)


def is_served(lane: LaneView, track: Track, at: float) -> bool:
    """Whether the vehicle stands at the lane's booth."""
    if lane.booth is None or not track.stopped or not _is_in_lane(lane, track, at):
        return False
    xyxy = track.expected_xyxy(at)
    point = anchor_of(xyxy, "bottom")
    metres = lane.metres(point)
    if metres is None:
        reach = BOOTH_REACH_HEIGHTS[lane.facing] * (xyxy[3] - xyxy[1])
        return 0 <= -lane.booth.beyond(point) <= reach
    front = metres[1] - (LENGTH_M[track.cls] if lane.facing == "away" else 0.0)
    return metres[1] > 0 and front <= BOOTH_REACH_M


def _is_in_lane(lane: LaneView, track: Track, at: float) -> bool:
    if lane.area is not None:
        return lane.holds(track, at)
    return lane.booth is not None and lane.booth.is_beside(anchor_of(track.expected_xyxy(at), "bottom"))


def _rear_m(lane: LaneView, track: Track, at: float) -> float | None:
    """Metres upstream to its rear: by its pixels, or as its boxes have it; None where no plane tells."""
    if lane.plane is None:
        return None
    way = _way(lane, track, at)
    return _rear_of(lane, track, _end_m(lane, track, at) if way is None else way.metres)


def _rear_of(lane: LaneView, track: Track, end: float | None) -> float | None:
    """Metres upstream to the rear of a vehicle whose end that the camera sees is there."""
    if end is None:
        return None
    return end + OVERHANG_M if lane.facing == "away" else end - OVERHANG_M + LENGTH_M[track.cls]


def _end_m(lane: LaneView, track: Track, at: float) -> float | None:
    """Metres upstream to the end that the camera sees."""
    if track.stopped and track.advance is not None and track.advance.lane == lane.lane:
        return track.advance.metres
    metres = lane.metres(anchor_of(track.body(at), "bottom"))
    return None if metres is None else metres[1]


def _is_first(lane: LaneView, track: Track, at: float) -> bool:
    """Whether there is no room for another one between a vehicle of the lane and the booth line."""
    rear = _rear_of(lane, track, _end_m(lane, track, at)) if lane.holds(track, at) else None
    return rear is not None and rear - LENGTH_M[track.cls] < LENGTH_M["car"]


def _at_end(lane: LaneView, track: Track, at: float) -> bool:
    """Whether a stopped vehicle leaves no room for another one before the upstream end of the lane's area."""
    if lane.end is None:
        return False
    if lane.holds(track, at):
        return _room(lane, track, at) < 0
    return _is_across_end(lane, track, at)


def _room(lane: LaneView, track: Track, at: float) -> float:
    """Room behind a vehicle in the area, beyond what another one needs: metres, or px without a plane."""
    rear = _rear_of(lane, track, _end_m(lane, track, at))
    if rear is not None and lane.end_m is not None:
        return lane.end_m - rear - END_ROOM_M
    xyxy = track.body(at)
    return lane.end_up - lane.up(anchor_of(xyxy, lane.anchor)) - END_ROOM_HEIGHTS * (xyxy[3] - xyxy[1])


def _is_across_end(lane: LaneView, track: Track, at: float) -> bool:
    """Whether a vehicle stands across the upstream end: its anchor just outside, its box over the edge."""
    x0, y0, x1, y1 = track.body(at)
    beyond = lane.up(anchor_of((x0, y0, x1, y1), lane.anchor)) - lane.end_up
    if lane.end is None or not 0 <= beyond <= y1 - y0:
        return False
    xs = [x for x, _ in lane.end]
    across = min(xs) <= (x0 + x1) / 2 <= max(xs)
    return across and any(_covers((x0, y0, x1, y1 + 1), point) for point in lane.end)


def _covers(xyxy: Sequence[float], point: Point) -> bool:
    """Whether a box covers a point of the road that lies farther from the camera than the box's foot."""
    x0, y0, x1, y1 = xyxy
    return x0 <= point[0] <= x1 and y0 <= point[1] < y1
