"""One stream's state: vehicles between its entry lines and its booths, and the queue beyond the lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.minutes import Match
from dashboard.waits.booth import EMPTY_VEHICLES, OCCUPIED, Booth
from dashboard.waits.curve import Curve
from dashboard.waits.cycle import SATURATED_VEHICLES, Cycle
from dashboard.waits.drift import Drift, about, at_least, at_most
from dashboard.waits.mix import Mix
from dashboard.waits.site import LaneSpec, StreamSpec
from dashboard.waits.slices import Slice
from dashboard.waits.spill import Spill

COUNT_ERROR = 0.06
"""Variance per counted vehicle: missed 3 %, twice 1 %, wrong lane 2 %."""
ROAD_MS = 14.5
LANE_MS = 11.0
MINUTE_S = 60.0
RATE_MEMORY_S = 1200.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line over which the stream enters: an approach lane, or the tail line of a booth lane."""

    lane: str
    share: float


class Stream:
    """Everything the engine remembers of one stream."""

    def __init__(self, spec: StreamSpec, approaches: Sequence[LaneSpec]) -> None:
        self.spec = spec
        self.approaches = tuple(approaches)
        self.drift = Drift()
        self.entered = Curve()
        self.left = Curve()
        self.passed = Curve()
        self.cycle = Cycle(spec.nominal_service_s, spec.move_up_s)
        self.spill = Spill()
        self.rate_per_s = 0.0
        self.matched_s: float | None = None
        self.travels: list[tuple[float, float]] = []

    # --- counts

    def count(self, now: Slice, booths: Sequence[Booth], mixes: Mapping[str, Mix]) -> None:
        """Move the balance by the slice's arrivals and departures."""
        arrived, unsure_in = self._arrivals(now, booths, mixes)
        gone, unsure_out = self._departures(now, booths)
        self.entered.add(now.start_s, now.end_s, arrived)
        self.passed.add_each(now.start_s, now.end_s, arrived)
        self.left.add(now.start_s, now.end_s, gone)
        self.drift.move(arrived - gone, COUNT_ERROR * (arrived + gone) + unsure_in + unsure_out)

    def _entries(self, booths: Sequence[Booth], mixes: Mapping[str, Mix]) -> list[Entry]:
        if not self.approaches:
            return [Entry(booth.spec.id, 1.0 / max(1, len(booth.serves))) for booth in booths]
        return [Entry(lane.id, mixes[lane.id].share(self.spec.id)) for lane in self.approaches]

    def _arrivals(self, now: Slice, booths: Sequence[Booth], mixes: Mapping[str, Mix]) -> tuple[float, float]:
        """Vehicles of this stream that entered, and the variance beyond that of counting."""
        entries = self._entries(booths, mixes)
        arrived, unsure, blind = 0.0, 0.0, 0
        for entry in entries:
            row = now.rows.get(entry.lane)
            if row is None or row.arrivals is None:
                blind += 1
                continue
            arrived += entry.share * row.arrivals
            unsure += entry.share * (1 - entry.share) * row.arrivals
        guessed = self.rate_per_s * now.length_s * blind / max(1, len(entries))
        if not blind and not self.spill.covered:
            share = 1 - math.exp(-now.length_s / RATE_MEMORY_S)
            self.rate_per_s += share * (arrived / now.length_s - self.rate_per_s)
        return arrived + guessed, unsure + guessed + (0.3 * guessed) ** 2

    def _departures(self, now: Slice, booths: Sequence[Booth]) -> tuple[float, float]:
        gone, unsure = 0.0, 0.0
        for booth in booths:
            row = now.rows.get(booth.spec.id)
            if row is not None and row.departures is not None:
                gone += row.departures / max(1, len(booth.serves))
            elif booth.served_within(now.start_s, 1800.0):
                guessed = min(now.length_s / self.cycle.mean_s(), self.drift.mean() / len(booths))
                gone += guessed
                unsure += guessed
        return gone, unsure

    # --- evidence

    def learn_cycle(self, now: Slice, booths: Sequence[Booth]) -> None:
        """Booths with a queue tell how long a departure takes."""
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

    def look(self, now: Slice, booths: Sequence[Booth]) -> None:
        """Correct the balance by the queue in view of the booths."""
        seen = [now.rows[b.spec.id] for b in booths if b.spec.id in now.rows]
        views = [row.in_view_mean for row in seen if row.in_view_mean is not None]
        if not views or len(views) < len(booths):
            return
        base = (
            self.drift.base
            - (self.entered.since(now.start_s, now.end_s) - self.left.since(now.start_s, now.end_s)) / 2
        )
        transit = self._unseen(now, booths)
        total = sum(views) + transit
        x = self.drift.vehicles(base)
        weight = min(1.0, now.length_s / MINUTE_S)
        if all(
            row.in_view_mean is not None
            and row.in_view_mean < EMPTY_VEHICLES
            and (row.booth_occ or 0) <= OCCUPIED
            for row in seen
        ):
            self.drift.weigh(about(x, total, 0.5 + 0.3 * transit, 0.5 + 0.3 * transit), min(1.0, 0.25 + 3 * weight))
        elif self._has_room(now, booths):
            sd = math.sqrt(0.5 + (0.06 * total) ** 2 + 0.3 * transit)
            above = sd if self.approaches else 1.5 + 0.35 * total
            self.drift.weigh(about(x, total, sd, above), weight)
        else:
            self.drift.weigh(at_least(x, sum(views), 0.7 + 0.06 * total), weight)

    def _unseen(self, now: Slice, booths: Sequence[Booth]) -> float:
        """Vehicles that drive between the entry lines and the view of the booths, at the middle of the slice."""
        if not self.approaches:
            return 0.0
        middle = (now.start_s + now.end_s) / 2
        view_m = max((booth.spec.view_m for booth in booths), default=0.0)
        drive_s = max(0.0, self.line_m() - view_m) / ROAD_MS
        return self.entered.since(middle - drive_s, middle)

    def _has_room(self, now: Slice, booths: Sequence[Booth]) -> bool:
        """Whether an open booth's lane could take another vehicle, so that nobody waits upstream of the view."""
        if not self.approaches:
            return True
        fit = self._fit(booths)
        for booth in booths:
            row = now.rows[booth.spec.id]
            taking = booth.arrived_s is not None and now.end_s - booth.arrived_s <= max(
                150.0, 1.5 * now.length_s
            )
            if taking and not row.full and (row.in_view_mean or 0.0) < 0.7 * fit:
                return True
        return False

    def _fit(self, booths: Sequence[Booth]) -> float:
        """Vehicles that fit into the view of a booth lane."""
        view_m = min((booth.spec.view_m for booth in booths), default=120.0)
        return view_m / self.spec.pitch_m

    def line_m(self) -> float:
        """Metres from the booths to the nearest approach line, 0 without one."""
        return min((lane.line_m or 0.0 for lane in self.approaches), default=0.0)

    def look_upstream(self, now: Slice, booths: Sequence[Booth], mixes: Mapping[str, Mix]) -> None:
        """Bound the balance by where the queue ends on the approach, and watch the queue beyond it."""
        rows = [(lane, now.rows[lane.id]) for lane in self.approaches if lane.id in now.rows]
        if not rows:
            return
        room = self.room(booths, mixes)
        x = self.drift.vehicles()
        standing = [row.full is True and (row.stopped_mean or 0.0) >= 1.0 for _, row in rows]
        clear = [row.full is False and (row.stopped_mean or 0.0) < 0.3 for _, row in rows]
        if any(standing):
            self.drift.weigh(at_least(x, 0.9 * room, 0.1 * room + 1), 0.5)
        elif all(clear):
            self.drift.weigh(at_most(x, 1.05 * room, 0.1 * room + 1), 0.5)
        flow = self.entered.since(now.start_s, now.end_s) / now.length_s
        self.spill.step(now.length_s, any(standing), all(clear), self.rate_per_s, flow)

    def room(self, booths: Sequence[Booth], mixes: Mapping[str, Mix]) -> float:
        """Vehicles of this stream that stand between the approach lines and the booths when all is full."""
        stacking = max((booth.spec.stacking_m or booth.spec.view_m for booth in booths), default=0.0)
        road = sum(
            mixes[lane.id].share(self.spec.id) * max(0.0, (lane.line_m or 0.0) - stacking)
            for lane in self.approaches
        )
        return (road + len(booths) * stacking) / self.spec.pitch_m

    def match(self, now: Slice, matches: Sequence[Match], open_booths: int) -> None:
        """A vehicle seen at both ends tells how many came after it, whatever the balance says."""
        for match in matches:
            entered_s = match.at_s - match.travel_s
            behind = self.entered.since(entered_s, match.at_s) + max(0, open_booths - 1) / 2
            base = self.drift.base - (
                self.entered.since(match.at_s, now.end_s) - self.left.since(match.at_s, now.end_s)
            )
            sd = math.sqrt(1.5 + 0.5 * open_booths + (0.08 * behind) ** 2)
            self.drift.weigh(about(self.drift.vehicles(base), behind, sd, sd))
            self.matched_s = match.at_s
            self.travels = [*self.travels, (match.at_s, match.travel_s)][-20:]

    # --- result

    def joined(self, at_s: float, booths: Sequence[Booth]) -> float:
        """Vehicles that stand in the queue, those still driving towards its end left out (>= 0)."""
        inside = self.drift.mean()
        driving = (
            self.entered.since(at_s - self.drive_s(inside, booths), at_s) if not self.spill.covered else 0.0
        )
        return max(0.0, inside - driving) + self.spill.vehicles

    def drive_s(self, standing: float, booths: Sequence[Booth]) -> float:
        """Seconds from the entry line to the end of a queue of `standing` vehicles."""
        if self.approaches:
            lanes = max(1, len(self.approaches))
            queue_m = standing * self.spec.pitch_m / lanes
            return max(0.0, self.line_m() - queue_m) / ROAD_MS + 2.0
        lanes = max(1, len(booths))
        view_m = max((booth.spec.view_m for booth in booths), default=120.0)
        queue_m = standing * self.spec.pitch_m / lanes
        return max(0.0, view_m - queue_m) / LANE_MS + 3.7
