"""Opening hours as ports write them, e.g. `24 hrs/day`, `8 am - 4 pm`, `Mon-Fri 6:00-22:00`."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from dashboard import zones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = re.compile(r"^24\s*(h|hr|hrs|hours?|/7)\b|^24$|24\s*/\s*7", re.IGNORECASE)
CLOCK = r"(\d{1,2})(?:[:h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?|(noon|midnight)"
SPAN = re.compile(rf"(?:{CLOCK})\s*(?:-|–|—|to)\s*(?:{CLOCK})", re.IGNORECASE)
DAY_SPAN = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:\s*(?:-|–|to)\s*(mon|tue|wed|thu|fri|sat|sun))?", re.I
)
DAY_MINUTES = 24 * 60


def is_open(hours: str | None, at_s: float, timezone: str) -> bool | None:
    """Whether `hours` say that a stream is open at `at_s` (UTC seconds); None: they do not tell.

    Times are local to `timezone`. A span that ends before it begins goes past midnight.
    """
    text = (hours or "").strip()
    if ALWAYS.search(text):
        return True
    if text.lower() in ("closed", "fermé"):
        return False
    spans = _spans(text)
    if spans is None:
        return None
    local = zones.local(at_s, timezone)
    return any(_within(span, _days(text), local) for span in spans)


def _spans(text: str) -> list[tuple[int, int]] | None:
    """Spans in minutes of the day; None where one makes no sense."""
    found = [(_minutes(*match.groups()[:4]), _minutes(*match.groups()[4:])) for match in SPAN.finditer(text)]
    spans = [(start, end) for start, end in found if start is not None and end is not None]
    return spans if spans and len(spans) == len(found) else None


def _minutes(hour: str | None, minute: str | None, half: str | None, word: str | None) -> int | None:
    if word:
        return 12 * 60 if word.lower() == "noon" else DAY_MINUTES
    hours, minutes = int(hour or 0), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    return hours * 60 + minutes if hours <= 24 and minutes < 60 else None


def _days(text: str) -> frozenset[int]:
    """Days of the week (Monday 0) that are named; all when none is."""
    named: set[int] = set()
    for first, last in DAY_SPAN.findall(text):
        start = DAYS.index(first.lower())
        end = DAYS.index(last.lower()) if last else start
        named.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return frozenset(named) or frozenset(range(7))


def _within(span: tuple[int, int], days: frozenset[int], local: datetime) -> bool:
    """Whether the span that began today or yesterday holds the local moment."""
    start, end = span
    length = (end - start) % DAY_MINUTES or DAY_MINUTES
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        since = local.replace(tzinfo=None) - datetime.combine(day, time()) - timedelta(minutes=start)
        if day.weekday() in days and timedelta(0) <= since < timedelta(minutes=length):
            return True
    return False
