"""Slices of any length become whole minutes of each lane. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from dashboard.minutes import LaneMinute

MINUTE_S = 60.0


class WholeMinutes:
    """The lanes of one direction. Slices of a minute or more pass as they are."""

    def __init__(self) -> None:
        self._open: dict[str, list[LaneMinute]] = {}
        self._finished: list[LaneMinute] = []

    def add(self, rows: Iterable[LaneMinute]) -> None:
        """Take in the rows of a closed slice."""
        for row in rows:
            if row.length_s >= MINUTE_S:
                self._finished.append(row)
                continue
            parts = self._open.setdefault(row.lane, [])
            if parts and _minute_of(parts[0]) != _minute_of(row):
                parts.clear()  # not whole: the first minute of a run, or one before a long silence
            parts.append(row)
            if row.end_s >= _minute_of(row) + MINUTE_S:
                if parts[0].start_s < _minute_of(row) + row.length_s:
                    self._finished.append(merged(parts, _minute_of(row)))
                parts.clear()

    def take(self) -> list[LaneMinute]:
        """The minutes that are finished and were not taken yet."""
        taken, self._finished = self._finished, []
        return taken


def _minute_of(row: LaneMinute) -> float:
    return math.floor(row.start_s / MINUTE_S) * MINUTE_S


def merged(parts: Sequence[LaneMinute], start_s: float) -> LaneMinute:
    """One row of the minute from `start_s`; a figure that is unknown for half of it is None."""
    length_s = sum(part.length_s for part in parts)

    def known(ask: Callable[[LaneMinute], float | None]) -> list[tuple[float, float]] | None:
        pairs = [(value, part.length_s) for part in parts if (value := ask(part)) is not None]
        return pairs if 2 * sum(weight for _, weight in pairs) >= length_s else None

    def count(ask: Callable[[LaneMinute], float | None]) -> int | None:
        pairs = known(ask)
        return None if pairs is None else int(sum(value for value, _ in pairs))

    def mean(ask: Callable[[LaneMinute], float | None]) -> float | None:
        pairs = known(ask)
        return None if pairs is None else sum(v * w for v, w in pairs) / sum(w for _, w in pairs)

    lengths = known(lambda part: part.length_m)
    full = mean(lambda part: part.full)
    return replace(
        parts[-1],
        start_s=start_s,
        end_s=start_s + MINUTE_S,
        arrivals=count(lambda part: part.arrivals),
        departures=count(lambda part: part.departures),
        in_view_mean=mean(lambda part: part.in_view_mean),
        stopped_mean=mean(lambda part: part.stopped_mean),
        length_m=None if lengths is None else lengths[-1][0],
        full=None if full is None else full >= 0.5,
        booth_occ=mean(lambda part: part.booth_occ),
        missing=2 * sum(part.length_s for part in parts if part.missing) > length_s,
        matches=(),
    )
