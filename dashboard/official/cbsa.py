"""CBSA's table, English or French, as CSV or on its page: a row per office, sometimes U.S.-bound figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape

from dashboard.official import stamps, words
from dashboard.official.reading import Country, Document, Reading, require_half

COLUMNS: tuple[tuple[int, Country, str], ...] = (
    (3, "ca", "commercial/standard"),
    (4, "us", "commercial/standard"),
    (5, "ca", "passenger/standard"),
    (6, "us", "passenger/standard"),
)
CELLS = 7
PAGE_COLUMNS = tuple(column for column in COLUMNS if column[1] == "ca")
_PAGE_ROW = re.compile(
    r"<tr>\s*<th>\s*<b>([^<]*)</b>.*?</th>\s*<td>([^<]*)</td>\s*<td>([^<]*)</td>"
    r"\s*<td>\s*<time[^>]*>([^<]*)</time>\s*</td>\s*</tr>"
)


def is_cbsa(text: str) -> bool:
    """Whether the first line is that of the table."""
    return text.lstrip("\ufeff").split("\n", 1)[0].count(";;") >= CELLS - 1


def from_csv(text: str) -> Document:
    """Raises: OfficialError."""
    lines = [line for line in text.lstrip("\ufeff").splitlines()[1:] if line.strip()]
    return _document("CBSA CSV", [_from_line(line) for line in lines], len(lines))


def is_page(text: str) -> bool:
    """Whether the text holds a row of the page's table."""
    return _PAGE_ROW.search(text) is not None


def from_page(text: str) -> Document:
    """Raises: OfficialError."""
    rows = ([unescape(cell).strip() for cell in row] for row in _PAGE_ROW.findall(text))
    read = [
        _readings(
            office, stamp, ((*column[1:], cell) for column, cell in zip(PAGE_COLUMNS, cells, strict=True))
        )
        for office, *cells, stamp in rows
    ]
    return _document("CBSA HTML", read, text.count("<time"))


def _document(name: str, read: Sequence[list[Reading]], expected: int) -> Document:
    require_half(sum(map(bool, read)), expected, "offices")
    readings = tuple(reading for row in read for reading in row)
    stamped = [reading.measured_at_s for reading in readings if reading.measured_at_s is not None]
    return Document(name, max(stamped, default=None), readings)


def _from_line(line: str) -> list[Reading]:
    cells = [cell.strip() for cell in line.split(";;")]
    if len(cells) < CELLS:
        return []
    return _readings(cells[0], cells[2], ((into, stream, cells[column]) for column, into, stream in COLUMNS))


def _readings(office: str, stamp: str, cells: Iterable[tuple[Country, str, str]]) -> list[Reading]:
    """What one row says, or nothing where a cell of it cannot be read."""
    at_s = stamps.cbsa_s(stamp)
    found = [_reading(office, into, stream, cell, at_s) for into, stream, cell in cells]
    return [one for one in found if one is not None] if None not in found else []


def _reading(office: str, into: Country, stream: str, cell: str, at_s: float | None) -> Reading | None:
    word, told = words.word(cell), words.minutes(cell)
    if word in ("closed", "not_offered"):
        return Reading("cbsa", office, into, stream, "closed" if word == "closed" else "not_offered")
    if word == "no delay":
        told = 0
    if word == "unknown" or (told is not None and at_s is None):
        return Reading("cbsa", office, into, stream, "unknown")
    return None if told is None else Reading("cbsa", office, into, stream, "measured", 60 * told, at_s)
