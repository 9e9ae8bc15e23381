"""Opening hours as the official feeds write them (`24 hrs/day`, `6 am-10 pm`, `6 am-Midnight`), for printing.

Whether they say open or closed at a moment is `dashboard.hours`' to tell.
"""

from __future__ import annotations

import re

_CLOCK = r"(?:(\d{1,2})(?::(\d{2}))?\s*(am|pm)|(noon)|(midnight))"
_SPAN = re.compile(rf"\s*{_CLOCK}\s*-\s*{_CLOCK}\s*", re.IGNORECASE)
_SPAN_24_H = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*")
_ALWAYS = re.compile(r"\s*24\s*hrs?\s*/\s*day\s*", re.IGNORECASE)
DAY_MIN = 24 * 60


def official(hours: str) -> str:
    """`hours` as CBP writes them where they are one daily span of whole hours; else as they are."""
    if is_always(hours):
        return "24 hrs/day"
    span = span_min(hours) or _span_24_h(hours)
    if span is None or any(minute % 60 for minute in span):
        return hours
    return "-".join(_clock(minute // 60) for minute in span)


def is_always(hours: str) -> bool:
    """Whether `hours` say day and night."""
    return _ALWAYS.fullmatch(hours) is not None


def span_min(hours: str) -> tuple[int, int] | None:
    """Opening and closing minute of the day (0-1440); None where the text is not one such span."""
    match = _SPAN.fullmatch(hours)
    if match is None:
        return None
    first, last = _minute_of_day(match.groups()[:5]), _minute_of_day(match.groups()[5:])
    if first is None or last is None:
        return None
    return first, last or DAY_MIN


def _span_24_h(hours: str) -> tuple[int, int] | None:
    """`06:00-22:00`."""
    match = _SPAN_24_H.fullmatch(hours)
    if match is None:
        return None
    first, last = (60 * int(match[n]) + int(match[n + 1]) for n in (1, 3))
    return (first, last or DAY_MIN) if max(first, last) <= DAY_MIN else None


def _clock(hour: int) -> str:
    if hour % 24 == 0:
        return "Midnight"
    return f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}"


def _minute_of_day(clock: tuple[str | None, ...]) -> int | None:
    hour, minute, half, noon, midnight = clock
    if noon:
        return DAY_MIN // 2
    if midnight:
        return 0
    if hour is None or half is None or not 1 <= int(hour) <= 12 or int(minute or 0) > 59:
        return None
    return (int(hour) % 12 + (12 if half.lower() == "pm" else 0)) * 60 + int(minute or 0)
