"""`/feed/cbsa/bwt-eng.csv` and `bwt-fra.csv`: CBSA's table, a row per port, `;; ` between cells, BOM, LF.

The same rows make the web page of cbsa_html.

The one commercial column is the standard stream; FAST is never merged into it. `official` in port.yaml may
give `cbsa_office_en`, `cbsa_office_fr` and `cbsa_location`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard import zones
from dashboard.feeds.bound import into
from dashboard.feeds.clocks import Language, letters
from dashboard.feeds.instants import minutes
from dashboard.feeds.values import Published, PublishedDirection, PublishedPort, PublishedStream

HEADER: dict[Language, tuple[str, ...]] = {
    "en": (
        "Customs Office",
        "Location",
        "Last updated",
        "Commercial Flow - Canada bound",
        "Commercial Flow - U.S. bound",
        "Travellers Flow - Canada bound",
        "Travellers Flow - U.S. bound",
    ),
    "fr": (
        "Bureau de l'ASFC",
        "Emplacement",
        "Mis à jour",
        "Débit / Expéditions commerciales - Vers le Canada",
        "Débit / Expéditions commerciales - Vers les États-Unis",
        "Débit / Voyageurs - Vers le Canada",
        "Débit / Voyageurs - Vers les États-Unis",
    ),
}
NO_DELAY: dict[Language, str] = {"en": "No Delay", "fr": "Aucun délai"}
CLOSED: dict[Language, str] = {"en": "Closed", "fr": "Fermé"}
NOT_OFFERED: dict[Language, str] = {"en": "Not Applicable", "fr": "Ne s'applique pas"}
NOT_REPORTED = "--"
STREAMS = ("commercial/standard", "passenger/standard")


@dataclass(frozen=True, slots=True)
class Row:
    """One port: `values` by STREAMS, Canada-bound before U.S.-bound; `updated` in the port's own zone."""

    office: str
    location: str
    updated: datetime
    letters: str
    values: tuple[str, ...]


def document(said: Published, language: Language) -> bytes:
    """The file; both languages hold the same rows in the same order."""
    lines = [";; ".join(HEADER[language]) + ";;"]
    for row in (table_row(said, port, language) for port in said.ports):
        cells = (row.office, row.location, f"{row.updated:%Y-%m-%d %H:%M} {row.letters}", *row.values)
        lines.append(";; ".join(cells) + ";; ")
    return ("\ufeff" + "\n".join(lines) + "\n\n").encode()


def table_row(said: Published, port: PublishedPort, language: Language, *, both_ways: bool = True) -> Row:
    """The row of `port`, as old as its oldest number; Canada-bound values only unless `both_ways`."""
    canada, states = _columns(port)
    asked = (canada, states) if both_ways else (canada,)
    shown = [_stream(direction, stream_id) for stream_id in STREAMS for direction in asked]
    place = (canada or states or port.directions[0]).config
    stamps = [s.expected.measured_at_s for s in shown if s is not None and s.expected and _has_number(s)]
    updated = zones.local(min(stamps, default=said.at_s), place.timezone)
    return Row(
        place.official.get(f"cbsa_office_{language}", port.config.name.in_language(language)),
        place.official.get("cbsa_location", ""),
        updated,
        letters(updated, place.timezone, language),
        tuple(_value(stream, language) for stream in shown),
    )


def _columns(port: PublishedPort) -> tuple[PublishedDirection | None, PublishedDirection | None]:
    """The direction into Canada, and into the United States where port.yaml does not say `into` itself."""
    canada = next((d for d in port.directions if into(d.config) in ("ca", None)), None)
    told = any(d.config.into is not None for d in port.directions)
    states = None if told else next((d for d in port.directions if into(d.config) == "us"), None)
    return canada, states


def _stream(direction: PublishedDirection | None, stream_id: str) -> PublishedStream | None:
    return None if direction is None else direction.stream(stream_id)


def _has_number(stream: PublishedStream) -> bool:
    return stream.expected is not None and stream.expected.wait_s is not None


def _value(stream: PublishedStream | None, language: Language) -> str:
    if stream is None:
        return NOT_REPORTED
    if stream.state == "closed":
        return CLOSED[language]
    if stream.state == "not_offered":
        return NOT_OFFERED[language]
    if stream.expected is None or stream.expected.wait_s is None:
        return NOT_REPORTED
    n = minutes(stream.expected.wait_s)
    if n == 0:
        return NO_DELAY[language]
    return "1 minute" if n == 1 else f"{n} minutes"
