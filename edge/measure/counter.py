"""Counting: a small state machine per track and line. Each vehicle counts once per line, arrivals first.

A track must have been seen before the line, its way must meet the line's segment, and it must stay beyond.
A second box on a part of another vehicle is nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from edge.config import LaneConfig
from edge.measure.footing import footing, lean_of
from edge.measure.geometry import Point, Segment, anchor_of, segment_of
from edge.measure.track import Track
from edge.vision import Crossing, Line

STAY_S = 0.3
"""A vehicle must stay beyond the line this long before it counts."""

WINDOW_S = 1.0
"""Where a box jitters about the line, the mean over this much of the past says on which side it is."""

CLIP = 0.1
"""One look moves that mean by no more than this many box heights: a flicker is no crossing."""

EDGE_PX = 2.0
"""A box so near to the picture's edge touches it."""

FAR = 0.5
"""A vehicle so many scales beyond a line when it left the picture crossed it, however short it was seen."""

OUT = 2
"""In so few pictures is a vehicle not found before it is out of them."""

DRIVING = 0.5
"""A vehicle that moves away from the line by so many scales per second drives on, seen or not."""

GONE_S, BACK = 5.0, 0.2
"""Who was counted, then not seen for so long, and is so many box heights before the line, is another one."""

MISSED_S, JUMP, JUMPED_S = 0.3, 0.5, 1.0
"""So is who was beyond it, was missed for a moment, and is then so many scales back, faster than so many a
second, for so long: the track of one who left the picture went over to the next. Split boxes are seen."""

SEEN = 0.25
"""What was found in a smaller share of the pictures since its first look is a phantom, not a vehicle."""

LINES: tuple[Line, ...] = ("tail", "booth")


@dataclass(frozen=True, slots=True)
class CountingLine:
    """A line of a lane, in pixels of a picture that is `width` wide; `anchor` says which point crosses it."""

    lane: str
    line: Line
    segment: Segment
    anchor: str
    lean: float | None
    width: int

    def place(self, track: Track, at: float) -> tuple[Point, Point]:
        """The vehicle's anchor (px) says when it crosses, its footing in which lane."""
        anchor = anchor_of(track.body(at), self.anchor)
        return anchor, footing(track, at, self.anchor, self.lean, self.width)


def lines_of(lanes: Iterable[LaneConfig], width: int, height: int) -> tuple[CountingLine, ...]:
    """The lines of some lanes in a picture of `width` x `height`, each lane's tail before its booth."""
    return tuple(
        CountingLine(lane.id, name, segment, line.anchor, lean_of(segment.normal), width)
        for lane in lanes
        for name in LINES
        if (line := lane.tail if name == "tail" else lane.booth) is not None
        for segment in (segment_of(line, width, height),)
    )


@dataclass(slots=True)
class Passing:
    """What one track did at one line so far.

    `before`: when and where it was seen before the line last, until it crosses. `beyond`: where it was at the
    last look, `seen_s`: when that was. `back_s`: when it came back before the line from beyond. Once counted,
    `reached`: how far beyond it was (px), `jumped_s`: since when it has been back from there, in one leap.
    """

    before: tuple[float, Point, Point] | None = None
    beyond: bool = False
    back_s: float | None = None
    crossed_s: float | None = None
    counted: bool = False
    looks: deque[tuple[float, float, float]] = field(default_factory=deque)
    seen_s: float | None = None
    reached: float = 0.0
    jumped_s: float | None = None


