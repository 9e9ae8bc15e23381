"""Figures of the back-test and the standards that they are held to. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

CLOSE_S = 180.0
FHWA_SHARE = 0.85
"""FHWA (border wait time data quality): 85 % of trucks are told their wait to within 3 minutes."""
STANDARD_S = (600, 1200, 2700)
"""CBSA service standards: travellers within 10 min (20 at busy times), commercial traffic within 45."""
STANDARD_SHARE = 0.9
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """A share with the interval that holds the true one in 95 % (Wilson); `of` cases."""

    share: float
    low: float
    high: float
    of: int


@dataclass(frozen=True, slots=True)
class Count:
    """Figures told `after_s` ahead (0: of the moment): `n`, mean absolute error, bias (told less true), how
    many were within 3 min, and how many held the wait in their 90 % interval."""

    after_s: int
    n: int
    mae_s: float
    bias_s: float
    close: int
    held: int


@dataclass(frozen=True, slots=True)
class Actual:
    """`n` waits: 95 of 100 were shorter than `p95_s`; `within`: how many kept each of STANDARD_S."""

    n: int
    p95_s: float
    within: Mapping[int, int]


def share(hits: int, of: int) -> Share:
    """`hits` of `of` (>= 1). Source: Wilson (1927)."""
    part, spread = hits / of, Z95**2 / of
    middle = (part + spread / 2) / (1 + spread)
    reach = Z95 / (1 + spread) * math.sqrt(part * (1 - part) / of + spread / (4 * of))
    return Share(part, max(0.0, middle - reach), min(1.0, middle + reach), of)


def meets(found: Share, target: float) -> bool | None:
    """Whether a target is met; None while the interval leaves it open."""
    if found.low >= target:
        return True
    return False if found.high < target else None


def standards_s(traffic: str) -> tuple[int, ...]:
    """The limits that hold for it."""
    return STANDARD_S[2:] if traffic == "commercial" else STANDARD_S[:2]
