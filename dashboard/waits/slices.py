"""One closed slice: the plausible rows of all lanes between two moments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from dashboard.minutes import LaneMinute, Match

Number = TypeVar("Number", int, float)
MOST_PER_S = 2.0
"""No line is crossed by more vehicles a second."""
MOST_IN_VIEW = 200.0
OVERLAP_S, MATCHED_WITHIN_S = 1.0, 600.0
"""Slices may overlap by rounding, not by more."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows by lane id; lanes that are absent or missing are not in `rows`."""

    start_s: float
    end_s: float
    rows: dict[str, LaneMinute]

    @property
    def length_s(self) -> float:
        """Seconds that it spans."""
        return self.end_s - self.start_s


def slice_of(rows: Sequence[LaneMinute], after_s: float | None) -> Slice | None:
    """The slice that `rows` make; None if nothing in them is later than `after_s`.

    A row that begins before `after_s` would count vehicles twice and is left out as one of the past is.
    Rows that end elsewhere than the newest one belong to other slices and are left out; figures that cannot
    be are taken as not measured.
    """
    later = [row for row in rows if math.isfinite(row.end_s - row.start_s) and row.end_s > row.start_s]
    if after_s is not None:
        later = [row for row in later if row.end_s > after_s and row.start_s > after_s - OVERLAP_S]
    if not later:
        return None
    end_s = max(row.end_s for row in later)
    newest = [row for row in later if row.end_s == end_s]
    start_s = min(row.start_s for row in newest)
    return Slice(start_s, end_s, {row.lane: plausible(row) for row in newest if not row.missing})


def plausible(row: LaneMinute) -> LaneMinute:
    """The row without figures that cannot be."""
    most = max(5.0, MOST_PER_S * row.length_s)
    return replace(
        row,
        arrivals=_within(row.arrivals, most),
        departures=_within(row.departures, most),
        in_view_mean=_within(row.in_view_mean, MOST_IN_VIEW),
        stopped_mean=_within(row.stopped_mean, MOST_IN_VIEW),
        length_m=_within(row.length_m, 1e5),
        booth_occ=None if row.booth_occ is None or not -0.5 <= row.booth_occ <= 1.5 else row.booth_occ,
        matches=tuple(match for match in row.matches if _is_likely(match, row)),
    )


def _is_likely(match: Match, row: LaneMinute) -> bool:
    """Reached the booth about now, after a drive of at most six hours."""
    return 0 <= match.travel_s <= 6 * 3600 and abs(match.at_s - row.end_s) <= row.length_s + MATCHED_WITHIN_S


def _within(figure: Number | None, most: float) -> Number | None:
    return figure if figure is not None and 0 <= figure <= most else None
