"""Counting: a small state machine per track and line. Each vehicle counts once per line, arrivals first.

A second box on a part of another vehicle is nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edge.measure.counting_line import LINES, CountingLine
from edge.measure.entering import came_in
from edge.measure.passing import Passing, anew, became_sure, drives_on, is_beyond, left, stayed
from edge.measure.track import Track
from edge.vision import Crossing

SEEN = 0.25
"""What was found in a smaller share of the pictures since its first look is a phantom, not a vehicle."""


class Counter:
    """Counts the crossings of one camera's lines."""

    def __init__(self, lines: tuple[CountingLine, ...], width: int, height: int) -> None:
        self._lines = lines
        self._size = width, height
        self._last_at: float | None = None
        self._unseen_s: dict[int, float] = {}
        self._passings: dict[int, tuple[Passing, ...]] = {}

    def step(self, live: Iterable[Track], at: float) -> list[Crossing]:
        """Look at the tracks seen at `at` (s); gives the crossings that became sure, by time."""
        found: list[Crossing] = []
        for track in live:
            found += self._look(track) if track.seen_at == at else self._assume(track, at)
        self._last_at = at
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
            if not passing.counted and drives_on(passing, line, track) and stayed(passing, at)
        ]

    def end(self, ended: Iterable[Track], last_word: bool) -> list[Crossing]:
        """Forget tracks; with `last_word` (end of a recording) one whose last box is beyond a line counts."""
        ended = tuple(ended)
        for track in ended:
            self._unseen_s.pop(track.id, None)
        found = [
            self._count(line, passing, track)
            for track in ended
            for line, passing in zip(self._lines, self._passings.pop(track.id, ()), strict=False)
            if not passing.counted
            and is_beyond(passing)
            and track.steadiness >= SEEN
            and (last_word or drives_on(passing, line, track) or left(passing, track))
        ]
        return sorted(found, key=_order)

    def _look(self, track: Track) -> list[Crossing]:
        passings = self._passings.get(track.id) or tuple(Passing() for _ in self._lines)
        self._note_entry(track, passings)
        passings = tuple(
            anew(passing, line, track) for passing, line in zip(passings, self._lines, strict=True)
        )
        self._passings[track.id] = passings
        found = [
            self._count(line, passing, track)
            for line, passing in zip(self._lines, passings, strict=True)
            if not passing.counted and became_sure(passing, line, track) and track.steadiness >= SEEN
        ]
        for crossing in found:
            self._close_tail(passings, crossing)
        return found

    def _note_entry(self, track: Track, passings: tuple[Passing, ...]) -> None:
        """A vehicle that comes in over the edge of the picture, beyond a line close by, was before it.

        The first look shows that where it lies on the edge, the second, which shows how fast it drives, where
        it did in the picture before; of what is there when the pictures begin one cannot tell.
        """
        is_first = track.hits == 1
        if is_first and self._last_at is not None:
            self._unseen_s[track.id] = self._last_at
        unseen_s = self._unseen_s.get(track.id) if is_first else self._unseen_s.pop(track.id, None)
        if unseen_s is None:
            return
        for line, passing in zip(self._lines, passings, strict=True):
            if passing.before is None and passing.crossed_s is None and passing.beyond is not is_first:
                passing.before = came_in(line, track, self._size, None if is_first else unseen_s)

    def _close_tail(self, passings: tuple[Passing, ...], crossing: Crossing) -> None:
        """Who left a lane can no longer arrive in it."""
        for line, passing in zip(self._lines, passings, strict=True):
            if crossing.line == "booth" and (line.lane, line.line) == (crossing.lane, "tail"):
                passing.counted = True

    def _count(self, line: CountingLine, passing: Passing, track: Track) -> Crossing:
        passing.counted = True
        t_s = passing.crossed_s if passing.crossed_s is not None else track.seen_at
        return Crossing(t_s, line.lane, line.line, track.cls, track.id, track.score)


def _order(crossing: Crossing) -> tuple[float, int]:
    return crossing.t_s, LINES.index(crossing.line)
