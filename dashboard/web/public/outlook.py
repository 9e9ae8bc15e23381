"""Where a wait is going: its trend, the hour ahead, and when to cross. Pure; times in UTC seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.feeds.values import PublishedForecast, PublishedStream, PublishedWait
from dashboard.history import StreamMinute

Direction = Literal["rising", "falling", "steady"]

WORTH_S = 180
"""A change below this is not told: the wait itself is not known better."""
WORTH_SHARE = 0.2
"""Nor is one below this share of the longer of the two."""
_AHEAD: dict[str, Direction] = {"now": "rising", "later": "falling", "same": "steady"}
LOOK_BACK_S = 30 * 60
WINDOW_S = 10 * 60
FEWEST_MINUTES = 4


@dataclass(frozen=True, slots=True)
class Trend:
    """`before_s`: the mean wait of half an hour ago; None where the trend is taken from the forecast."""

    direction: Direction
    before_s: int | None


@dataclass(frozen=True, slots=True)
class Advice:
    """When to cross: `now`, `later` (at `point`), or `same` when the hour brings no change worth telling."""

    choice: Literal["now", "later", "same"]
    point: PublishedForecast | None = None


def trend(stream: PublishedStream, past: Sequence[StreamMinute]) -> Trend | None:
    """From the minutes of half an hour ago, else from the hour ahead; None where neither tells."""
    wait = stream.expected
    if wait is None or wait.wait_s is None:
        return None
    before_s = _half_an_hour_ago(wait, past)
    if before_s is not None:
        return Trend(_direction(before_s, wait.wait_s), before_s)
    told = advice(stream)
    return None if told is None else Trend(_AHEAD[told.choice], None)


def advice(stream: PublishedStream) -> Advice | None:
    """What the forecast says about waiting for a better moment; None without a forecast."""
    wait = stream.expected
    if wait is None or wait.wait_s is None or not stream.forecast:
        return None
    shortest = min(stream.forecast, key=lambda point: (point.wait_s, point.at_s))
    if _direction(wait.wait_s, shortest.wait_s) == "falling":
        return Advice("later", shortest)
    longest = max(stream.forecast, key=lambda point: point.wait_s)
    if _direction(wait.wait_s, longest.wait_s) == "rising":
        return Advice("now", longest)
    return Advice("same")


def _half_an_hour_ago(wait: PublishedWait, past: Sequence[StreamMinute]) -> int | None:
    """The mean over WINDOW_S around that moment; None where too few of its minutes were measured."""
    first_s = wait.measured_at_s - LOOK_BACK_S - WINDOW_S / 2
    waits = [
        minute.wait_s
        for minute in past
        if minute.state == "measured"
        and minute.wait_s is not None
        and first_s <= minute.start_s < first_s + WINDOW_S
    ]
    return round(sum(waits) / len(waits)) if len(waits) >= FEWEST_MINUTES else None


def _direction(first_s: float, then_s: float) -> Direction:
    change_s = then_s - first_s
    if abs(change_s) < max(WORTH_S, WORTH_SHARE * max(first_s, then_s)):
        return "steady"
    return "rising" if change_s > 0 else "falling"
