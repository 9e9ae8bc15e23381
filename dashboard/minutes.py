"""LaneMinute: the wait engine's only input, one frozen row per lane and slice of time.

A row is made either from nodes' reports (dashboard/rollup/) or from a recorded port
(dashboard/recorded/). Its length is 60 s in service and in recorded ports, less in the demo: nothing
downstream may assume 60.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["booth", "approach"]


@dataclass(frozen=True, slots=True)
class Match:
    """One vehicle recognised at both ends: it passed `from_lane` and came to stand at `lane` at `at_s`."""

    at_s: float
    lane: str
    from_lane: str
    travel_s: float


@dataclass(frozen=True, slots=True)
class LaneMinute:
    """What one lane did between `start_s` and `end_s` (seconds, UTC since 1970 or since a recording's start).

    serves: streams as `traffic/class`; empty when it could not be read and nobody said.
    arrivals, departures: vehicles over the tail line and the booth line in the slice.
    in_view_mean, stopped_mean: mean number of vehicles in the lane's area, and of those standing.
    full: the queue reached the upstream end of the view (or that end was hidden) for half of the slice.
    booth_occ: share of the slice (0-1) with a vehicle standing at the booth.
    missing: the lane was seen for less than half of the slice by every source; all figures are then None.
    A figure is None when it was not measured, never 0.
    """

    start_s: float
    end_s: float
    lane: str
    kind: Kind
    serves: tuple[str, ...]
    arrivals: int | None
    departures: int | None
    in_view_mean: float | None
    stopped_mean: float | None
    length_m: float | None
    full: bool | None
    booth_occ: float | None
    missing: bool
    matches: tuple[Match, ...] = ()

    @property
    def length_s(self) -> float:
        """Seconds that the row spans."""
        return self.end_s - self.start_s