class Counter:
    """Counts the crossings of one camera's lines."""

    def __init__(self, lines: tuple[CountingLine, ...], width: int, height: int) -> None:
        self._lines = lines
        self._size = width, height
        self._started_at: float | None = None
        self._passings: dict[int, tuple[Passing, ...]] = {}

    def step(self, live: Iterable[Track], at: float) -> list[Crossing]:
        """Look at the tracks seen at `at` (s); gives the crossings that became sure, by time."""
        found: list[Crossing] = []
        if self._started_at is None:
            self._started_at = at
        for track in live:
            found += self._look(track) if track.seen_at == at else self._assume(track, at)
        return sorted(found, key=_order)

    def state_of(self, track: int) -> tuple[Passing, ...]:
        """What that track did at each line so far; nothing before it was looked at."""
        return self._passings.get(track, ())

    def resume(self, passings: Mapping[int, tuple[Passing, ...]]) -> None:
        """Go on with what tracks of an earlier counter did at the same lines."""
        self._passings |= passings

    def _assume(self, track: Track, at: float) -> list[Crossing]:
        """A vehicle that drove on beyond a line when it was hidden or left the picture stays beyond."""
        return [
            self._count(line, passing, track)
            for line, passing in zip(self._lines, self._passings.get(track.id, ()), strict=False)
            if not passing.counted and _drives_on(passing, line, track) and _stayed(passing, at)
        ]

    def end(self, ended: Iterable[Track], last_word: bool) -> list[Crossing]:
        """Forget tracks; with `last_word` (end of a recording) one whose last box is beyond a line counts."""
        found = [
            self._count(line, passing, track)
            for track in ended
            for line, passing in zip(self._lines, self._passings.pop(track.id, ()), strict=False)
            if not passing.counted
            and _is_beyond(passing)
            and track.steadiness >= SEEN
            and (last_word or _drives_on(passing, line, track) or _left(passing, track))
        ]
        return sorted(found, key=_order)

    def _look(self, track: Track) -> list[Crossing]:
        passings = self._passings.get(track.id)
        if passings is None:
            passings = tuple(self._first(line, track) for line in self._lines)
        passings = tuple(
            _anew(passing, line, track) for passing, line in zip(passings, self._lines, strict=True)
        )
        self._passings[track.id] = passings
        found = [
            self._count(line, passing, track)
            for line, passing in zip(self._lines, passings, strict=True)
            if not passing.counted and _became_sure(passing, line, track) and track.steadiness >= SEEN
        ]
        for crossing in found:
            self._close_tail(passings, crossing)
        return found

    def _first(self, line: CountingLine, track: Track) -> Passing:
        """A vehicle that comes in over the edge of the picture, beyond a line close by, was before it."""
        point, _ = line.place(track, track.seen_at)
        beyond = line.segment.beyond(point)
        if track.born_at == self._started_at or beyond <= 0:
            return Passing()
        (nx, ny), (x, y) = line.segment.normal, point
        foot = x - (beyond + 1e-3) * nx, y - (beyond + 1e-3) * ny
        if not _came_over_the_edge(track.xyxy, foot, (nx, ny), self._size):
            return Passing()
        return Passing(before=(track.born_at, foot, foot))

    def _close_tail(self, passings: tuple[Passing, ...], crossing: Crossing) -> None:
        """Who left a lane can no longer arrive in it."""
        for line, passing in zip(self._lines, passings, strict=True):
            if crossing.line == "booth" and (line.lane, line.line) == (crossing.lane, "tail"):
                passing.counted = True

    def _count(self, line: CountingLine, passing: Passing, track: Track) -> Crossing:
        passing.counted = True
        t_s = passing.crossed_s if passing.crossed_s is not None else track.seen_at
        return Crossing(t_s, line.lane, line.line, track.cls, track.id, track.score)


def _anew(passing: Passing, line: CountingLine, track: Track) -> Passing:
    """The passing with this look noted; an empty one if the track went over to another vehicle.

    The box of one who drives out of what is looked at seems to stand there, and waits for its next box.
    """
    at, since_s = track.seen_at, passing.seen_s
    passing.seen_s = at
    if not passing.counted:  # `_became_sure` looks where it is
        return passing
    point, foot = line.place(track, at)
    beyond = line.segment.beyond(point)
    is_back = beyond < -BACK * (track.xyxy[3] - track.xyxy[1])
    missed_s = 0.0 if since_s is None else at - since_s
    if is_back and passing.beyond and missed_s > MISSED_S:
        if missed_s > GONE_S:
            return Passing(seen_s=at)
        if passing.reached - beyond > JUMP * track.motion.scale * max(1.0, missed_s):
            passing.jumped_s = at
    if beyond > 0:
        passing.jumped_s = None
    if passing.jumped_s is not None and at - passing.jumped_s >= JUMPED_S:
        return Passing(before=(at, point, foot), seen_s=at)
    passing.beyond, passing.reached = beyond > 0, beyond
    return passing


