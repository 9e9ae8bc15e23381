"""How far the wait of a single vehicle may lie from the expected one, before matched vehicles stretch it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.waits.cycle import Cycle
from dashboard.waits.stream import Stream

Z90 = 1.645
EVENT_SHARE = 0.12
"""Booths open, close and pause unannounced: standard error as a share of the wait."""
HELD_SHARE = 0.2
"""Of the wait behind others on shared lanes: they go to booths whose openings and closings come on top."""
BEYOND_SHARE = 0.7
"""Of the spread of the queue beyond the line: the vehicles there are served when much has changed."""
COUNT_DOUBT = 1.5
"""Variance of the vehicles between the lines, over what their distribution says: it is too sure of itself."""
OTHER_LANE = 0.3
"""Standard error from the choice among several lanes, in times between departures."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The booths' lanes that a stream waits for: how many, vehicles that fit into one, and their pace."""

    lanes: int
    fits: float
    cycle: Cycle


def spread_s(stream: Stream, ways: Ways, ahead: float, level: float, held_s: float) -> float:
    """Seconds below and above the wait `level` behind `ahead` others that hold 90 %.

    `held_s` of it is spent behind other streams. Luck of the services in its own lane is borne alone;
    upstream of that, vehicles go wherever a lane moves on, so that all share it.
    """
    lanes, cycle_s = max(1, ways.lanes), ways.cycle.mean_s()
    count = COUNT_DOUBT * stream.drift.sd() ** 2 + (BEYOND_SHARE * stream.spill.sd) ** 2
    turns = max(ahead, 1.0) / lanes
    alone = min(turns, ways.fits)
    luck = (alone + (turns - alone) / lanes) * (ways.cycle.luck_cv() * cycle_s) ** 2 + (cycle_s / 2) ** 2
    lane = (OTHER_LANE * cycle_s) ** 2 if lanes > 1 else 0.0
    variance = count * (cycle_s / lanes) ** 2 + luck + lane + (EVENT_SHARE * level) ** 2
    return Z90 * math.sqrt(variance + (HELD_SHARE * held_s) ** 2)
