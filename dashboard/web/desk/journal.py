"""The audit trail: who did what, when, from where, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.access.audit import Audit, Entry
from dashboard.config import PortConfig
from dashboard.web.desk.frame import zone_of
from dashboard.web.desk.words import Tongue
from dashboard.web.source import Source

LINES = 100


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One line of the trail."""

    number: int
    when: str
    who: str
    address: str
    what: str
    detail: str
    outcome: str
    refused: bool


@dataclass(frozen=True, slots=True)
class JournalPage:
    """`rows` None: there is no trail; `older`: the number to ask for the page before."""

    rows: tuple[JournalRow, ...] | None
    older: int | None


def journal(source: Source, t: Tongue, port: PortConfig, before: int | None) -> JournalPage:
    """The lines before number `before`, or the newest. Raises: StoreAwayError."""
    if source.orders is None:
        return JournalPage(None, None)
    lines = Audit(source.orders.store).page(before, LINES)
    zone = zone_of(source, port)
    rows = tuple(_row(t, zone, number, entry) for number, entry in lines)
    return JournalPage(rows, lines[-1][0] if len(lines) == LINES else None)


def _row(t: Tongue, zone: str, number: int, entry: Entry) -> JournalRow:
    return JournalRow(
        number=number,
        when=t.date_clock(entry.at_s, zone),
        who=entry.who,
        address=entry.address,
        what=t.known("did", entry.what),
        detail=entry.detail,
        outcome=t(f"outcome.{entry.outcome}"),
        refused=entry.outcome == "refused",
    )
