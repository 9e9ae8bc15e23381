"""From vehicles ahead to seconds of wait: fill the open booths evenly, as drivers do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Server:
    """An open booth: `vehicles` in its lane, seconds until the first of them is gone; takes more or not."""

    vehicles: float
    residual_s: float
    accepts: bool = True


def wait_s(ahead: float, servers: Sequence[Server], cycle_s: float, ready_s: float) -> float:
    """Expected seconds until a vehicle behind `ahead` others (>= 0, fractional) stands at a booth.

    The others that are not yet in a booth's lane are poured over the lanes like water; the level that they
    reach is the wait. Rises with `ahead`. Raises: ValueError, without a booth that accepts.
    """
    if not any(server.accepts for server in servers):
        raise ValueError("no booth accepts vehicles")
    committed = sum(server.vehicles for server in servers)
    scale = min(1.0, ahead / committed) if committed > 0 else 1.0
    clear = [_clear_s(s.vehicles * scale, s.residual_s, cycle_s, ready_s) for s in servers if s.accepts]
    return _level(sorted(clear), max(0.0, ahead - committed), cycle_s)


def _clear_s(vehicles: float, residual_s: float, cycle_s: float, ready_s: float) -> float:
    """Seconds until the next vehicle could stand at a booth with `vehicles` in its lane."""
    return max(0.0, residual_s + ready_s + (vehicles - 1.0) * cycle_s)


def _level(clear: list[float], pour: float, cycle_s: float) -> float:
    """Level after pouring `pour` vehicles over lanes that clear at the sorted times `clear`."""
    level = clear[0]
    for lanes, upper in enumerate([*clear[1:], float("inf")], start=1):
        rise = pour * cycle_s / lanes
        if level + rise <= upper:
            return level + rise
        pour -= (upper - level) * lanes / cycle_s
        level = upper
    return level
