"""`/feed/v1/history.csv`: what readers were told, minute by minute or hour by hour; unknown is an empty cell.

A row is what was published at the end of the minute (or the mean over the hour) that began at `start`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from dashboard.feeds.instants import iso_z
from dashboard.history import StreamHour, StreamMinute

MINUTE_COLUMNS = tuple("start" if field.name == "start_s" else field.name for field in fields(StreamMinute))
HOUR_COLUMNS = tuple("start" if field.name == "start_s" else field.name for field in fields(StreamHour))


def header(columns: Sequence[str]) -> bytes:
    """The first line."""
    return _line(columns)


def lines(rows: Iterable[StreamMinute | StreamHour]) -> Iterator[bytes]:
    """A line per row, in their order."""
    for row in rows:
        yield _line([_cell(field.name, getattr(row, field.name)) for field in fields(row)])


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if name == "start_s" and isinstance(value, float):
        return iso_z(value)
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()
