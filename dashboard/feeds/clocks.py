"""Local wall clocks with the letters that readers of the official feeds know, from a table of our own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from dashboard import zones

Language = Literal["en", "fr"]

_FAMILIES = {
    "atlantic": ("Halifax", "Moncton", "Glace_Bay", "Goose_Bay"),
    "eastern": (
        "Detroit",
        "New_York",
        "Toronto",
        "Montreal",
        "Nipigon",
        "Thunder_Bay",
        "Indiana/Indianapolis",
    ),
    "central": (
        *("Chicago", "Winnipeg", "Regina", "Rainy_River", "Menominee", "Matamoros", "Ojinaga"),
        *("North_Dakota/Center", "North_Dakota/New_Salem", "North_Dakota/Beulah", "Swift_Current"),
    ),
    "mountain": (
        "Denver",
        "Edmonton",
        "Boise",
        "Phoenix",
        "Creston",
        "Ciudad_Juarez",
        "Whitehorse",
        "Hermosillo",
    ),
    "pacific": ("Los_Angeles", "Vancouver", "Tijuana"),
}
_FAMILY_OF = {f"America/{city}": family for family, cities in _FAMILIES.items() for city in cities}

# British Columbia keeps UTC-7 all year: its letters stay PDT and HAP, which every reader maps to -7.
_LETTERS = {
    ("atlantic", -4): ("AST", "HNA"),
    ("atlantic", -3): ("ADT", "HAA"),
    ("eastern", -5): ("EST", "HNE"),
    ("eastern", -4): ("EDT", "HAE"),
    ("central", -6): ("CST", "HNC"),
    ("central", -5): ("CDT", "HAC"),
    ("mountain", -7): ("MST", "HNR"),
    ("mountain", -6): ("MDT", "HAR"),
    ("pacific", -8): ("PST", "HNP"),
    ("pacific", -7): ("PDT", "HAP"),
}
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def letters(at: datetime, zone: str, language: Language = "en") -> str:
    """Zone letters for the local instant `at` in `zone`: `EST`, `HNE`, or `UTC-03:30` where none exist."""
    offset = at.utcoffset() or timedelta()
    hours = offset / timedelta(hours=1)
    pair = _LETTERS.get((_FAMILY_OF.get(zone, ""), int(hours)))
    if pair is None or hours != int(hours):
        return f"UTC{at:%z}"[:6] + ":" + f"{at:%z}"[3:5] if offset else "UTC"
    return pair[0 if language == "en" else 1]


def clock_time(at_s: float, zone: str, language: Language) -> str:
    """`10:14`, in French `10 h 14`, with no-break spaces."""
    at = zones.local(at_s, zone)
    return f"{at.hour}\u00a0h\u00a0{at.minute:02d}" if language == "fr" else f"{at:%H:%M}"


def local_date(at_s: float, zone: str, language: Language) -> str:
    """`27 November`, in French `27 novembre` (`1er décembre`), with no-break spaces."""
    at = zones.local(at_s, zone)
    if language == "en":
        return f"{at.day}\u00a0{at:%B}"
    day = "1er" if at.day == 1 else f"{at.day}"
    return f"{day}\u00a0{_MONTHS[at.month - 1]}"


def wall_clock(at_s: float, zone: str, language: Language) -> str:
    """`10:14 EST`, in French `10 h 14 (HNE)`, with no-break spaces."""
    name = letters(zones.local(at_s, zone), zone, language)
    time = clock_time(at_s, zone, language)
    return f"{time}\u00a0({name})" if language == "fr" else f"{time}\u00a0{name}"
