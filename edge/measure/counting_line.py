"""The lines at which a camera counts, in pixels, and where a vehicle is seen from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from edge.config import LaneConfig
from edge.measure.footing import footing, lean_of
from edge.measure.geometry import Point, Segment, anchor_of, segment_of
from edge.measure.track import Track
from edge.vision import Line

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
