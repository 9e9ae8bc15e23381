"""The audit trail: who did what, when, from where, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.access.audit import CONSOLE, THIS_MACHINE, Audit, Entry
from dashboard.orders.order import Order, Release
from dashboard.orders.orders import order_of
from dashboard.portconfig import PortConfig
from dashboard.web.desk import orders
from dashboard.web.desk.frame import zone_of
from dashboard.web.desk.words import Tongue
from dashboard.web.source import Source

LINES = 100
_PLACES = {CONSOLE: "journal.console", THIS_MACHINE: "journal.this_machine"}


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
    numbers = {n for _, entry in lines if (n := order_of(entry)) is not None}
    given = source.orders.with_ended(source.orders.numbered(numbers).values())
    rows = tuple(_row(t, zone, number, entry, _detail(source, t, entry, given)) for number, entry in lines)
    return JournalPage(rows, lines[-1][0] if len(lines) == LINES else None)


def _detail(source: Source, t: Tongue, entry: Entry, given: Mapping[int, Order]) -> str:
    """An order in words, with its end by the clock of its port; of anything else the names as they are."""
    order = given.get(order_of(entry) or 0)
    place = next((one for one in source.config.ports if order is not None and one.id == order.port), None)
    if order is None or place is None:
        return entry.detail
    what = orders.said(t, place, order, given)
    if isinstance(order.what, Release):
        return what
    return t("journal.until", what=what, until=t.date_clock(order.until_s, zone_of(source, place)))


def _row(t: Tongue, zone: str, number: int, entry: Entry, detail: str) -> JournalRow:
    return JournalRow(
        number=number,
        when=t.date_clock(entry.at_s, zone),
        who=entry.who,
        address=t(_PLACES[entry.address]) if entry.address in _PLACES else entry.address,
        what=t.known("did", entry.what),
        detail=detail,
        outcome=t(f"outcome.{entry.outcome}"),
        refused=entry.outcome == "refused",
    )
