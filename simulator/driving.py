"""How one vehicle drives behind another: 1-D car following with a stop at the booth. Pure."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.fleet import Vehicle
from simulator.site import GONE_M, SPAWN_M, STOP_LINE_M

STEP_S = 0.05
REACTION_S = 0.5
JOIN_MS = 5 / 3.6
"""A vehicle slower than this stands in the queue."""
STANDS_WITHIN_M = 0.3
EXIT_SPEED_MS = 9.0
NEVER_M = 1e6


@dataclass(frozen=True, slots=True)
class Drive:
    """Where a vehicle's front was, (n,) metres at steps of STEP_S from `enter_s`, and what happened when.

    Times are seconds; None: did not happen before the end of the simulation.
    """

    vehicle: Vehicle
    enter_s: float
    front_m: NDArray[np.float64]
    join_s: float | None
    booth_s: float | None
    gone_s: float | None

    @property
    def wait_s(self) -> float | None:
        """Seconds from joining the queue's end to the start of inspection."""
        return None if self.booth_s is None or self.join_s is None else self.booth_s - self.join_s

    def front_at(self, at_s: float) -> float | None:
        """Metres from the booth line to the front; None before it entered and after it left."""
        step = (at_s - self.enter_s) / STEP_S
        low = math.floor(step + 1e-9)
        if low < 0 or low >= len(self.front_m):
            return None
        high = min(low + 1, len(self.front_m) - 1)
        return float(self.front_m[low] + (step - low) * (self.front_m[high] - self.front_m[low]))

    def speed_at(self, at_s: float) -> float:
        """Speed, m/s, over the step that holds `at_s`; 0 where the vehicle is not on the road."""
        step = min(max(math.floor((at_s - self.enter_s) / STEP_S + 1e-9), 0), len(self.front_m) - 2)
        return 0.0 if step < 0 else float(self.front_m[step] - self.front_m[step + 1]) / STEP_S

    def crossed_s(self, y_m: float, behind_front_m: float = 0.0) -> float | None:
        """When the point `behind_front_m` behind the front passed y_m, interpolated between steps."""
        passed = np.flatnonzero(self.front_m + behind_front_m < y_m)
        if len(passed) == 0 or passed[0] == 0:
            return None
        after = int(passed[0])
        before_m, after_m = self.front_m[after - 1] + behind_front_m, self.front_m[after] + behind_front_m
        return self.enter_s + STEP_S * (after - 1 + float((before_m - y_m) / (before_m - after_m)))


def safe_speed(free_m: float, ahead_ms: float, brake_ms2: float) -> float:
    """Fastest speed, m/s, from which a stop within `free_m` behind a leader at `ahead_ms` is possible.

    Source: Gipps (1981), A behavioural car-following model, with equal braking of both.
    """
    reach = (brake_ms2 * REACTION_S) ** 2 + 2 * brake_ms2 * max(free_m, 0.0) + ahead_ms**2
    return max(0.0, math.sqrt(reach) - brake_ms2 * REACTION_S)


def drive(
    vehicle: Vehicle, enter_s: float, ahead: Drive | None, end_s: float, spawn_m: float = SPAWN_M
) -> Drive:
    """Drive `vehicle` from the spawn point, behind `ahead`, until it is gone or `end_s`."""
    rears = _rears_from(ahead, enter_s, end_s)
    front, speed, at = spawn_m, vehicle.speed_ms, enter_s
    fronts, join_s, booth_s, gone_s = [front], None, None, None
    for rear, rear_next in itertools.pairwise(rears):
        free = front - rear - vehicle.gap_m
        wanted = min(
            vehicle.speed_ms if front > STOP_LINE_M else EXIT_SPEED_MS,
            safe_speed(free, (rear - rear_next) / STEP_S, vehicle.brake_ms2),
        )
        inspected = booth_s is not None and at >= booth_s + vehicle.service_s
        if not inspected:
            wanted = min(wanted, safe_speed(front - STOP_LINE_M, 0.0, vehicle.brake_ms2))
        speed = min(wanted, speed + vehicle.accel_ms2 * STEP_S)
        front, at = front - speed * STEP_S, at + STEP_S
        fronts.append(front)
        if join_s is None and speed < JOIN_MS:
            join_s = at
        if booth_s is None and front - STOP_LINE_M < STANDS_WITHIN_M:
            booth_s = at
        if front + vehicle.length_m < GONE_M:
            gone_s = at
            break
    return Drive(vehicle, enter_s, np.array(fronts), join_s, booth_s, gone_s)


def _rears_from(ahead: Drive | None, enter_s: float, end_s: float) -> list[float]:
    """Rear of the leader, metres, at each step from `enter_s` to `end_s`; far away once it is gone."""
    steps = round((end_s - enter_s) / STEP_S) + 1
    if ahead is None:
        return [-NEVER_M] * steps
    skip = round((enter_s - ahead.enter_s) / STEP_S)
    rears: list[float] = (ahead.front_m[skip:] + ahead.vehicle.length_m).tolist()[:steps]
    return rears + [-NEVER_M] * (steps - len(rears))
