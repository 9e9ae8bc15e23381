"""One booth as last seen: whom it serves, whether it works, and when its next vehicle will be done."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard.minutes import LaneMinute
from dashboard.waits.curve import Curve
from dashboard.waits.site import LaneSpec
from dashboard.waits.standing import BRIEF_S, OCCUPIED, Standing

SERVED_WITHIN_S = 900.0
EMPTY_VEHICLES = 0.15
ROOM_SHARE = 0.7
"""A view filled less than this has room for another vehicle."""
CUT_SHORT = 0.6
"""A view that is full with fewer vehicles, over those that fit, does not show them all."""

HIDDEN_SLICES = 2
"""A camera says once in a while that it does not see all; so many times in a row it means fog."""


@dataclass(frozen=True, slots=True)
class Headways:
    """`departures` in `busy_s` seconds with a queue behind, the booth vacant for `vacant_s` of them."""

    busy_s: float
    departures: int
    vacant_s: float | None


@dataclass(slots=True, eq=False)
class Booth:
    """Memory of one booth lane. Times are seconds in the engine's time; None: has not happened.

    `standing` is followed where slices are brief; `stood`: somebody came to stand in the newest of them.
    `left_over` vehicles in it are of the class that its sign showed `before`. `gone` and `gone_before`:
    departures of the newest slice of either class. `row` is the newest that tells the queue; `approached`: a
    line upstream counts its arrivals too. `came` counts over the tail line, `viewed` is what was in view.
    Since `roomy_s` the lane has been in use with room for more. The last `unseen` rows showed nobody, and not
    the whole view.
    """

    spec: LaneSpec
    serves: tuple[str, ...]
    pitch_m: float = 21.0
    row: LaneMinute | None = None
    departed_s: float | None = None
    arrived_s: float | None = None
    occupied_since_s: float | None = None
    vacant_since_s: float | None = None
    counted_s: float | None = None
    roomy_s: float | None = None
    unseen: int = 0
    vacant_s: float = 0.0
    occupied_s: float = 0.0
    before: tuple[str, ...] = ()
    left_over: int = 0
    gone: int = 0
    gone_before: int = 0
    standing: Standing = field(default_factory=Standing)
    stood: bool | None = None
    approached: bool = False
    came: Curve = field(default_factory=Curve)
    viewed: Curve = field(default_factory=Curve)

    def see(self, row: LaneMinute) -> None:
        """Take in a row of this lane; an unread sign leaves the memory as it is."""
        self._see_sign(row)
        self.gone_before = min(self.left_over, row.departures or 0)
        self.gone = (row.departures or 0) - self.gone_before
        self.left_over -= self.gone_before
        if row.in_view_mean is not None and row.in_view_mean < EMPTY_VEHICLES:
            self.left_over = 0
        if row.missing:
            return
        if self._tells_queue(row):
            self.row = row
            self.unseen = self.unseen + 1 if is_unseen(row) else 0
        middle = (row.start_s + row.end_s) / 2
        if row.arrivals is not None:
            self.came.add_each(row.start_s, row.end_s, row.arrivals)
        if row.in_view_mean is not None:
            self.viewed.note(middle, row.in_view_mean)
            self._see_room(row, row.in_view_mean)
        if row.departures:
            self.departed_s = row.end_s - row.length_s / (2 * row.departures)
        if row.arrivals:
            self.arrived_s = middle
        self._see_occupancy(row)

    def _see_room(self, row: LaneMinute, in_view: float) -> None:
        fits = self.spec.view_m / self.pitch_m
        if row.full or not EMPTY_VEHICLES <= in_view < ROOM_SHARE * fits:
            self.roomy_s = None
        elif self.roomy_s is None:
            self.roomy_s = row.start_s

    def _tells_queue(self, row: LaneMinute) -> bool:
        """Whether the row holds a view of the lane, or both ends of its balance."""
        counted = row.arrivals is not None or self.approached
        return row.in_view_mean is not None or (counted and row.departures is not None)

    def _see_sign(self, row: LaneMinute) -> None:
        """A new class takes over the lane; the vehicles that stand in it are still of the class before."""
        if not row.serves or row.serves == self.serves:
            return
        self.before, self.serves = self.serves, row.serves
        self.left_over = round(self.in_view() * max(1.0, self.spec.room_m / self.spec.view_m))

    def _see_occupancy(self, row: LaneMinute) -> None:
        self.stood = None
        if row.booth_occ is None:
            return
        if row.length_s <= BRIEF_S:
            self._follow(row, row.booth_occ)
        elif row.booth_occ <= OCCUPIED:
            self.occupied_since_s = None
            if self.vacant_since_s is None:
                self.vacant_since_s = row.start_s
        elif self.occupied_since_s is None:
            self.occupied_since_s = row.end_s - row.booth_occ * row.length_s
            self.vacant_since_s = None

    def _follow(self, row: LaneMinute, occupied: float) -> None:
        self.stood = self.standing.see(row.start_s, row.length_s, occupied, row.departures or 0)
        if self.standing.here:
            self.occupied_since_s, self.vacant_since_s = self.standing.began_s, None
            return
        known = (self.standing.left_s, self.vacant_since_s, row.start_s)
        self.occupied_since_s = None
        self.vacant_since_s = next(time_s for time_s in known if time_s is not None)

    def services(self, row: LaneMinute) -> tuple[float, int] | None:
        """Seconds occupied since the last departure and departures now; None: nobody left, or not seen."""
        if row.booth_occ is None or row.departures is None:
            self.occupied_s = 0.0
            return None
        self.occupied_s += min(1.0, max(0.0, row.booth_occ)) * row.length_s
        if not row.departures:
            return None
        occupied, self.occupied_s = self.occupied_s, 0.0
        return occupied, row.departures

    def headways(self, row: LaneMinute, crowded: bool) -> Headways | None:
        """What this slice's departures tell of the time between two; `crowded`: another vehicle waits behind.

        Call after `see`, once a slice. None: nobody left, or the lane was not crowded since the one before.
        """
        if not crowded or row.departures is None:
            self.counted_s = None
            return None
        if self.stood is not None:
            return self._turn() if self.stood else None
        self.vacant_s += (1.0 - min(1.0, max(0.0, row.booth_occ or 0.0))) * row.length_s
        if not row.departures or self.departed_s is None:
            return None
        before, self.counted_s = self.counted_s, self.departed_s
        vacant, self.vacant_s = self.vacant_s, 0.0
        if before is None:
            return None
        return Headways(self.departed_s - before, row.departures, None if row.booth_occ is None else vacant)

    def _turn(self) -> Headways | None:
        """From one vehicle's coming to stand to the next one's, both told to a fraction of a slice."""
        began_s, left_s = self.standing.began_s, self.standing.left_s
        before, self.counted_s = self.counted_s, began_s
        if before is None or began_s is None:
            return None
        return Headways(began_s - before, 1, None if left_s is None else began_s - left_s)

    def in_view(self) -> float:
        """Vehicles in its lane when last seen, 0 where it never was."""
        return (self.row.in_view_mean or 0.0) if self.row else 0.0

    def tail_passed_s(self, at_s: float) -> float | None:
        """When the vehicle that came to stand at the booth at `at_s` passed the tail line.

        Those in view behind it came later, one by one. None: not seen, or the view is cut short.
        """
        row = self.row
        if row is None or row.in_view_mean is None or row.start_s - row.length_s > at_s:
            return None
        if row.full and row.in_view_mean < CUT_SHORT * self.spec.view_m / self.pitch_m:
            return None
        behind = max(0.0, self.viewed.at(at_s) - 1.0)
        passed_s = self.came.when(self.came.at(at_s) - behind)
        return None if passed_s is None else min(passed_s, at_s)

    def is_empty(self) -> bool:
        """Seen, and nobody there."""
        hidden = self.unseen >= HIDDEN_SLICES
        return self.is_viewed() and not hidden and self.in_view() < EMPTY_VEHICLES

    def is_crowded(self) -> bool:
        """Seen with vehicles, and without room for more."""
        return self.is_viewed() and self.in_view() >= EMPTY_VEHICLES and self.roomy_s is None

    def is_viewed(self) -> bool:
        """Whether the newest row says how many are there."""
        return self.row is not None and self.row.in_view_mean is not None

    def served_within(self, at_s: float, within_s: float) -> bool:
        """Whether a vehicle was done here not longer than `within_s` ago."""
        return self.departed_s is not None and at_s - self.departed_s <= within_s

    def is_fresh(self, at_s: float, within_s: float) -> bool:
        """Whether the lane was seen not longer than `within_s` ago."""
        return self.row is not None and at_s - self.row.end_s <= within_s

    def residual_s(self, at_s: float, cycle_s: float, ready_s: float) -> float:
        """Seconds until the vehicle at the booth has left it, on average.

        `ready_s`: from a departure until the next stands at the booth. A booth that takes much longer than
        usual is likely to pause, and then for longer the longer it has lasted.
        """
        ready_at_s = None if self.departed_s is None else self.departed_s + ready_s
        if self.stood is not None and self.standing.here:
            ready_at_s = None
        begun = [time_s for time_s in (self.occupied_since_s, ready_at_s) if time_s is not None]
        if not begun:
            return cycle_s / 2
        passed = at_s - max(begun)
        left = cycle_s - ready_s - passed
        return min(max(left, 0.12 * cycle_s, 0.3 * (passed - 2 * cycle_s)), 300.0 + cycle_s)


def is_unseen(row: LaneMinute) -> bool:
    """Whether the lane's view does not show all, and nobody in what it shows."""
    return bool(row.full) and (row.in_view_mean or 0.0) < EMPTY_VEHICLES
