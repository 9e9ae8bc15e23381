"""Vehicles that nobody saw: how many of those in full lanes do cameras see now, beside what they usually do.

In the dark, in glare and in rain detectors see fewer vehicles. A lane that is full holds a known number, so
what is seen of it tells the share, and what moves past the lines is missed alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from dashboard.minutes import LaneMinute
from dashboard.waits.booth import CUT_SHORT
from dashboard.waits.slices import Slice

STEP, STEP_S = 0.01, 60.0
"""The share follows the middle of what full lanes show by so much in so many seconds of one of them."""
FADES_S = 7200.0
"""Without a full lane the share that was seen last is believed for so long."""
USUAL_STEP, USUAL_QUANTILE = 5e-5, 0.75
"""What is usual, in days: it is exceeded a quarter of the time, so that nights do not count."""
LEAST, ALL = 0.8, 0.93
"""More than a fifth is never put back; what is hardly less than usual is luck."""
ATTENDED = 0.5
"""A full lane has a vehicle at its booth for this share of a slice."""


class Unseen:
    """Of one direction. `fits`: vehicles that fit into the view of each booth's lane, bumper to bumper."""

    def __init__(self, fits: Mapping[str, float]) -> None:
        self._fits = dict(fits)
        self._share, self._usual = 1.0, 1.0
        self._owed: dict[tuple[str, str], float] = {}

    def share(self) -> float:
        """Share (LEAST-1) of the vehicles usually seen that are seen now."""
        share = self._share / self._usual
        return 1.0 if share >= ALL else max(LEAST, share)

    def correct(self, now: Slice) -> Slice:
        """The slice with those put back that were not seen."""
        self._share += (self._usual - self._share) * -math.expm1(-now.length_s / FADES_S)
        for row in now.rows.values():
            self._see(row)
        share = self.share()
        if share == 1.0:
            self._owed.clear()
            return now
        return replace(now, rows={lane: self._whole(row, share) for lane, row in now.rows.items()})

    def _see(self, row: LaneMinute) -> None:
        fits = self._fits.get(row.lane)
        if fits is None or not row.full or row.in_view_mean is None or (row.booth_occ or 0.0) < ATTENDED:
            return
        share = row.in_view_mean / fits
        if share < CUT_SHORT:
            return
        minutes = min(2.0, row.length_s / STEP_S)
        self._share += math.copysign(min(STEP * minutes, abs(share - self._share)), share - self._share)
        above = USUAL_QUANTILE if share > self._usual else USUAL_QUANTILE - 1.0
        self._usual += above * USUAL_STEP * minutes

    def _whole(self, row: LaneMinute, share: float) -> LaneMinute:
        return replace(
            row,
            arrivals=self._count(row.lane, "arrivals", row.arrivals, share),
            departures=self._count(row.lane, "departures", row.departures, share),
            in_view_mean=None if row.in_view_mean is None else row.in_view_mean / share,
            stopped_mean=None if row.stopped_mean is None else row.stopped_mean / share,
        )

    def _count(self, lane: str, line: str, counted: int | None, share: float) -> int | None:
        """Whole vehicles: what is left over is put back with a later one."""
        if not counted:
            return counted
        owed = self._owed.get((lane, line), 0.0) + counted / share
        whole = math.floor(owed + 1e-9)
        self._owed[lane, line] = owed - whole
        return whole
