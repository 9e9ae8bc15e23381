"""What was told of one vehicle's wait and what came of it. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["match", "probe", "balance"]
VERIFIED: tuple[Source, ...] = ("match", "probe")
"""Vehicles that were seen at both ends; a balance is only checked against itself."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A vehicle that joined at `joined_s` (UTC s) waited `wait_s`.

    `told_s` with its bounds was told `after_s` before it joined, 0 for a figure of that moment; None where
    nothing was told.
    """

    port: str
    direction: str
    stream: str
    source: Source
    joined_s: float
    after_s: int
    wait_s: float
    told_s: float | None
    low_s: float | None
    high_s: float | None
