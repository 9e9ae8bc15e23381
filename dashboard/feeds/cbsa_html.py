"""`/feed/cbsa/menu-eng.html` and `menu-fra.html`: CBSA's page, for programs that read its table `bwttaf`.

Canada-bound values only. A row stands on one line: a reader needs its cells without white space between them.
"""

from __future__ import annotations

from html import escape

from dashboard.feeds.cbsa import Row, table_row
from dashboard.feeds.clocks import Language
from dashboard.feeds.values import Published

HEADER: dict[Language, tuple[str, ...]] = {
    "en": ("CBSA Office", "Commercial Flow", "Travellers Flow", "Updated"),
    "fr": (
        "Bureau de l\u2019ASFC",
        "Débit des expéditions commerciales",
        "Débit des voyageurs",
        "Mis à jour",
    ),
}
TITLE: dict[Language, str] = {
    "en": "Border wait times, measured by {operator} (CBSA-compatible format)",
    "fr": "Temps d\u2019attente à la frontière, mesurés par {operator} (format compatible avec l\u2019ASFC)",
}


def document(said: Published, language: Language) -> bytes:
    """The page; both languages hold the same rows in the same order."""
    title = escape(TITLE[language].format(operator=said.operator.in_language(language)))
    head = "".join(f"<th>{name}</th>" for name in HEADER[language])
    rows = (_row(table_row(said, port, language, both_ways=False)) for port in said.ports)
    lines = (
        "<!DOCTYPE html>",
        f'<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head><body>',
        f'<main><h1>{title}</h1><table id="bwttaf">',
        f"<thead><tr>{head}</tr></thead>",
        "<tbody>",
        *rows,
        "</tbody></table></main></body></html>",
    )
    return ("\n".join(lines) + "\n").encode()


def _row(row: Row) -> str:
    cells = "".join(f"<td>{value.capitalize()}</td>" for value in row.values)
    stamp = f"{row.updated:%Y-%m-%d %H:%M} {row.letters}"
    return (
        f"<tr><th><b>{escape(row.office)}</b><br />{escape(row.location)}<br /></th>{cells}"
        f'<td><time datetime="{row.updated:%Y-%m-%dT%H:%M%z}">{stamp}</time></td></tr>'
    )
