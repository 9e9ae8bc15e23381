"""From vehicles ahead to seconds of wait: fill the open booths evenly, as drivers do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Server:
    """A booth: `vehicles` in its lane, seconds until the first of them is gone; takes more or not.

    It takes no vehicle to its stand before `opens_s` nor after `until_s` (seconds from now).
    """

    vehicles: float
    residual_s: float
    accepts: bool = True
    opens_s: float = 0.0
    until_s: float = math.inf


def wait_s(ahead: float, servers: Sequence[Server], cycle_s: float, ready_s: float) -> float:
    """Expected seconds until a vehicle behind `ahead` others (>= 0, fractional) stands at a booth.

    The others that are not yet in a booth's lane are poured over the lanes like water; the level that they
    reach is the wait. Rises with `ahead`. Raises: ValueError, without a booth that ever accepts.
    """
    committed = sum(server.vehicles for server in servers)
    scale = min(1.0, ahead / committed) if committed > 0 else 1.0
    spans = [
        (max(s.opens_s, _clear_s(s.vehicles * scale, s.residual_s, cycle_s, ready_s)), s.until_s)
        for s in servers
        if s.accepts
    ]
    return _level(spans, max(0.0, ahead - committed), cycle_s)


def _clear_s(vehicles: float, residual_s: float, cycle_s: float, ready_s: float) -> float:
    """Seconds until the next vehicle could stand at a booth with `vehicles` in its lane."""
    return max(0.0, residual_s + ready_s + (vehicles - 1.0) * cycle_s)


def _level(spans: Sequence[tuple[float, float]], pour: float, cycle_s: float) -> float:
    """Level after pouring `pour` vehicles over lanes that take them from the first time to the second.

    Where all of them close before, they are taken not to. Raises: ValueError, if none ever takes any.
    """
    for taken in (spans, [(clear, math.inf) for clear, _ in spans]):
        left = pour
        edges = sorted({edge for span in taken for edge in span})
        for lower, upper in pairwise([*edges, math.inf]):
            lanes = sum(clear <= lower < until for clear, until in taken)
            room = lanes * (upper - lower) / cycle_s if lanes else 0.0
            if lanes and left <= room:
                return lower + left * cycle_s / lanes
            left -= room
    raise ValueError("no booth accepts vehicles")
