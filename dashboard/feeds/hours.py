"""Opening hours as the official feeds write them (`24 hrs/day`, `6 am-10 pm`, `6 am-Midnight`), for printing.

Whether they say open or closed at a moment is `dashboard.hours`' to tell.
"""

from __future__ import annotations

import re

_CLOCK = r"(?:(\d{1,2})(?::(\d{2}))?\s*(am|pm)|(noon)|(midnight))"
_SPAN = re.compile(rf"\s*{_CLOCK}\s*-\s*{_CLOCK}\s*", re.IGNORECASE)
_ALWAYS = re.compile(r"\s*24\s*hrs?\s*/\s*day\s*", re.IGNORECASE)
DAY_MIN = 24 * 60


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


def _minute_of_day(clock: tuple[str | None, ...]) -> int | None:
    hour, minute, half, noon, midnight = clock
    if noon:
        return DAY_MIN // 2
    if midnight:
        return 0
    if hour is None or half is None or not 1 <= int(hour) <= 12 or int(minute or 0) > 59:
        return None
    return (int(hour) % 12 + (12 if half.lower() == "pm" else 0)) * 60 + int(minute or 0)
