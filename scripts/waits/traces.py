"""Minutes of a stream beside their truth, as score.py reads them, and how often the band holds the truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
TOLD_MIN = (0, 5, 10, 20, 30, 45, 60, 90)
HOURS = 3


@dataclass(frozen=True, slots=True)
class Trace:
    """A stream of a port by minute: clock in hours of the day, waits in seconds, NaN where unknown."""

    port: str
    name: str
    clock_h: Floats
    true_s: Floats
    told_s: Floats
    low_s: Floats
    high_s: Floats

    @property
    def judged(self) -> Mask:
        """Minutes that have a truth and a band."""
        return np.isfinite(self.true_s) & np.isfinite(self.low_s) & np.isfinite(self.high_s)

    @property
    def held(self) -> Mask:
        """Judged minutes whose band holds the truth."""
        return self.judged & (self.true_s >= self.low_s) & (self.true_s <= self.high_s)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of `minutes` whose band held the truth, rounded as score.py does; `ports`: of each port alone."""

    label: str
    share: float
    minutes: int
    ports: tuple[float, ...]


def traces(score: Any, estimates: Path, folder: Path) -> list[Trace]:
    """Every stream of the port in `folder`; `score` is the module score.py of the recorded ports."""
    site = json.loads((folder / "site.json").read_text(encoding="utf-8"))
    expected = score.table(str(folder / "expected.csv"))
    minutes = int(site["hours"] * 60)
    names = sorted({row["lane_class"] for row in expected})
    told, _ = score.read_estimates(str(estimates), names, minutes)
    true = {name: np.full(minutes, np.nan) for name in names}
    for row in expected:
        true[row["lane_class"]][int(float(row["at_s"])) // 60] = score.num(row["wait_s"])
    hour, minute = str(site.get("local_start", "00:00")).split(":")
    clock_h = int(hour) + int(minute) / 60 + np.arange(minutes) / 60
    return [Trace(folder.name, name, clock_h, true[name], *told[name].T) for name in names]


def by_stream_of_port(found: Sequence[Trace]) -> list[Coverage]:
    """Every stream of every port."""
    return [*_covered((f"{one.port[:3]} {one.name}", [one], _all) for one in found)]


def by_stream(found: Sequence[Trace]) -> list[Coverage]:
    """Streams of the same kind, ports pooled."""
    names = sorted({one.name for one in found})
    return [*_covered((name, [one for one in found if one.name == name], _all) for name in names)]


def by_told(found: Sequence[Trace]) -> list[Coverage]:
    """By the wait that was told: the truth is not known to whoever reads it."""
    ends = (*TOLD_MIN[1:], float("inf"))
    labels = [*(f"{low}-{high} min" for low, high in pairwise(TOLD_MIN)), "90 min +"]
    bins = zip(labels, TOLD_MIN, ends, strict=True)
    return [*_covered((label, found, _between_told(low * 60, high * 60)) for label, low, high in bins)]


def by_hour(found: Sequence[Trace]) -> list[Coverage]:
    """By the clock of the port, every `HOURS`."""
    starts = range(0, 24, HOURS)
    return [*_covered((f"{at:02d}-{at + HOURS:02d} h", found, _between_hours(at)) for at in starts)]


def _all(trace: Trace) -> Mask:
    return np.ones(trace.true_s.shape, dtype=np.bool_)


def _between_told(low_s: float, high_s: float) -> Callable[[Trace], Mask]:
    return lambda trace: (trace.told_s >= low_s) & (trace.told_s < high_s)


def _between_hours(at: int) -> Callable[[Trace], Mask]:
    return lambda trace: (trace.clock_h % 24 >= at) & (trace.clock_h % 24 < at + HOURS)


def _covered(
    groups: Iterator[tuple[str, Sequence[Trace], Callable[[Trace], Mask]]],
) -> Iterator[Coverage]:
    """Coverage of groups that hold a judged minute."""
    for label, members, chosen in groups:
        counts: dict[str, tuple[int, int]] = {}
        for one in members:
            mask, (held, judged) = chosen(one), counts.get(one.port, (0, 0))
            counts[one.port] = (
                held + int((one.held & mask).sum()),
                judged + int((one.judged & mask).sum()),
            )
        held, judged = (sum(column) for column in zip(*counts.values(), strict=True))
        if judged:
            yield Coverage(
                label, round(held / judged, 4), judged, tuple(h / n for h, n in counts.values() if n)
            )