def _became_sure(passing: Passing, line: CountingLine, track: Track) -> bool:
    """Take the newest box of a track into account; says whether the track now counts at the line."""
    at = track.seen_at
    point, foot = line.place(track, at)
    beyond = line.segment.beyond(point)
    if beyond <= 0:
        if passing.beyond:
            passing.back_s = at
        if track.apart:
            passing.before = (at, point, foot)
        if not _is_recent(passing, at):
            passing.crossed_s = None
    elif passing.before is not None:
        _cross(passing, line.segment, at, point, foot)
    passing.beyond = beyond > 0
    if passing.crossed_s is None:
        return False
    _remember(passing, at, beyond, track.xyxy[3] - track.xyxy[1])
    return beyond > 0 and _stayed(passing, at)


def _cross(passing: Passing, segment: Segment, at: float, point: Point, foot: Point) -> None:
    """The anchor went beyond the line at last: note when, if the way of the footing met the segment.

    Who was beyond it and came back for a moment only, is a box that flickered.
    """
    before_at, start, start_foot = passing.before or (at, point, foot)
    passing.before = None
    if passing.back_s is not None and before_at - passing.back_s < STAY_S - 1e-6:
        return
    share = segment.met_at(start, point, (start_foot, foot))
    if share is None:
        return
    if passing.crossed_s is None:
        passing.looks.clear()
    passing.crossed_s = before_at + share * (at - before_at)


def _remember(passing: Passing, at: float, beyond: float, height: float) -> None:
    most = CLIP * height
    passing.looks.append((at, beyond, max(-most, min(most, beyond))))
    while at - passing.looks[0][0] > WINDOW_S:
        passing.looks.popleft()


def _is_recent(passing: Passing, at: float) -> bool:
    """Whether the anchor was beyond the line a moment ago."""
    return any(beyond > 0 for seen_at, beyond, _ in passing.looks if at - seen_at <= WINDOW_S)


def _came_over_the_edge(
    xyxy: tuple[float, float, float, float], foot: Point, normal: Point, size: tuple[int, int]
) -> bool:
    """Whether a box touches the edge that a line with this normal is nearer to than the box is long."""
    axis = 0 if abs(normal[0]) > abs(normal[1]) else 1
    low, high = xyxy[axis], xyxy[axis + 2]
    room = foot[axis] if normal[axis] > 0 else size[axis] - foot[axis]
    touches = low <= EDGE_PX if normal[axis] > 0 else high >= size[axis] - EDGE_PX
    return touches and room < max(xyxy[2] - xyxy[0], xyxy[3] - xyxy[1])


def _left(passing: Passing, track: Track) -> bool:
    """Whether the vehicle was far beyond the line when it left the picture: no flicker jumps so far.

    Who should have been seen on its way out, and was not, did not drive it.
    """
    return (
        track.left
        and track.missed <= OUT
        and _is_beyond(passing)
        and passing.looks[-1][1] > FAR * track.motion.scale
    )


def _is_beyond(passing: Passing) -> bool:
    """Whether the anchor crossed and was beyond the line at the last look."""
    return passing.crossed_s is not None and passing.looks[-1][1] > 0


def _drives_on(passing: Passing, line: CountingLine, track: Track) -> bool:
    """Whether the vehicle was beyond the line, and driving away from it, when it was last seen."""
    motion = track.motion
    speed = (motion.vx * line.segment.normal[0] + motion.vy * line.segment.normal[1]) / motion.scale
    return _is_beyond(passing) and track.steady and not track.stopped and speed > DRIVING


def _stayed(passing: Passing, at: float) -> bool:
    looks = passing.looks
    return at - looks[0][0] >= STAY_S - 1e-6 and sum(look[2] for look in looks) > 0


def _order(crossing: Crossing) -> tuple[float, int]:
    return crossing.t_s, LINES.index(crossing.line)
