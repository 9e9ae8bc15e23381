"""Where a vehicle was seen in the last seconds: how fast it drove at a moment shows best a little later."""

from __future__ import annotations

from collections import deque

ABOUT_S = 0.8
"""A line through all places seen up to so long before and after a moment says how fast it drove then."""

KEPT_S = 2.5 * ABOUT_S
LEAST_LOOKS = 3
LEAST_SPAN = 0.5
"""Looks that span less than this share of that time say nothing."""

TINY_S = 1e-6


class Trail:
    """Places along a lane, m, downstream being towards 0; their times (s) rise."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def see(self, metres: float, at: float) -> None:
        """It was seen there at `at` (s)."""
        while self._seen and at - self._seen[0][0] > KEPT_S:
            self._seen.popleft()
        self._seen.append((at, metres))

    def move(self, by: float) -> None:
        """It is so many metres elsewhere, and was before."""
        self._seen = deque((at, metres + by) for at, metres in self._seen)

    def speed_m_s(self, about: float) -> float | None:
        """How fast it drove downstream about that time (s): the slope of a straight line by least squares.

        None: it was not seen often enough then.
        """
        near = [(at - about, metres) for at, metres in self._seen if abs(at - about) <= ABOUT_S + TINY_S]
        if len(near) < LEAST_LOOKS or near[-1][0] - near[0][0] < LEAST_SPAN * 2 * ABOUT_S - TINY_S:
            return None
        mean_s = sum([at for at, _ in near]) / len(near)
        spread = sum([(at - mean_s) ** 2 for at, _ in near])  # lists cost half of generators
        return -sum([(at - mean_s) * metres for at, metres in near]) / spread
