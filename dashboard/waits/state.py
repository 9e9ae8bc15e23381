"""What the wait engine says of a stream at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["measured", "at_least", "unknown", "closed", "not_offered"]
Basis = Literal["queue", "balance", "match", "sign", "operator", "history"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Expected wait of one vehicle that joins now: from joining the queue's end to the start of inspection.

    `low_s`-`high_s` hold 90 % of single vehicles that join now. `basis` is heaviest first. Times are seconds
    in the engine's own time (UTC since 1970 in service).
    """

    wait_s: float
    low_s: float
    high_s: float
    basis: tuple[Basis, ...]
    measured_at_s: float
    valid_until_s: float


@dataclass(frozen=True, slots=True)
class ActualWait:
    """Wait of the `vehicles` that just reached the booth."""

    wait_s: float
    low_s: float
    high_s: float
    vehicles: int
    measured_at_s: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected wait of a vehicle that joins at `at_s`; low to high hold 90 % of single vehicles."""

    at_s: float
    wait_s: float
    low_s: float
    high_s: float
    basis: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A vehicle of `stream` joined at `joined_s` and reached a booth after `wait_s`.

    `by` match: it was recognised at both ends; balance: as the counts tell.
    """

    stream: str
    joined_s: float
    wait_s: float
    by: Literal["match", "balance"]


@dataclass(frozen=True, slots=True)
class StreamQueue:
    """`vehicles` over all its lanes, `length_m` of the longest, `at_least` if any goes beyond its view."""

    vehicles: int
    length_m: float | None
    at_least: bool


@dataclass(frozen=True, slots=True)
class StreamState:
    """One stream, `stream` as `traffic/class`.

    `expected` keeps the engine's point estimate also when `state` is `at_least` (the feeds then print its low
    end alone) and the last one when it is `unknown` because that is too old (the feeds then say since when).
    It is None when nothing can be said. `reason` says why a stream is not simply `measured`,
    `redirected_to` names the stream whose booths take its vehicles meanwhile.
    """

    stream: str
    state: State
    reason: str | None = None
    lanes_open: int | None = None
    redirected_to: str | None = None
    expected: Wait | None = None
    actual: ActualWait | None = None
    forecast: tuple[Forecast, ...] = ()
    queue: StreamQueue | None = None
