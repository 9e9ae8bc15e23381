"""Opening hours as ports write them, e.g. `24 hrs/day`, `8 am - 4 pm`, `Mon-Fri 6:00-22:00, Sat 9 am-noon`.

They say when a crossing is open only where every word of them is understood: a season, an exception or a lane
that is meant alone would be lost otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from dashboard import zones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
DAY_MINUTES = 24 * 60
SHUT = ("closed", "fermé")

CLOCK = r"(?:(\d{1,2})(?:[:h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?(?!\w)|(noon|midnight)\b)"
TO = r"\s*(?:-|–|—|to\b)\s*"
DAY = r"(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|r|ur)?(?:days?)?\.?"
A_DAY = r"\s*(?:/|a|per)\s*(?:24|day|día|dia|jour|j)"
WORDS = (
    ("always", rf"24\s*/\s*7(?!\d)|24\s*(?:h|hr|hrs|hours?)?(?:{A_DAY})?(?![\w:])"),
    ("span", CLOCK + TO + CLOCK),
    ("days", rf"\b{DAY}(?:{TO}{DAY})?(?!\w)|\b(weekdays?|weekends?)\b"),
    ("shut", r"closed\b|fermé\b"),
    ("nothing", r"[\s,;&()./:]+|(?:and|daily|every|days?|week|open|hours?|from|7|j|jours|a|per)\b"),
)  # fmt: skip
TOKENS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in WORDS)

Days = frozenset[int]
Span = tuple[int, int]
"""From and to, minutes of the day; past midnight where it ends before it begins."""
Part = Days | Span | tuple[()]
"""Days, their hours, or that they have none."""


class _UnclearError(ValueError):
    """Hours that do not tell."""


def is_open(hours: str | None, at_s: float, timezone: str) -> bool | None:
    """Whether `hours` say that a stream is open at `at_s` (UTC seconds); None: they do not tell.

    Times are local to `timezone`.
    """
    text = (hours or "").strip()
    if text.lower() in SHUT:
        return False
    try:
        told = _told(text)
    except _UnclearError:
        return None
    local = zones.local(at_s, timezone)
    return any(_within(span, days, local) for days, span in told)


def _told(text: str) -> list[tuple[Days, Span]]:
    """The spans of the text, each with its days. Raises: _UnclearError."""
    parts = list(_parts(text))
    if all(isinstance(part, tuple) for part in parts):
        parts.insert(0, EVERY_DAY)
    if isinstance(parts[0], tuple):  # the days stand behind their hours
        parts.reverse()
    told: list[tuple[Days, Span]] = []
    days: Days = frozenset()
    fresh = False
    for part in parts:
        if isinstance(part, tuple):
            told += [(days, part)] if part else []
        else:
            days = days | part if fresh else part
        fresh = not isinstance(part, tuple)
    if fresh or not told or any(not days for days, _ in told):
        raise _UnclearError
    return told


def _parts(text: str) -> Iterator[Part]:
    """What the text says, in its order. Raises: _UnclearError, for a word that is not known."""
    at, named = 0, False
    while at < len(text):
        kind, match = _next(text, at)
        at = match.end()
        if kind == "shut" and not named:
            raise _UnclearError
        if kind != "nothing":
            named = kind == "days"
            yield _part(kind, match)


def _part(kind: str, match: re.Match[str]) -> Part:
    if kind == "days":
        return _days(match)
    if kind == "span":
        return _span(match)
    return (0, DAY_MINUTES) if kind == "always" else ()


def _next(text: str, at: int) -> tuple[str, re.Match[str]]:
    for kind, words in TOKENS:
        match = words.match(text, at)
        if match and match.end() > at:
            return kind, match
    raise _UnclearError


def _span(match: re.Match[str]) -> Span:
    """A bare `9-5` may be of the morning or the evening; a bare `6-22` is not."""
    start, end = match.groups()[:4], match.groups()[4:]
    bare = [hour for hour, minute, half, word in (start, end) if not (minute or half or word)]
    if bare and not (len(bare) == 2 and max(map(int, bare)) > 12):
        raise _UnclearError
    return _minutes(*start) % DAY_MINUTES, _minutes(*end)


def _minutes(hour: str | None, minute: str | None, half: str | None, word: str | None) -> int:
    if word:
        return 12 * 60 if word.lower() == "noon" else DAY_MINUTES
    hours, minutes = int(hour or 0), int(minute or 0)
    if hours > 24 or minutes > 59 or (half and not 1 <= hours <= 12):
        raise _UnclearError
    if half:
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    return hours * 60 + minutes


def _days(match: re.Match[str]) -> Days:
    """Days of the week, Monday 0."""
    first, last, word = match.groups()
    if word:
        return frozenset(range(5)) if word.lower().startswith("weekd") else frozenset((5, 6))
    start = DAYS.index(first.lower())
    end = DAYS.index(last.lower()) if last else start
    return frozenset(day % 7 for day in range(start, end + 1 if end >= start else end + 8))


def _within(span: Span, days: Days, local: datetime) -> bool:
    """Whether the span that began today or yesterday holds the local moment."""
    start, end = span
    length = (end - start) % DAY_MINUTES or DAY_MINUTES
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        since = local.replace(tzinfo=None) - datetime.combine(day, time()) - timedelta(minutes=start)
        if day.weekday() in days and timedelta(0) <= since < timedelta(minutes=length):
            return True
    return False
