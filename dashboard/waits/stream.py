"""One stream's state: vehicles between its entry lines and its booths, and the queue beyond the lines."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.waits.backtest import Backtest
from dashboard.waits.booth import SERVED_WITHIN_S, Booth
from dashboard.waits.capacity import Capacity
from dashboard.waits.curve import Curve
from dashboard.waits.cycle import SATURATED_VEHICLES, Cycle
from dashboard.waits.drift import Drift
from dashboard.waits.mix import Mix
from dashboard.waits.relief import Relief
from dashboard.waits.site import VIEW_M, LaneSpec, StreamSpec
from dashboard.waits.slices import Slice
from dashboard.waits.spill import Spill
from dashboard.waits.surprise import Surprise

COUNT_ERROR = 0.06
"""Variance per counted vehicle: missed 3 %, twice 1 %, wrong lane 2 %."""
COUNT_DRIFT = 0.12
"""The same for what the balance gathers: misses come in a row, and from lanes that differ."""
ROAD_MS, LANE_MS = 14.5, 11.0
BRAKE_ROAD_S, BRAKE_LANE_S = 2.0, 5.5
ROOM_PRIOR = 3.0
LEARN_KEEP = 0.8
UPSTREAM_KEEP_S = 3600.0
"""A lane upstream that is out of sight for longer is no entry of the stream any more."""
SERVED_S = 1800.0
GUESS_ERROR = 0.3
"""Standard error of vehicles that were guessed where a line was out of sight, as a share of them."""
LATE_S = 60.0
LATE_VEHICLES = 1.5


@dataclass(frozen=True, slots=True)
class Use:
    """A booth and the share (0-1) of its vehicles that belong to the stream in question."""

    booth: Booth
    share: float


@dataclass(frozen=True, slots=True)
class Followed:
    """Recognised at both ends: over the line of `lane` at `entered_s`, at its booth at `reached_s`."""

    lane: str
    entered_s: float
    reached_s: float


def guessed_variance(vehicles: float) -> float:
    """Variance of so many vehicles that nobody counted."""
    return vehicles + (GUESS_ERROR * vehicles) ** 2


class Learned:
    """How far a figure worked out from lengths is off, learned from what came of it."""

    def __init__(self, prior: float) -> None:
        self._sum, self._weight, self._prior = 0.0, 0.0, prior

    def see(self, error: float) -> None:
        """The truth was larger by `error`."""
        self._sum, self._weight = LEARN_KEEP * self._sum + error, LEARN_KEEP * self._weight + 1.0

    def value(self) -> float:
        """Expected error, drawn towards 0."""
        return self._sum / (self._weight + self._prior)


class Stream:
    """Everything the engine remembers of one stream. `tail_m`: metres that its queue reaches,
    `view_m`: metres seen of its booths' lanes, `reached`: (time, wait) of matched vehicles, `approaches`: its
    lanes upstream, none while one of them is not counted: then its booths' own lines tell who comes.
    `anchored`: all its booths were in view once, or a vehicle was matched: it is known who stands there.
    """

    def __init__(self, spec: StreamSpec, approaches: Sequence[LaneSpec]) -> None:
        self.spec = spec
        self.approaches: tuple[LaneSpec, ...] = ()
        self.upstream = {lane.id: lane for lane in approaches}
        self._counted_s = dict.fromkeys(self.upstream, -math.inf)
        self.drift = Drift()
        self.anchored = False
        self.entered = Curve()
        self.passed = Curve()
        self.left = Curve()
        self.guessed = Curve()
        self.stood = Curve()
        self.room = Learned(ROOM_PRIOR)
        self.backtest = Backtest()
        self.cycle = Cycle(spec.nominal_service_s, spec.move_up_s)
        self.spill = Spill()
        self.relief = Relief()
        self.surprise = Surprise()
        self.capacity = Capacity()
        self.counted = False
        self.tail_m = 0.0
        self.view_m = VIEW_M
        self.shut = False
        self.matched_s: float | None = None
        self.followed: deque[Followed] = deque(maxlen=20)
        self.reached: deque[tuple[float, float]] = deque(maxlen=20)

    def see_upstream(self, now: Slice) -> None:
        """Note which lanes upstream are counted; call before anything else of the slice."""
        for lane in self.upstream:
            row = now.rows.get(lane)
            if row is not None and row.arrivals is not None:
                self._counted_s[lane] = now.end_s
        known = self.is_upstream_counted(now.end_s, UPSTREAM_KEEP_S)
        self.approaches = tuple(self.upstream.values()) if known else ()

    def is_upstream_counted(self, at_s: float, within_s: float) -> bool:
        """Whether every lane upstream, of which there is one at least, was counted that lately."""
        return at_s - min(self._counted_s.values(), default=-math.inf) <= within_s

    def count(self, now: Slice, uses: Sequence[Use], mixes: Mapping[str, Mix], left_over: int) -> None:
        """Move the balance by the slice's arrivals and departures.

        `left_over` vehicles left booths whose sign has changed since they came.
        """
        arrived, unsure_in = self._arrivals(now, uses, mixes)
        gone, unsure_out = self._departures(now, uses)
        gone += left_over
        self.entered.add(now.start_s, now.end_s, arrived)
        self.passed.add_each(now.start_s, now.end_s, arrived)
        self.left.add(now.start_s, now.end_s, gone)
        self.drift.move(arrived - gone, COUNT_DRIFT * (arrived + gone) + unsure_in + unsure_out)

    def _entries(self, uses: Sequence[Use], mixes: Mapping[str, Mix]) -> list[tuple[str, float]]:
        """Lanes over whose lines the stream enters, each with the share that it has of them."""
        if not self.approaches:
            return [(use.booth.spec.id, use.share) for use in uses]
        return [(lane.id, mixes[lane.id].share(self.spec.id)) for lane in self.approaches]

    def _arrivals(self, now: Slice, uses: Sequence[Use], mixes: Mapping[str, Mix]) -> tuple[float, float]:
        """Vehicles of this stream that entered, and the variance beyond that of counting."""
        entries = self._entries(uses, mixes)
        arrived, unsure, blind = 0.0, 0.0, 0
        for lane, share in entries:
            row = now.rows.get(lane)
            if row is None or row.arrivals is None:
                blind += 1
                continue
            arrived += share * row.arrivals
            unsure += share * (1 - share) * row.arrivals
        self.counted = not blind
        guessed = self._flow_per_s(now.start_s) * now.length_s * blind / max(1, len(entries))
        self.guessed.add(now.start_s, now.end_s, guessed)
        return arrived + guessed, unsure + guessed_variance(guessed)

    def _flow_per_s(self, at_s: float) -> float:
        """Vehicles per second over a line out of sight: a queue that covers it lets in whom booths let go."""
        covered = self.spill.covered_share
        return covered * self.served_per_s(at_s) + (1.0 - covered) * self.rate_per_s

    def served_per_s(self, at_s: float) -> float:
        """Vehicles per second that left its booths lately."""
        return self.left.since(at_s - SERVED_S, at_s) / SERVED_S

    def _departures(self, now: Slice, uses: Sequence[Use]) -> tuple[float, float]:
        gone, unsure = 0.0, 0.0
        for use in uses:
            row = now.rows.get(use.booth.spec.id)
            if row is not None and row.departures is not None:
                gone += use.share * use.booth.gone
                unsure += use.share * (1 - use.share) * use.booth.gone
            elif use.booth.served_within(now.start_s, 1800.0):
                guessed = use.share * min(now.length_s / self.cycle.mean_s(), self.drift.mean() / len(uses))
                gone += guessed
                unsure += guessed
        return gone, unsure

    def learn_cycle(self, now: Slice, booths: Sequence[Booth]) -> None:
        """Booths with a queue tell how long a departure takes. `booths`: those that serve this stream."""
        for booth in booths:
            row = now.rows.get(booth.spec.id)
            if row is None or row.in_view_mean is None:
                continue
            served = booth.services(row)
            if served is not None:
                self.cycle.add_service(*served)
            found = booth.headways(row, row.in_view_mean >= SATURATED_VEHICLES)
            if found is not None:
                self.cycle.add(found)

    def notice_shut(self, end_s: float, booths: Sequence[Booth], blocked_s: float, shared: bool) -> None:
        """All its booths are closed if they stand empty though vehicles should have reached them by now."""
        if not self.approaches or not booths:
            return
        vacant = [booth.vacant_since_s for booth in booths if booth.is_fresh(end_s, 300.0)]
        if len(vacant) < len(booths) or any(since is None for since in vacant):
            self.shut = self.shut and len(vacant) < len(booths)
            return
        if shared and any(booth.served_within(end_s, SERVED_WITHIN_S) for booth in booths):
            return
        drive_s = self.line_m() / ROAD_MS + BRAKE_ROAD_S + blocked_s
        since_s = max(since for since in vacant if since is not None)
        due = self.entered.since(since_s - drive_s, end_s - drive_s - LATE_S)
        self.shut = self.shut or due >= LATE_VEHICLES

    @property
    def rate_per_s(self) -> float:
        """Expected demand, vehicles/s."""
        return self.spill.rate_per_s

    def is_alone(self) -> bool:
        """Whether its approach lanes are its own."""
        return all(lane.serves == (self.spec.id,) for lane in self.approaches)

    def joined(self, at_s: float) -> float:
        """Vehicles that stand in the queue, those still driving towards its end left out (>= 0)."""
        driving = self.passed.total() - self.passed.at(at_s - self.drive_s())
        free = 1.0 - self.spill.covered_share
        return max(0.0, self.drift.mean() - free * driving) + self.spill.vehicles

    def drive_s(self) -> float:
        """Seconds from the entry line to the end of the queue."""
        if self.approaches:
            return max(0.0, self.line_m() - self.tail_m) / ROAD_MS + BRAKE_ROAD_S
        return max(0.0, self.view_m - self.tail_m) / LANE_MS + BRAKE_LANE_S

    def line_m(self) -> float:
        """Metres from the booths to the nearest approach line, 0 without one."""
        return min((lane.line_m or 0.0 for lane in self.approaches), default=0.0)
