"""What the trusted lane saves: the difference of two waits, with the quantiles of the difference."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A wait (s) and the bounds that hold 90 % of single vehicles."""

    wait_s: float
    low_s: float
    high_s: float


def saved(trusted: Span, standard: Span) -> Span:
    """Seconds that the trusted lane saves; below 0 where it takes longer.

    Both waits err on their own, so the bounds of the difference lie nearer than the difference of the bounds:
    each side adds up as the root of squares.
    """
    gain = standard.wait_s - trusted.wait_s
    below = math.hypot(standard.wait_s - standard.low_s, trusted.high_s - trusted.wait_s)
    above = math.hypot(standard.high_s - standard.wait_s, trusted.wait_s - trusted.low_s)
    return Span(gain, gain - below, gain + above)
