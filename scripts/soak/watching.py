"""Memory and threads of a process over time, and whether they hold. `judge` is pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

WARM_UP_SHARE = 0.25
FLAT_SHARE = 0.03
ENOUGH = 40
"""Samples below which nothing is said of memory: a process that has just begun still grows."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a process: seconds since the beginning, resident megabytes, threads."""

    at_s: float
    rss_mb: float
    threads: int


@dataclass(frozen=True, slots=True)
class Held:
    """What the looks say. `growth`: last quarter over the one after the warm-up; None: too few to tell."""

    looks: int
    rss_mb: float
    growth: float | None
    threads_at_first: int
    threads_at_last: int

    @property
    def is_good(self) -> bool:
        """Memory flat, no thread lost, none left over."""
        flat = self.growth is None or abs(self.growth) <= FLAT_SHARE
        return flat and self.looks > 0 and self.threads_at_first == self.threads_at_last


def look(pid: int, at_s: float) -> Look:
    """One look now.

    Raises: OSError, if there is no such process.
    """
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    return Look(at_s, int(fields["VmRSS"].split()[0]) / 1024, int(fields["Threads"]))


def judge(looks: Sequence[Look]) -> Held:
    """Compare the last quarter with the one that follows the warm-up."""
    if not looks:
        return Held(0, 0.0, None, 0, 0)
    quarter = max(1, round(len(looks) * WARM_UP_SHARE))
    after, last = looks[quarter : 2 * quarter], looks[-quarter:]
    growth = None
    if len(looks) >= ENOUGH:
        growth = median(one.rss_mb for one in last) / median(one.rss_mb for one in after) - 1
    first = median(one.threads for one in (after or looks[:1]))
    return Held(
        looks=len(looks),
        rss_mb=round(max(one.rss_mb for one in looks), 1),
        growth=None if growth is None else round(growth, 4),
        threads_at_first=int(first),
        threads_at_last=int(median(one.threads for one in last)),
    )
