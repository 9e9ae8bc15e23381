"""What is usual at an hour of the week, learned from the port's own past. A frozen value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dashboard import zones
from dashboard.history import LaneHour, StreamHour
from dashboard.waits.site import SiteSpec

HOUR_S = 3600.0
LEAST_MEASURED = 20
"""Minutes of an hour in which a wait was measured, for the hour to count."""
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Usual:
    """One hour of the week over `weeks` of them: usual wait, bounds that held 90 %, vehicles per s."""

    wait_s: float | None
    low_s: float | None
    high_s: float | None
    rate_per_s: float | None
    weeks: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """Hours of the week in the local time of the direction."""

    timezone: str = "UTC"
    hours: Mapping[tuple[str, int], Usual] = field(default_factory=dict)

    def at(self, stream: str, at_s: float) -> Usual | None:
        """What is usual at that time, between the middles of two hours; None where the past does not tell."""
        first = self._hour(stream, at_s - HOUR_S / 2)
        second = self._hour(stream, at_s + HOUR_S / 2)
        if first is None or second is None:
            return first or second
        part = (at_s / HOUR_S - 0.5) % 1.0
        return Usual(
            wait_s=_between(first.wait_s, second.wait_s, part),
            low_s=_between(first.low_s, second.low_s, part),
            high_s=_between(first.high_s, second.high_s, part),
            rate_per_s=_between(first.rate_per_s, second.rate_per_s, part),
            weeks=min(first.weeks, second.weeks),
        )

    def _hour(self, stream: str, at_s: float) -> Usual | None:
        return self.hours.get((stream, hour_of_week(at_s, self.timezone)))


NO_PAST = Weekly()


def hour_of_week(at_s: float, timezone: str) -> int:
    """0 (Monday, midnight) to 167, local."""
    local = zones.local(at_s, timezone)
    return local.weekday() * 24 + local.hour


def weekly_of(site: SiteSpec, streams: Sequence[StreamHour], lanes: Sequence[LaneHour]) -> Weekly:
    """Learn from stored hours of one direction; hours with too little measured are left out."""
    waits: dict[tuple[str, int], list[tuple[float, float, float]]] = {}
    for hour in streams:
        if hour.measured >= LEAST_MEASURED and hour.wait_s is not None:
            key = (hour.stream, hour_of_week(hour.start_s, site.timezone))
            least, most = hour.wait_min_s, hour.wait_max_s
            waits.setdefault(key, []).append(
                (hour.wait_s, least or 0.0, hour.wait_s if most is None else most)
            )
    rates = _rates(site, lanes)
    hours = {key: _usual(waits.get(key, []), rates.get(key, [])) for key in waits.keys() | rates.keys()}
    return Weekly(site.timezone, hours)


def _usual(waits: Sequence[tuple[float, float, float]], rates: Sequence[float]) -> Usual:
    rate = float(np.median(rates)) if rates else None
    if not waits:
        return Usual(None, None, None, rate, len(rates))
    mean, least, most = np.array(waits).T
    mid = float(np.median(mean))
    low, high = float(np.quantile(least, 0.1)), float(np.quantile(most, 0.9))
    return Usual(mid, min(low, mid), max(high, mid), rate, len(waits))


def _rates(site: SiteSpec, lanes: Sequence[LaneHour]) -> dict[tuple[str, int], list[float]]:
    """Vehicles per second that came, by stream and hour of the week, one figure for each past hour."""
    by_hour: dict[float, dict[str, LaneHour]] = {}
    for row in lanes:
        by_hour.setdefault(row.start_s, {})[row.lane] = row
    found: dict[tuple[str, int], list[float]] = {}
    for start_s, rows in by_hour.items():
        hour = hour_of_week(start_s, site.timezone)
        for stream in site.streams:
            vehicles = _came(site, stream.id, rows)
            if vehicles is not None:
                found.setdefault((stream.id, hour), []).append(vehicles / HOUR_S)
    return found


def _came(site: SiteSpec, stream: str, rows: Mapping[str, LaneHour]) -> float | None:
    """Vehicles of the stream in one hour; a shared lane is shared out as its streams left the booths."""
    kinds = {lane.kind for lane in site.lanes if stream in lane.serves}
    entry = "approach" if "approach" in kinds else "booth"
    total = 0.0
    for lane in site.lanes:
        if lane.kind != entry or stream not in lane.serves:
            continue
        row = rows.get(lane.id)
        if row is None or row.arrivals is None or row.seen < LEAST_MEASURED:
            return None
        total += row.arrivals * 60.0 / row.seen * _share(site, stream, lane.serves, rows)
    return total if entry in kinds else None


def _share(site: SiteSpec, stream: str, streams: Sequence[str], rows: Mapping[str, LaneHour]) -> float:
    gone = {name: 0.5 for name in streams}
    for lane in site.lanes:
        if lane.kind == "booth" and len(lane.serves) == 1 and lane.serves[0] in gone and lane.id in rows:
            gone[lane.serves[0]] += rows[lane.id].departures or 0
    return gone[stream] / sum(gone.values())


def _between(first: float | None, second: float | None, part: float) -> float | None:
    if first is None or second is None:
        return None
    return first + part * (second - first)
