"""A shared approach: one road lane upstream, through which the traffic of all booth lanes comes.

Its camera stands over the road where the lanes part, out of sight of the tail camera, and looks upstream.
Between the approach line and the lanes vehicles drive unseen, as slowly as it takes to come into their lane
when they do.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simulator.driving import STEP_S, Drive
from simulator.site import Lane
from simulator.traffic import LaneTraffic

LANE = Lane("u1", "commercial", 0.0)
LINE_M, SEES_TO_M = 250.0, 300.0
APPEARS_M, LEAVES_M = 480.0, 196.0
SPEED_MS = 11.0
GAP_S = 1.6
"""From a rear to the next front, at SPEED_MS."""
LEAD_S = 40.0
"""The lanes' traffic begins this much later, so that the approach is empty at first."""
_FROM_LINE_S = (APPEARS_M - LINE_M) / SPEED_MS
_TO_LANES_S = 8.0


class ApproachError(ValueError):
    """The traffic comes too early for an approach that is empty at first; it must begin later."""


def approach(traffic: Iterable[LaneTraffic]) -> LaneTraffic:
    """The drives of all lanes' vehicles on the approach, in the order in which they pass its line.

    Raises: ApproachError, if the first would have to be there before the recording begins.
    """
    later: list[Drive] = []
    next_pass_s = np.inf
    for drive in sorted((d for part in traffic for d in part.drives), key=_enters, reverse=True):
        vehicle = drive.vehicle
        pass_s = min(drive.enter_s - _TO_LANES_S, next_pass_s - vehicle.length_m / SPEED_MS - GAP_S)
        pass_s = round(pass_s / STEP_S) * STEP_S
        appear_s = pass_s - round(_FROM_LINE_S / STEP_S) * STEP_S
        if appear_s <= 0:
            raise ApproachError(
                f"{vehicle.id} would be on the approach {-appear_s:.0f} s before the beginning"
            )
        steps = round((APPEARS_M + vehicle.length_m - LEAVES_M) / SPEED_MS / STEP_S)
        front_m = (
            LINE_M + SPEED_MS * (pass_s - appear_s) - SPEED_MS * STEP_S * np.arange(steps, dtype=np.float64)
        )
        gone_s = appear_s + STEP_S * steps
        later.append(Drive(vehicle, appear_s, front_m, None, None, gone_s))
        next_pass_s = pass_s
    return LaneTraffic(LANE, tuple(reversed(later)))


def _enters(drive: Drive) -> float:
    return drive.enter_s
