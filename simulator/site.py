"""The demo crossing: where its lanes, lines and stopping places lie, in metres.

y = 0 at the booth line and grows upstream; vehicles drive towards smaller y. x runs across, z up.
"""

from __future__ import annotations

from dataclasses import dataclass

TAIL_LINE_M = 120.0
"""Upstream end of what the tail camera measures."""
STOP_LINE_M = 4.0
"""Where a vehicle's front stands during inspection."""
QUEUE_LIMIT_M = 102.0
"""No vehicle joins a queue whose end lies further upstream, unless a spill is asked for."""
SPAWN_M = 186.0
"""Where a vehicle's front appears, out of sight of both cameras."""
FAR_SPAWN_M = 300.0
"""Where vehicles appear before a camera that looks upstream: there a lorry is a few pixels high."""
GONE_M = -26.0
"""Where a vehicle's rear is out of sight of both cameras."""
LANE_WIDTH_M = 3.6


@dataclass(frozen=True, slots=True)
class Lane:
    """One booth lane: its id, the stream that it serves, and the middle of it across the road."""

    id: str
    stream: str
    x_m: float


LANES = (Lane("b1", "commercial/fast", -3.3), Lane("b2", "commercial/standard", 3.3))
