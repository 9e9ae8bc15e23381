"""Who stands beside a lane, not in it: a booth found as a vehicle, somebody parked on the shoulder.

Areas are drawn wider than the strip of road in which a lane's vehicles drive. What is well to one side of
that strip is none of its queue.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from edge.measure.advance import Advance
from edge.measure.track import Track

ASIDE_M, SPREADS = 1.5, 4.0
"""A vehicle is no farther than this to one side of the middle of the strip, or than so many times the usual
distance from it: where two drive abreast it is wide."""

WAY_M = 10.0
"""Who drove so far along a lane shows where its vehicles drive."""

LEAST_VEHICLES, MOST_VEHICLES = 3, 30
"""It takes so many to know the strip; the last ones count."""

Strip = tuple[float, float]
"""Metres across the road to its middle, and how far to one side of that a vehicle may be."""


class Beside:
    """Learns where across the road the vehicles of each lane drive."""

    def __init__(self) -> None:
        self._drove: dict[str, deque[float]] = {}
        self._drives: dict[int, tuple[str, float]] = {}

    def without(self, present: Sequence[Track]) -> tuple[Track, ...]:
        """Those of the vehicles that the camera sees who are not known to be beside their lane."""
        for track in present:
            advance = track.advance
            if advance is not None and advance.across_m is not None and advance.way_m > WAY_M:
                self._drives[track.id] = advance.lane, advance.across_m
        lanes = {track.advance.lane for track in present if track.advance is not None}
        strips = {lane: self._strip(lane) for lane in lanes}
        return tuple(track for track in present if not _is_beside(track.advance, strips))

    def forget(self, ended: Iterable[Track]) -> None:
        """These tracks are over."""
        for track in ended:
            if track.id in self._drives:
                lane, across_m = self._drives.pop(track.id)
                self._drove.setdefault(lane, deque(maxlen=MOST_VEHICLES)).append(across_m)

    def _strip(self, lane: str) -> Strip | None:
        """Where the lane's vehicles drive; None while too few were seen."""
        now = [across_m for name, across_m in self._drives.values() if name == lane]
        places = [*self._drove.get(lane, ()), *now]
        if len(places) < LEAST_VEHICLES:
            return None
        middle = median(places)
        return middle, max(ASIDE_M, SPREADS * median(abs(place - middle) for place in places))


def _is_beside(advance: Advance | None, strips: Mapping[str, Strip | None]) -> bool:
    strip = None if advance is None else strips[advance.lane]
    if strip is None or advance is None or advance.across_m is None:
        return False
    middle, most = strip
    return abs(advance.across_m - middle) > most
