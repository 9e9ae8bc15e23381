"""What was said of a stream in one past minute: the row that history, charts and the back-test read."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.waits.state import State


@dataclass(frozen=True, slots=True)
class StreamMinute:
    """One stream of one direction, as estimated at the end of the minute that began at `start_s` (UTC s).

    Written once and never again, so that history shows what readers were told. None means not measured.
    `wait_s`, `low_s`, `high_s` are the expected wait of one who joins then; `actual_s` is the mean wait of
    the `actual_n` vehicles that reached the booth in it.
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
