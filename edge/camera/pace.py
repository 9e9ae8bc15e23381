"""Which pictures are taken: one per so many seconds, by their times. Pure, and light."""

from __future__ import annotations

from math import floor


class Pace:
    """Which times to take so that one is taken per `seconds`; 0 takes all."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due = float("-inf")

    def takes(self, at: float) -> bool:
        """Whether the picture at `at` (s) is taken; times must not fall."""
        if self._seconds <= 0:
            return True
        if at < self._due - 1e-6:
            return False
        self._due = (floor(at / self._seconds + 1e-6) + 1) * self._seconds
        return True
