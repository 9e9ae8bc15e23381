"""What one vehicle did at one line: was before it, crossed it, came back, stayed beyond.

It must have been seen before the line, its way must meet the line's segment, and it must stay beyond.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from edge.measure.counting_line import CountingLine
from edge.measure.geometry import Point, Segment
from edge.measure.track import Track

STAY_S = 0.3
"""A vehicle must stay beyond the line this long before it counts."""

WINDOW_S = 1.0
"""Where a box jitters about the line, the mean over this much of the past says on which side it is."""

CLIP = 0.1
"""One look moves that mean by no more than this many box heights: a flicker is no crossing."""

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


def anew(passing: Passing, line: CountingLine, track: Track) -> Passing:
    """The passing with this look noted; an empty one if the track went over to another vehicle.

    The box of one who drives out of what is looked at seems to stand there, and waits for its next box.
    """
    at, since_s = track.seen_at, passing.seen_s
    passing.seen_s = at
    if not passing.counted:  # `became_sure` looks where it is
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


def became_sure(passing: Passing, line: CountingLine, track: Track) -> bool:
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
    return beyond > 0 and stayed(passing, at)


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


def left(passing: Passing, track: Track) -> bool:
    """Whether the vehicle was far beyond the line when it left the picture: no flicker jumps so far.

    Who should have been seen on its way out, and was not, did not drive it.
    """
    return (
        track.left
        and track.missed <= OUT
        and is_beyond(passing)
        and passing.looks[-1][1] > FAR * track.motion.scale
    )


def is_beyond(passing: Passing) -> bool:
    """Whether the anchor crossed and was beyond the line at the last look."""
    return passing.crossed_s is not None and passing.looks[-1][1] > 0


def drives_on(passing: Passing, line: CountingLine, track: Track) -> bool:
    """Whether the vehicle was beyond the line, and driving away from it, when it was last seen."""
    motion = track.motion
    speed = (motion.vx * line.segment.normal[0] + motion.vy * line.segment.normal[1]) / motion.scale
    return is_beyond(passing) and track.steady and not track.stopped and speed > DRIVING


def stayed(passing: Passing, at: float) -> bool:
    """Whether the vehicle is taken to have stayed beyond the line until `at` (s)."""
    looks = passing.looks
    return at - looks[0][0] >= STAY_S - 1e-6 and sum(look[2] for look in looks) > 0
