"""When an official figure was made: wall clocks with zone letters that cannot be taken at their word.

CBP prints the wall clock of the crossing; its letters say `EST` or `MST` all summer at some places, so only
their family counts, and the letters decide where the clock stands twice. CBSA's letters are true offsets.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from dashboard import zones
from dashboard.official.words import plain

SKEW_S = 15 * 60.0
"""Stamps this far ahead of the document are of its moment; farther ahead they are yesterday's."""
TOO_OLD_S = 3 * 3600.0
"""A figure older than this says nothing of now."""

_FAMILIES = {
    "e": "America/New_York",
    "c": "America/Chicago",
    "m": "America/Denver",
    "p": "America/Los_Angeles",
}
_OFFSETS_H = {
    "adt": -3,
    "ast": -4,
    "edt": -4,
    "est": -5,
    "cdt": -5,
    "cst": -6,
    "mdt": -6,
    "mst": -7,
    "pdt": -7,
    "pst": -8,
    "haa": -3,
    "hna": -4,
    "hae": -4,
    "hne": -5,
    "hac": -5,
    "hnc": -6,
    "har": -6,
    "hnr": -7,
    "hap": -7,
    "hnp": -8,
    "pt": -7,
}
_STAMP = re.compile(
    r"(?:at|en|a las)?\s*(?:(\d{1,2}):(\d{2})\s*(am|pm|a\.m\.|p\.m\.)|(noon|mediodia)|(midnight|medianoche))"
    r"\s*([a-z]{3})?"
)
_CBSA = re.compile(r"(20\d{2})-(\d{2})-(\d{2}) (\d{1,2}):(\d{2}) ([a-z]{2,3})")
_RSS = re.compile(r"(?:[a-z]{3}, )?(\d{1,2}) ([a-z]{3}) (20\d{2}) (\d{1,2}):(\d{2}):(\d{2}) ([a-z]{3})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def family_s(local: datetime, letters: str) -> float | None:
    """The instant of a wall clock in the family of `letters`; None where they name none."""
    zone = _FAMILIES.get(letters[:1].lower()) if len(letters) == 3 else None
    if zone is None:
        return None
    fold = 1 if letters[1:2].lower() == "s" else 0
    return local.replace(tzinfo=zones.zone(zone), fold=fold).timestamp()


def stamped_s(text: object, day: date, document_s: float) -> float | None:
    """`At 1:07 pm EDT` in a document dated `day` and made at `document_s`; None where it tells nothing.

    A stamp of before midnight belongs to the day before. One a little ahead of the document is of its moment;
    one that is far ahead of it, or too old, cannot be told.
    """
    match = _STAMP.fullmatch(plain(text))
    if match is None:
        return None
    minute = _minute_of_day(match)
    if minute is None:
        return None
    clock = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - wall clock
    for back in (0, 1):
        at_s = family_s(clock - timedelta(days=back), match[6] or "")
        if at_s is not None and at_s <= document_s + SKEW_S:
            at_s = min(at_s, document_s)
            return at_s if document_s - at_s <= TOO_OLD_S else None
    return None


def cbsa_s(text: object) -> float | None:
    """`2026-10-03 13:54 ADT`, French letters too."""
    match = _CBSA.fullmatch(plain(text))
    if match is None or match[6] not in _OFFSETS_H:
        return None
    year, month, day, hour, minute = (int(match[n]) for n in range(1, 6))
    try:
        local = datetime(
            year, month, day, hour, minute, tzinfo=timezone(timedelta(hours=_OFFSETS_H[match[6]]))
        )
    except ValueError:
        return None
    return local.timestamp()


def rss_s(text: object) -> float | None:
    """`Sat, 22 Aug 2026 14:08:39 EST`, which means Eastern time."""
    match = _RSS.fullmatch(plain(text))
    if match is None or match[2] not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(match[n]) for n in (1, 3, 4, 5, 6))
    try:
        local = datetime(year, _MONTHS.index(match[2]) + 1, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
    return family_s(local, match[7])


def clock_s(day: object, clock: object, letters: str) -> float | None:
    """`8/30/2026` or `2026-8-30` and `21:41:44` on the wall clock of the family of `letters`."""
    told, parts = date_of(day), plain(clock).split(":")
    if (
        told is None
        or len(parts) != 3
        or not all(p.isascii() and p.isdecimal() and len(p) <= 2 for p in parts)
    ):
        return None
    try:
        hour, minute, second = (int(part) for part in parts)
        local = datetime(told.year, told.month, told.day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
    return family_s(local, letters)


def date_of(text: object) -> date | None:
    """`8/30/2026` or `2026-8-30`."""
    told = plain(text)
    parts = told.split("/") if "/" in told else told.split("-")
    if len(parts) != 3 or not all(p.isascii() and p.isdecimal() and len(p) <= 4 for p in parts):
        return None
    a, b, c = (int(part) for part in parts)
    year, month, day = (c, a, b) if "/" in told else (a, b, c)
    try:
        return date(year, month, day) if 2000 <= year < 2100 else None
    except ValueError:
        return None


def iso_s(text: object) -> float | None:
    """An instant with its offset, or Microsoft's `/Date(1763228400000-0800)/` (milliseconds of UTC)."""
    if not isinstance(text, str):
        return None
    dated = re.fullmatch(r"\\?/Date\((\d{1,14})(?:[+-]\d{4})?\)\\?/", text)
    if dated:
        return int(dated[1]) / 1000
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo is not None and 2000 <= at.year < 2100 else None


def _minute_of_day(match: re.Match[str]) -> int | None:
    if match[4]:
        return 12 * 60
    if match[5]:
        return 0
    hour, minute = int(match[1]), int(match[2])
    if not 1 <= hour <= 12 or minute > 59:
        return None
    return (hour % 12 + (12 if match[3].startswith("p") else 0)) * 60 + minute
