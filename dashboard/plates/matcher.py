"""Tokens read upstream against tokens read at the booth: travel times. Pure; nothing of it outlives a match.

A token is gone when its vehicle was matched, when its time is up, or when a newer passage takes its place.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from dashboard.minutes import Match
from dashboard.portconfig import DirectionConfig, LaneConfig, PortPlatesConfig

FASTEST_MS = 45.0
"""Nobody drives to a booth faster than this (m/s); a travel time that says so joins two vehicles."""

LEAST_TAIL_S = 2.0
SAME_PASSAGE_S = 300.0
"""Reads of one token on one lane within this time are one passage, its first read counts."""

SAME_READ_S = 0.5
"""Two tokens of one lane so close together are one vehicle's, under the keys of both days."""

MOST_HELD = 50_000
"""Tokens of a direction; beyond it the oldest go."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A token at a place and time. `at_s`: UTC by central's clock; `received_s`: when it came, any clock."""

    at_s: float
    received_s: float
    lane: str
    point: str
    token: str = field(repr=False)


@dataclass(slots=True)
class Counts:
    """What became of reads, in numbers since the start."""

    held: int = 0
    matched: int = 0
    repeated: int = 0
    unmatched: int = 0
    refused: int = 0
    expired: int = 0
    unusable: int = 0


@dataclass(slots=True)
class _Entry:
    """A vehicle upstream, under one token, or two around midnight."""

    at_s: float
    received_s: float
    lane: str
    tokens: list[str] = field(repr=False)


class Matcher:
    """One direction of a port."""

    def __init__(self, direction: DirectionConfig, plates: PortPlatesConfig, counts: Counts) -> None:
        self._retention_s = float(plates.retention_s)
        self._ways = _ways(direction, plates)
        self._entry_lanes = {(lane, point) for ways in self._ways.values() for lane, point in ways}
        self._held: OrderedDict[str, _Entry] = OrderedDict()
        self._newest: dict[str, _Entry] = {}
        self._matches: list[Match] = []
        self._counts = counts

    def add(self, sighting: Sighting) -> None:
        """Take in a read. One of a point that no switched-on matching needs is not held for a moment."""
        if sighting.point == "booth" and sighting.lane in self._ways:
            self._leave(sighting)
        elif (sighting.lane, sighting.point) in self._entry_lanes:
            self._enter(sighting)
        else:
            self._counts.unusable += 1

    def forget(self, now_s: float) -> None:
        """Let go of every token that was received longer ago than the retention (`now_s` as `received_s`)."""
        while self._held:
            entry = next(iter(self._held.values()))
            if now_s - entry.received_s < self._retention_s and len(self._held) <= MOST_HELD:
                break
            self._counts.expired += 1
            self._drop(entry)

    def take(self) -> list[Match]:
        """The matches that were not taken yet."""
        taken, self._matches = self._matches, []
        return taken

    def __len__(self) -> int:
        """Tokens that are held."""
        return len(self._held)

    def _enter(self, sighting: Sighting) -> None:
        known = self._held.get(sighting.token)
        if known is not None:
            if known.lane == sighting.lane and abs(sighting.at_s - known.at_s) <= SAME_PASSAGE_S:
                self._counts.repeated += 1
                return
            self._drop(known)
        newest = self._newest.get(sighting.lane)
        if newest is not None and abs(newest.at_s - sighting.at_s) <= SAME_READ_S:
            newest.tokens.append(sighting.token)
            self._held[sighting.token] = newest
            return
        entry = _Entry(sighting.at_s, sighting.received_s, sighting.lane, [sighting.token])
        self._held[sighting.token] = self._newest[sighting.lane] = entry
        self._counts.held += 1
        self.forget(sighting.received_s)

    def _leave(self, sighting: Sighting) -> None:
        entry = self._held.get(sighting.token)
        if entry is None:
            self._counts.unmatched += 1
            return
        way = self._ways[sighting.lane]
        travel_s = sighting.at_s - entry.at_s
        least_s = way.get((entry.lane, "tail"))
        self._drop(entry)
        if least_s is None or not least_s <= travel_s <= self._retention_s:
            self._counts.refused += 1
            return
        self._counts.matched += 1
        self._matches.append(Match(sighting.at_s, sighting.lane, entry.lane, travel_s))

    def _drop(self, entry: _Entry) -> None:
        for token in entry.tokens:
            self._held.pop(token, None)
        entry.tokens.clear()
        if self._newest.get(entry.lane) is entry:
            del self._newest[entry.lane]


Ways = dict[str, dict[tuple[str, str], float]]
"""By booth lane: where its vehicles may have been read before, with the least travel time from there (s)."""


def _ways(direction: DirectionConfig, plates: PortPlatesConfig) -> Ways:
    """From approach lanes that share a stream, where that is switched on; else from the booth's own tail."""
    ways: Ways = {}
    approaches = [lane for lane in direction.lanes if lane.kind == "approach"]
    for booth in (lane for lane in direction.lanes if lane.kind == "booth"):
        ways[booth.id] = {}
        if plates.booth:
            ways[booth.id][booth.id, "tail"] = LEAST_TAIL_S
        if plates.approach:
            found = [lane for lane in approaches if _shares(lane, booth)]
            ways[booth.id] |= {(lane.id, "tail"): (lane.line_m or 0.0) / FASTEST_MS for lane in found}
            if found:
                ways[booth.id].pop((booth.id, "tail"), None)
    return {booth: way for booth, way in ways.items() if way}


def _shares(one: LaneConfig, other: LaneConfig) -> bool:
    """Whether vehicles of the one lane may come to the other; a lane that says nothing may serve any."""
    return not one.serves or not other.serves or bool(set(one.serves) & set(other.serves))


def lanes_of(directions: Iterable[DirectionConfig]) -> dict[str, str]:
    """The direction of each lane of a port."""
    return {lane.id: direction.id for direction in directions for lane in direction.lanes}
