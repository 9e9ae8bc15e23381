"""What the past of a stream comes to: chart columns, summary, gaps, hours, hour of week. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dashboard import zones
from dashboard.history import ACTUAL_MINUTES, StreamHour, StreamMinute

MINUTE_S, HOUR_S = 60.0, 3600.0
GAP_MINUTES = 5
HEAT_STEPS_MIN = (5, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Summary:
    """`known` of the period's `minutes` had a wait, its lower bound, or were closed; figures in seconds.

    `served`: vehicles that reached a booth; None where nobody is known to have.
    """

    minutes: int
    known: int
    closed: int
    at_least: int
    mean_s: float | None
    p90_s: float | None
    most_s: float | None
    served: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without any figure, from `start_s` until `end_s`, for the reason given most often."""

    start_s: float
    end_s: float
    reason: str | None


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of the week: the mean wait (s) over `hours` hours in which it was measured, and its step."""

    mean_s: float | None
    hours: int

    @property
    def step(self) -> int:
        """0 for the shortest waits to 4 for the longest."""
        return sum((self.mean_s or 0.0) >= 60 * limit for limit in HEAT_STEPS_MIN)


def minute_columns(rows: Sequence[StreamMinute]) -> dict[str, list[Any]]:
    """Columns of a chart, waits in minutes; missing minutes become rows of nulls, so that lines break."""
    columns: dict[str, list[Any]] = {name: [] for name in ("t", "wait", "low", "high", "least", "actual")}
    expected_s: float | None = None
    for row in rows:
        if expected_s is not None and row.start_s > expected_s + 1:
            _append(columns, expected_s)
        bound = row.low_s if row.state == "at_least" else None
        whole = row.state == "measured"
        _append(
            columns,
            row.start_s,
            wait=row.wait_s if whole else None,
            low=row.low_s if whole else None,
            high=row.high_s if whole else None,
            least=bound,
            actual=row.actual_s,
        )
        expected_s = row.start_s + MINUTE_S
    return columns


def hour_columns(rows: Sequence[StreamHour]) -> dict[str, list[Any]]:
    """The same from whole hours: the mean, with the least and the greatest minute as its band."""
    columns: dict[str, list[Any]] = {name: [] for name in ("t", "wait", "low", "high", "least", "actual")}
    expected_s: float | None = None
    for row in rows:
        if expected_s is not None and row.start_s > expected_s + 1:
            _append(columns, expected_s)
        _append(
            columns,
            row.start_s + HOUR_S / 2,
            wait=row.wait_s,
            low=row.wait_min_s,
            high=row.wait_max_s,
            actual=row.actual_s,
        )
        expected_s = row.start_s + HOUR_S
    return columns


def _append(columns: dict[str, list[Any]], at_s: float, **figures_s: float | None) -> None:
    columns["t"].append(round(at_s))
    for name, column in columns.items():
        if name != "t":
            value_s = figures_s.get(name)
            column.append(None if value_s is None else round(value_s / 60, 1))


def spans(rows: Sequence[StreamMinute]) -> list[tuple[float, float, str]]:
    """Stretches (from, to, state) in which a stream was closed or unknown, to be shaded."""
    found = []
    for state, run in groupby(rows, key=lambda row: row.state):
        minutes = list(run)
        if state in ("closed", "unknown"):
            found.append((minutes[0].start_s, minutes[-1].start_s + MINUTE_S, state))
    return found


def summary(rows: Sequence[StreamMinute], minutes: int) -> Summary:
    """Over a period of `minutes`, of which some may never have been stored."""
    reached = [row.actual_n for row in rows if row.actual_n is not None]
    waits = sorted(row.wait_s for row in rows if row.state == "measured" and row.wait_s is not None)
    return Summary(
        minutes=minutes,
        known=sum(row.state in ("measured", "at_least", "closed", "not_offered") for row in rows),
        closed=sum(row.state == "closed" for row in rows),
        at_least=sum(row.state == "at_least" for row in rows),
        mean_s=sum(waits) / len(waits) if waits else None,
        p90_s=waits[min(len(waits) - 1, int(0.9 * len(waits)))] if waits else None,
        most_s=waits[-1] if waits else None,
        served=max(round(sum(reached) / ACTUAL_MINUTES), max(reached)) if reached else None,
    )


def gaps(rows: Sequence[StreamMinute], from_s: float, to_s: float) -> list[Gap]:
    """Stretches of GAP_MINUTES and more without a figure or without a row, within [from_s, to_s)."""
    known = {row.start_s: row for row in rows if row.state != "unknown"}
    told = {row.start_s: row.reason for row in rows}
    starts = [from_s + n * MINUTE_S for n in range(int((to_s - from_s) / MINUTE_S))]
    found = []
    for missing, run in groupby(starts, key=lambda start_s: start_s not in known):
        minutes = list(run)
        if missing and len(minutes) >= GAP_MINUTES:
            reasons = [told.get(start_s) for start_s in minutes]
            found.append(Gap(minutes[0], minutes[-1] + MINUTE_S, max(reasons, key=reasons.count)))
    return found


def heat(rows: Iterable[StreamHour], zone: str) -> list[list[HeatCell]]:
    """7 days (Monday first) of 24 local hours."""
    cells: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    for row in rows:
        if row.wait_s is not None and row.measured:
            at = zones.local(row.start_s, zone)
            cells[at.weekday(), at.hour].append((row.wait_s, row.measured))
    return [[_cell(cells[day, hour]) for hour in range(24)] for day in range(7)]


def _cell(found: list[tuple[float, int]]) -> HeatCell:
    minutes = sum(n for _, n in found)
    return HeatCell(sum(wait_s * n for wait_s, n in found) / minutes if minutes else None, len(found))
