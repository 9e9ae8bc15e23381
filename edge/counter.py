"""Counting: a small state machine per track and line. Each vehicle counts once per line, arrivals first.

A track must have been seen before the line, its way must meet the line's segment, and it must stay beyond.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from edge.config import LaneConfig
from edge.geometry import Point, Segment, anchor_of, segment_of
from edge.track import Track
from edge.vision import Crossing, Line

STAY_S = 0.3
"""A vehicle must stay beyond the line this long before it counts."""

WINDOW_S = 1.0
"""Where a box jitters about the line, the mean over this much of the past says on which side it is."""

CLIP = 0.1
"""One look moves that mean by no more than this many box heights: a flicker is no crossing."""

DRIVING = 0.5
"""A vehicle that moves away from the line by so many scales per second drives on, seen or not."""

LINES: tuple[Line, ...] = ("tail", "booth")


@dataclass(frozen=True, slots=True)
class CountingLine:
    """A line of a lane, in pixels; `anchor` says which point of a box crosses it."""

    lane: str
    line: Line
    segment: Segment
    anchor: str


def lines_of(lanes: Iterable[LaneConfig], width: int, height: int) -> tuple[CountingLine, ...]:
    """The lines of some lanes in a picture of `width` x `height`, each lane's tail before its booth."""
    return tuple(
        CountingLine(lane.id, name, segment_of(line, width, height), line.anchor)
        for lane in lanes
        for name in LINES
        if (line := lane.tail if name == "tail" else lane.booth) is not None
    )


@dataclass(slots=True)
class _Passing:
    """What one track did at one line so far."""

    before: tuple[float, Point] | None = None
    crossed_s: float | None = None
    counted: bool = False
    looks: deque[tuple[float, float, float]] = field(default_factory=deque)


class Counter:
    """Counts the crossings of one camera's lines."""

    def __init__(self, lines: tuple[CountingLine, ...]) -> None:
        self._lines = lines
        self._passings: dict[int, tuple[_Passing, ...]] = {}

    def step(self, live: Iterable[Track], at: float) -> list[Crossing]:
        """Look at the tracks seen at `at` (s); gives the crossings that became sure, by time."""
        found: list[Crossing] = []
        for track in live:
            found += self._look(track) if track.seen_at == at else self._assume(track, at)
        return sorted(found, key=_order)

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
            if not passing.counted and _is_beyond(passing) and (last_word or _drives_on(passing, line, track))
        ]
        return sorted(found, key=_order)

    def _look(self, track: Track) -> list[Crossing]:
        passings = self._passings.get(track.id)
        if passings is None:
            passings = self._passings[track.id] = tuple(_Passing() for _ in self._lines)
        found = [
            self._count(line, passing, track)
            for line, passing in zip(self._lines, passings, strict=True)
            if not passing.counted and _became_sure(passing, line, track)
        ]
        for crossing in found:
            self._close_tail(passings, crossing)
        return found

    def _close_tail(self, passings: tuple[_Passing, ...], crossing: Crossing) -> None:
        """Who left a lane can no longer arrive in it."""
        for line, passing in zip(self._lines, passings, strict=True):
            if crossing.line == "booth" and (line.lane, line.line) == (crossing.lane, "tail"):
                passing.counted = True

    def _count(self, line: CountingLine, passing: _Passing, track: Track) -> Crossing:
        passing.counted = True
        t_s = passing.crossed_s if passing.crossed_s is not None else track.seen_at
        return Crossing(t_s, line.lane, line.line, track.cls, track.id, track.score)


def _became_sure(passing: _Passing, line: CountingLine, track: Track) -> bool:
    """Take the newest box of a track into account; says whether the track now counts at the line."""
    point, at = anchor_of(track.xyxy, line.anchor), track.seen_at
    beyond = line.segment.beyond(point)
    if beyond <= 0:
        passing.before = (at, point)
        if not _is_recent(passing, at):
            passing.crossed_s = None
    elif passing.before is not None:
        _cross(passing, line.segment, at, point)
    if passing.crossed_s is None:
        return False
    _remember(passing, at, beyond, track.xyxy[3] - track.xyxy[1])
    return beyond > 0 and _stayed(passing, at)


def _cross(passing: _Passing, segment: Segment, at: float, point: Point) -> None:
    """The anchor went beyond the line at last: note when, if its way met the segment."""
    before_at, start = passing.before or (at, point)
    passing.before = None
    share = segment.met_at(start, point)
    if share is None:
        return
    if passing.crossed_s is None:
        passing.looks.clear()
    passing.crossed_s = before_at + share * (at - before_at)


def _remember(passing: _Passing, at: float, beyond: float, height: float) -> None:
    most = CLIP * height
    passing.looks.append((at, beyond, max(-most, min(most, beyond))))
    while at - passing.looks[0][0] > WINDOW_S:
        passing.looks.popleft()


def _is_recent(passing: _Passing, at: float) -> bool:
    """Whether the anchor was beyond the line a moment ago."""
    return any(beyond > 0 for seen_at, beyond, _ in passing.looks if at - seen_at <= WINDOW_S)


def _is_beyond(passing: _Passing) -> bool:
    """Whether the anchor crossed and was beyond the line at the last look."""
    return passing.crossed_s is not None and passing.looks[-1][1] > 0


def _drives_on(passing: _Passing, line: CountingLine, track: Track) -> bool:
    """Whether the vehicle was beyond the line, and driving away from it, when it was last seen."""
    motion = track.motion
    speed = (motion.vx * line.segment.normal[0] + motion.vy * line.segment.normal[1]) / motion.scale
    return _is_beyond(passing) and track.steady and speed > DRIVING


def _stayed(passing: _Passing, at: float) -> bool:
    looks = passing.looks
    return at - looks[0][0] >= STAY_S - 1e-6 and sum(look[2] for look in looks) > 0


def _order(crossing: Crossing) -> tuple[float, int]:
    return crossing.t_s, LINES.index(crossing.line)
