"""The expected wait of one stream, with the interval that holds 90 % of single vehicles."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.waits.ahead import Server, wait_s
from dashboard.waits.booth import Booth
from dashboard.waits.state import Basis, Wait
from dashboard.waits.stream import Stream

Z90 = 1.645
TAKES_WITHIN_S = 150.0
EVENT_SHARE = 0.18
"""Booths open, close and pause unannounced: standard error as a share of the wait."""


def expected(stream: Stream, booths: Sequence[Booth], end_s: float, valid_s: float) -> Wait | None:
    """Wait of a vehicle that joins at `end_s`, the end of the newest slice; None while no booth was ever seen."""
    seen = [booth for booth in booths if booth.row is not None]
    if not seen:
        return None
    measured_s = max(booth.row.end_s for booth in seen if booth.row)
    ahead = max(0.0, stream.joined(end_s, booths) - 1.0)
    working = open_booths(stream, seen, ahead, end_s)
    cycle = stream.cycle.mean_s()
    ready = stream.cycle.ready_s()
    servers = [Server(b.in_view(), b.residual_s(end_s, cycle, ready), accepts) for b, accepts in working]
    level = wait_s(ahead, servers, cycle, ready) if servers else ahead * cycle
    below, above = _spread_s(stream, ahead, max(1, len(servers)), level)
    return Wait(
        wait_s=level,
        low_s=max(0.0, level - below),
        high_s=level + above,
        basis=_basis(stream, end_s),
        measured_at_s=measured_s,
        valid_until_s=measured_s + valid_s,
    )


def open_booths(
    stream: Stream, booths: Sequence[Booth], ahead: float, end_s: float
) -> list[tuple[Booth, bool]]:
    """Booths that work, each with whether it still takes vehicles."""
    crowd = max((booth.in_view() for booth in booths), default=0.0)
    working = [b for b in booths if not b.is_empty() or _may_be_idle(b, crowd, ahead, end_s)]
    marked = [(booth, _takes(booth, crowd, end_s)) for booth in working]
    if marked and not any(takes for _, takes in marked):
        return [(booth, True) for booth, _ in marked]
    return marked


def _may_be_idle(booth: Booth, crowd: float, ahead: float, end_s: float) -> bool:
    """An empty booth is open if it served lately and nobody waits elsewhere."""
    return crowd < 2.0 and booth.served_within(end_s, 900.0)


def _takes(booth: Booth, crowd: float, end_s: float) -> bool:
    """A booth with fewer vehicles than others that got none for a while is about to close."""
    if booth.in_view() >= 0.6 * crowd or booth.arrived_s is None:
        return True
    return end_s - booth.arrived_s <= TAKES_WITHIN_S


def _spread_s(stream: Stream, ahead: float, lanes: int, level: float) -> tuple[float, float]:
    """Seconds below and above the estimate that hold 90 %."""
    cycle, cv = stream.cycle.mean_s(), stream.cycle.cv()
    count = stream.drift.sd() ** 2 + stream.spill.sd**2
    luck = (max(ahead, 1.0) / lanes) * (cv * cycle) ** 2 + (cycle / 3) ** 2
    lane = (0.3 * cycle) ** 2 if lanes > 1 else 0.0
    variance = count * (cycle / lanes) ** 2 + luck / max(1, lanes) ** 0 + lane + (EVENT_SHARE * level) ** 2
    reach = Z90 * math.sqrt(variance)
    return reach, reach


def _basis(stream: Stream, end_s: float) -> tuple[Basis, ...]:
    matched = stream.matched_s is not None and end_s - stream.matched_s <= 900.0
    if matched:
        return ("match", "balance", "queue")
    return ("balance", "queue") if stream.approaches else ("queue", "balance")
