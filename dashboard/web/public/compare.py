"""Crossings side by side: a table for each stream, a row for each port, a column for each direction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.feeds.clocks import Language
from dashboard.feeds.values import Published, PublishedPort
from dashboard.portconfig import DirectionConfig
from dashboard.web import words
from dashboard.web.strings import Strings

_TITLE: dict[Language, str] = {"en": "Crossings side by side", "fr": "Les postes côte à côte"}
_CORNER: dict[Language, str] = {"en": "Crossing", "fr": "Poste frontalier"}
_NOT_MEASURED: dict[Language, str] = {"en": "Not measured here", "fr": "Non mesurée ici"}


@dataclass(frozen=True, slots=True)
class Cell:
    """The short words of one stream."""

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One port."""

    href: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CompareTable:
    """One stream."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CompareView:
    """All tables."""

    title: str
    corner: str
    tables: tuple[CompareTable, ...]


def compare(
    said: Published,
    strings: Strings,
    name_of: Callable[[DirectionConfig], str],
    href: Callable[[str], str],
) -> CompareView:
    """Every stream that any port has; a port without it is said not to measure it."""
    directions = list(dict.fromkeys(name_of(d.config) for port in said.ports for d in port.directions))
    streams = dict.fromkeys(s.id for port in said.ports for d in port.directions for s in d.streams)
    tables = []
    for stream in streams:
        columns = [name for name in directions if _offered(said, stream, name, name_of)]
        rows = tuple(
            Row(
                href(port.config.id),
                port.config.name.in_language(strings.language),
                tuple(_cell(strings, port, stream, name, name_of) for name in columns),
            )
            for port in said.ports
        )
        tables.append(CompareTable(words.stream_name(strings, stream), tuple(columns), rows))
    return CompareView(_TITLE[strings.language], _CORNER[strings.language], tuple(tables))


def _offered(said: Published, stream: str, name: str, name_of: Callable[[DirectionConfig], str]) -> bool:
    return any(
        d.stream(stream) is not None
        for port in said.ports
        for d in port.directions
        if name_of(d.config) == name
    )


def _cell(
    strings: Strings, port: PublishedPort, stream: str, name: str, name_of: Callable[[DirectionConfig], str]
) -> Cell:
    found = [told for d in port.directions if name_of(d.config) == name and (told := d.stream(stream))]
    if not found:
        return Cell("unknown", _NOT_MEASURED[strings.language])
    return Cell(found[0].state, words.headline(strings, found[0]))
