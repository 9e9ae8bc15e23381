"""Past minutes and hours: what was said of a stream, what a lane did; for history, charts and back-test."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.waits.state import State

ACTUAL_MINUTES = 10
"""How far back the actual wait of a minute looks."""


@dataclass(frozen=True, slots=True)
class StreamMinute:
    """One stream of one direction, as estimated at the end of the minute that began at `start_s` (UTC s).

    Written once and never again, so that history shows what readers were told. None means not measured.
    `wait_s`, `low_s`, `high_s` are the expected wait of one who joins then; `actual_s` is the mean wait of
    the `actual_n` vehicles that reached the booth in the ACTUAL_MINUTES up to the minute's end.
    """

    port: str
    direction: str
    stream: str
    start_s: float
    state: State
    reason: str | None
    wait_s: float | None
    low_s: float | None
    high_s: float | None
    basis: tuple[str, ...]
    actual_s: float | None
    actual_n: int | None
    queue_vehicles: int | None
    queue_m: float | None
    at_least: bool | None
    lanes_open: int | None


@dataclass(frozen=True, slots=True)
class StreamHour:
    """The minutes of one whole hour of a stream that began at `start_s` (UTC s); None: in no minute measured.

    `minutes` were stored; in `measured` of them there was a wait, in `at_least` only its lower bound.
    `wait_s` is the mean over the measured minutes, `wait_min_s` and `wait_max_s` the least and the greatest;
    `actual_s` the mean wait of the `actual_n` vehicles that reached the booth. Each stands in
    ACTUAL_MINUTES of the minutes, so `actual_n` is their sum over that.
    """

    port: str
    direction: str
    stream: str
    start_s: float
    minutes: int
    measured: int
    at_least: int
    closed: int
    wait_s: float | None
    wait_min_s: float | None
    wait_max_s: float | None
    actual_s: float | None
    actual_n: int | None
    queue_most: int | None
    lanes_open: float | None


@dataclass(frozen=True, slots=True)
class LaneHour:
    """The minutes of one whole hour of a lane: `seen` of `minutes` not missing, counts are over these."""

    port: str
    direction: str
    lane: str
    start_s: float
    minutes: int
    seen: int
    arrivals: int | None
    departures: int | None
    in_view_mean: float | None
    stopped_mean: float | None
    length_most_m: float | None
    full_minutes: int | None
    booth_occ: float | None
