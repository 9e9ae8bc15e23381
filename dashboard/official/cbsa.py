"""CBSA's table, English or French: a row per office, Canada-bound figures, sometimes U.S.-bound ones."""

from __future__ import annotations

from dashboard.official import stamps, words
from dashboard.official.reading import Country, Document, Reading, require_half

COLUMNS: tuple[tuple[int, Country, str], ...] = (
    (3, "ca", "commercial/standard"),
    (4, "us", "commercial/standard"),
    (5, "ca", "passenger/standard"),
    (6, "us", "passenger/standard"),
)
CELLS = 7


def is_cbsa(text: str) -> bool:
    """Whether the first line is that of the table."""
    return text.lstrip("\ufeff").split("\n", 1)[0].count(";;") >= CELLS - 1


def from_csv(text: str) -> Document:
    """Raises: OfficialError."""
    lines = [line for line in text.lstrip("\ufeff").splitlines()[1:] if line.strip()]
    rows = [row for line in lines if (row := _readings(line))]
    require_half(len(rows), len(lines), "offices")
    readings = tuple(reading for row in rows for reading in row)
    stamped = [reading.measured_at_s for reading in readings if reading.measured_at_s is not None]
    return Document("CBSA CSV", max(stamped, default=None), readings)


def _readings(line: str) -> list[Reading]:
    cells = [cell.strip() for cell in line.split(";;")]
    if len(cells) < CELLS:
        return []
    at_s = stamps.cbsa_s(cells[2])
    found = [_reading(cells[0], into, stream, cells[column], at_s) for column, into, stream in COLUMNS]
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
