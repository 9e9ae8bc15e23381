"""Who comes when: a demand that raises and drains each queue so that waits follow a planned rise and fall.

Each lane is one chain of vehicles without overtaking, so a vehicle's whole drive follows from its leader's.
That lets arrivals be chosen against the service: a vehicle enters as soon as its true wait, which is known by
driving it, is no longer than the planned one. Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.driving import STEP_S, Drive, drive
from simulator.fleet import KINDS, Kind, Vehicle, draw_vehicle
from simulator.site import LANES, QUEUE_LIMIT_M, SPAWN_M, Lane

HUMP_S = 210.0
"""About one rise and fall of the demand takes this long."""
PEAK_S = {"commercial/fast": (47.0, 53.0), "commercial/standard": (52.0, 60.0)}
"""Range from which a stream's planned peak wait is drawn."""
PEAK_SHARE = 0.42
"""A short recording's peak is no more than this part of its length."""
LONGEST_WAIT_S = 80.0
CLEAR_S = 2.0
"""The last vehicle is gone at least this long before the end."""
SHAPE_PASSED = (0.0, 0.10, 0.22, 0.36, 0.80, 1.0)
SHAPE_WAIT = (0.4, 0.7, 1.0, 1.0, 0.1, 0.1)
"""Planned wait over its peak, against the part of a hump that has passed."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How much traffic: planned peak waits by stream, their bounds, how far a queue may reach."""

    peak_s: Mapping[str, tuple[float, float]]
    peak_share: float = PEAK_SHARE
    longest_wait_s: float = LONGEST_WAIT_S
    queue_limit_m: float = QUEUE_LIMIT_M


USUAL = Demand(PEAK_S)
LONG_QUEUES = Demand(dict.fromkeys(PEAK_S, (110.0, 122.0)), 0.55, 130.0, 150.0)
"""Six articulated trucks and more in a lane that is open for three minutes or longer: past the tail line."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated. `spill`: demand does not stop at the queue limit, nor for the end."""

    seed: int
    length_s: float
    spill: bool = False
    kinds: tuple[Kind, ...] = KINDS
    demand: Demand = USUAL
    spawn_m: float = SPAWN_M
    begin_s: float = 0.0
    """No vehicle enters before."""


@dataclass(frozen=True, slots=True)
class LaneTraffic:
    """The drives of one lane, in the order in which they pass."""

    lane: Lane
    drives: tuple[Drive, ...]


def simulate(plan: Plan) -> tuple[LaneTraffic, ...]:
    """Drive the whole recording, each lane from a random stream of its own."""
    return tuple(
        LaneTraffic(lane, tuple(_fill(lane, plan, np.random.default_rng([plan.seed, index]))))
        for index, lane in enumerate(LANES)
    )


def planned_wait_s(at_s: float, peak_s: float, length_s: float) -> float:
    """Longest wait, seconds, that a vehicle which joins at `at_s` may find."""
    humps = max(1, round(length_s / HUMP_S))
    passed = (at_s * humps / length_s) % 1.0
    return peak_s * float(np.interp(passed, SHAPE_PASSED, SHAPE_WAIT))


def _fill(lane: Lane, plan: Plan, rng: np.random.Generator) -> list[Drive]:
    demand = plan.demand
    peak_s = min(float(rng.uniform(*demand.peak_s[lane.stream])), demand.peak_share * plan.length_s)
    name = lane.stream.rpartition("/")[2]
    drives: list[Drive] = []
    enter_s = round((plan.begin_s + float(rng.uniform(0.5, 3.0))) / STEP_S) * STEP_S
    while True:
        vehicle = draw_vehicle(rng, f"{name}-{len(drives) + 1:03d}", plan.kinds)
        tolerance_s = float(rng.uniform(-3.0, 1.0))
        found = _admit(vehicle, drives, enter_s, plan, peak_s, tolerance_s)
        if found is None:
            return drives
        drives.append(found)
        enter_s = _after(found, rng)


def _after(ahead: Drive, rng: np.random.Generator) -> float:
    """Earliest entry behind `ahead`: far enough that the tail camera sees its rear on the road."""
    headway_s = ahead.vehicle.length_m / ahead.vehicle.speed_ms + float(rng.uniform(2.3, 3.2))
    return round((ahead.enter_s + headway_s) / STEP_S) * STEP_S


def _admit(
    vehicle: Vehicle, drives: list[Drive], earliest_s: float, plan: Plan, peak_s: float, tolerance_s: float
) -> Drive | None:
    """First drive at or after `earliest_s` that the plan allows; None: it would not be gone in time."""
    ahead = drives[-1] if drives else None
    enter_s = earliest_s
    end_s = plan.length_s if plan.spill else plan.length_s - CLEAR_S
    while enter_s < end_s:
        if ahead is not None and _blocked(ahead, enter_s, plan.spawn_m):
            enter_s += 10 * STEP_S
            continue
        candidate = drive(vehicle, enter_s, ahead, end_s, plan.spawn_m)
        if plan.spill:
            return candidate
        if candidate.gone_s is None:
            return None
        excess_s = _excess_s(candidate, plan, peak_s, tolerance_s)
        if excess_s <= 0:
            return candidate
        enter_s += STEP_S * max(8, round(0.6 * excess_s / STEP_S))
    return None


def _blocked(ahead: Drive, enter_s: float, spawn_m: float) -> bool:
    """Whether the leader's rear still stands too near the spawn point (only in a spill)."""
    front = ahead.front_at(enter_s)
    return front is not None and spawn_m - front - ahead.vehicle.length_m < 12.0


def _excess_s(candidate: Drive, plan: Plan, peak_s: float, tolerance_s: float) -> float:
    """Seconds by which a drive waits longer than planned; positive also where the queue is too long."""
    if candidate.join_s is None or candidate.wait_s is None:
        return 0.0
    planned = planned_wait_s(candidate.join_s, peak_s, plan.length_s) + tolerance_s
    excess = candidate.wait_s - min(planned, plan.demand.longest_wait_s)
    joined_at = candidate.front_at(candidate.join_s)
    too_long = joined_at is not None and joined_at + candidate.vehicle.length_m > plan.demand.queue_limit_m
    return max(excess, 1.0) if too_long else excess
