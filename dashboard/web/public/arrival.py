"""The wait of one who arrives later, from the wait now and the forecast. Pure; times in UTC seconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from dashboard import zones
from dashboard.feeds.values import PublishedForecast, PublishedStream


def arrival_s(clock: str, now_s: float, zone: str) -> int | None:
    """The next moment at which the wall clock of `zone` shows `clock` (`HH:MM`); None if that is no time.

    A time that the clock skips when it is set forward is the one that it would have shown.
    """
    try:
        hour, minute = (int(part) for part in clock.split(":"))
        now = zones.local(now_s, zone)
        today = now.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    except ValueError:
        return None
    moments = [at_s for day in (today, today + timedelta(days=1)) for at_s in _moments(day)]
    return next(round(at_s) for at_s in moments if at_s >= now_s // 60 * 60)


def _moments(shown: datetime) -> tuple[float, float]:
    """When the clock shows that: the same moment twice, but for the hour that comes twice."""
    first_s, second_s = (shown.replace(fold=fold).timestamp() for fold in (0, 1))
    return first_s, max(first_s, second_s)


def at_arrival(stream: PublishedStream, at_s: int, now_s: int) -> PublishedForecast | None:
    """The expected wait of one who joins at `at_s`, between the points of the forecast.

    None beyond the last of them, and where the stream has no wait now.
    """
    wait = stream.expected
    if wait is None or wait.wait_s is None or wait.high_s is None:
        return None
    points = (PublishedForecast(now_s, wait.wait_s, wait.low_s, wait.high_s), *stream.forecast)
    if at_s <= now_s:
        return points[0]
    for before, after in pairwise(points):
        if before.at_s < at_s <= after.at_s:
            return _between(before, after, at_s)
    return None


def _between(before: PublishedForecast, after: PublishedForecast, at_s: int) -> PublishedForecast:
    share = (at_s - before.at_s) / (after.at_s - before.at_s)

    def mixed(first_s: int, second_s: int) -> int:
        return round(first_s + share * (second_s - first_s))

    return PublishedForecast(
        at_s,
        mixed(before.wait_s, after.wait_s),
        mixed(before.low_s, after.low_s),
        mixed(before.high_s, after.high_s),
    )


def clock_value(at_s: float, zone: str) -> str:
    """`14:30`, as a form's time field holds it."""
    return f"{zones.local(at_s, zone):%H:%M}"
