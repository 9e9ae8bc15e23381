"""Which pictures are taken: one per so many seconds, by their times. Pure, and light."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.vision import Frame


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


def sample(frames: Iterable[Frame], every_s: float) -> Iterator[Frame]:
    """One frame per `every_s` seconds, by the frames' times."""
    pace = Pace(every_s)
    return (frame for frame in frames if pace.takes(frame.at))
