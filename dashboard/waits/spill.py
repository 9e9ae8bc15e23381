"""The queue past the approach line, which no camera sees, together with the demand that feeds it.

While the queue covers the line, the line counts what the queue lets through, not who comes. What came before
goes on, more or less; that the line stays covered, or comes free, tells which demands were likely. `Spill`
holds the probability of every pair of demand and vehicles past the line (point-mass filter, as `Drift`).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
RATES_PER_H: Array = np.geomspace(4.0, 700.0, 30)
CELLS = 360
"""Vehicles past the line, 0 to CELLS - 1; 0 is also: the line is free."""
STEP_S = 30.0
"""Slices are gathered up to this length."""
FIRST_PER_H, FIRST_SPREAD = 40.0, 1.2
WANDER = 0.35
"""Standard deviation of the logarithm of the demand after an hour."""
EBB_S, EBB_SHARE = 2700.0, 0.7
"""A demand that nobody sees falls back to this share of what is served."""
BUNCHED = 2.0
"""Variance of the number that comes, over its mean."""
COVERS_PER_STEP = 0.05
"""Chance that a free line is covered within a step."""
FREES_PER_STEP = 0.005
FLOOR = 1e-12
NEGLIGIBLE = 1e-9


class Spill:
    """Probability of each (demand, vehicles past the line), (30, CELLS)."""

    def __init__(self) -> None:
        first = np.exp(-0.5 * (np.log(RATES_PER_H / FIRST_PER_H) / FIRST_SPREAD) ** 2)
        self._p: Array = np.zeros((len(RATES_PER_H), CELLS))
        self._p[:, 0] = first / first.sum()
        self._seconds, self._flow, self._evidence = 0.0, 0.0, 0.0
        self._counted = True
        self.vehicles, self.sd = 0.0, 0.0
        self.covered_share = 0.0

    @property
    def covered(self) -> bool:
        """Whether the queue more likely than not goes past the line."""
        return self.covered_share > 0.5

    @property
    def rate_per_s(self) -> float:
        """Expected demand, vehicles/s."""
        return float((self._p.sum(axis=1) * RATES_PER_H).sum()) / 3600.0

    def step(self, seconds: float, flow: float | None, evidence: float, served_per_s: float) -> None:
        """`flow` vehicles went over the line (None: not counted) while `served_per_s` left the booths.

        `evidence`: logarithm of how much likelier a covered line shows what the view showed than a free one.
        """
        self._seconds += seconds
        self._counted = self._counted and flow is not None
        self._flow += flow if flow is not None else served_per_s * seconds
        self._evidence += evidence * seconds
        if self._seconds < STEP_S:
            return
        self._move(served_per_s)
        self._seconds, self._flow, self._evidence, self._counted = 0.0, 0.0, 0.0, True
        self._sum_up()

    def _move(self, served_per_s: float) -> None:
        ebb = EBB_SHARE * served_per_s * 3600.0
        self._p = _wander(self._seconds) @ self._p
        self._p[:, 1:] = _ebb(self._p[:, 1:], ebb, self._seconds)
        free, past = self._p[:, 0].copy(), self._p.copy()
        past[:, 0] = free * COVERS_PER_STEP
        freed = past[:, 1:].sum(axis=1) * FREES_PER_STEP
        past[:, 1:] *= 1.0 - FREES_PER_STEP
        free = free * (1.0 - COVERS_PER_STEP) + freed
        expected = RATES_PER_H / 3600.0 * self._seconds
        if self._counted:
            seen = _count_likelihood(expected, self._flow)
            told = free * seen
            free = told * (free.sum() / max(told.sum(), FLOOR))
        past = _pass(past, expected, self._flow)
        past *= math.exp(self._evidence / self._seconds)
        back = past[:, 0].copy()
        past[:, 0] = free + back
        self._p = np.maximum(past, 0.0) / past.sum()

    def _sum_up(self) -> None:
        cells = np.arange(CELLS)
        each = self._p.sum(axis=0)
        mean = float((each * cells).sum())
        self.sd = math.sqrt(max(0.0, float((each * cells**2).sum()) - mean**2))
        self.covered_share = 1.0 - float(each[0])
        self.vehicles = _median(each)


def _median(each: Array) -> float:
    """Median of a distribution over cells, between whole cells in proportion."""
    total = np.cumsum(each)
    place = int(np.searchsorted(total, 0.5))
    below = float(total[place - 1]) if place else 0.0
    return max(0.0, place - 0.5 + (0.5 - below) / max(float(each[place]), FLOOR)) if place else 0.0


def _pass(p: Array, expected: Array, flow: float) -> Array:
    """Vehicles past the line after `expected` (per demand) came and `flow` went; none are fewer than 0."""
    whole, part = math.floor(flow), flow - math.floor(flow)
    most = int(expected.max() + 4 * math.sqrt(BUNCHED * expected.max())) + 2
    come = _come(expected, most)
    change = np.zeros((len(expected), most + 2))
    change[:, 1:] += (1 - part) * come
    change[:, :-1] += part * come
    reach = min(CELLS, int(np.flatnonzero(p.sum(axis=0) > NEGLIGIBLE).max(initial=0)) + 1)
    wide = np.zeros((len(expected), reach + most + 1))
    for place in range(most + 2):
        wide[:, place : place + reach] += change[:, place : place + 1] * p[:, :reach]
    lowest = whole + 1
    out = np.zeros_like(p)
    kept = wide[:, lowest : lowest + CELLS]
    out[:, : kept.shape[1]] = kept
    out[:, 0] += wide[:, :lowest].sum(axis=1)
    out[:, -1] += wide[:, lowest + CELLS :].sum(axis=1)
    return out


def _come(expected: Array, most: int) -> Array:
    """Probability that 0..most come, (30, most + 1): negative binomial, variance BUNCHED times the mean."""
    size, come = expected[:, None] / (BUNCHED - 1.0), np.arange(1, most + 1)
    steps = np.log((size + come - 1) / come * (1.0 - 1.0 / BUNCHED))
    found = np.exp(np.cumsum(np.hstack([np.zeros_like(size), steps]), axis=1))
    shares: Array = found / found.sum(axis=1, keepdims=True)
    return shares


def _count_likelihood(expected: Array, seen: float) -> Array:
    """Likelihood of each demand when `seen` came, tempered since vehicles come in bunches."""
    logs = (seen * np.log(expected) - expected) / BUNCHED
    likelihood: Array = np.exp(logs - logs.max())
    return likelihood


@lru_cache(maxsize=8)
def _wander(seconds: float) -> Array:
    """How the demand's logarithm spreads within `seconds`, (30, 30), columns sum to 1."""
    step = math.log(RATES_PER_H[1] / RATES_PER_H[0])
    move = WANDER**2 * seconds / 3600.0 / (2 * step**2)
    found = np.eye(len(RATES_PER_H)) * (1 - 2 * move)
    found += np.eye(len(RATES_PER_H), k=1) * move + np.eye(len(RATES_PER_H), k=-1) * move
    columns: Array = found / found.sum(axis=0)
    return columns


def _ebb(p: Array, towards_per_h: float, seconds: float) -> Array:
    """Demands drift towards `towards_per_h` by shares of a step of the grid."""
    step = math.log(RATES_PER_H[1] / RATES_PER_H[0])
    away = np.log(RATES_PER_H / max(towards_per_h, RATES_PER_H[0]))
    share = np.clip(away * seconds / EBB_S / step, -1.0, 1.0)[:, None]
    down, up = p * np.maximum(share, 0.0), p * np.maximum(-share, 0.0)
    out: Array = p - down - up
    out[:-1] += down[1:]
    out[1:] += up[:-1]
    out[0] += down[0]
    out[-1] += up[-1]
    return out
