"""All ports side by side: each direction with its streams, and whether anything is wrong there."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.portconfig import PortConfig
from dashboard.web.desk.frame import path_of
from dashboard.web.desk.live import Card, live_page
from dashboard.web.desk.official import Official
from dashboard.web.desk.words import Tongue
from dashboard.web.source import Source


@dataclass(frozen=True, slots=True)
class PortRow:
    """One port: its cards by direction, and what needs a look."""

    key: str
    name: str
    path: str
    directions: tuple[tuple[str, tuple[Card, ...]], ...]
    faults: tuple[str, ...]
    orders: int


def overview(source: Source, t: Tongue, official: Official) -> tuple[PortRow, ...]:
    """Every port of port.yaml."""
    return tuple(_row(source, t, port, official) for port in source.config.ports)


def _row(source: Source, t: Tongue, port: PortConfig, official: Official) -> PortRow:
    page = live_page(source, t, port, official)
    late = sum(strip.late for section in page.sections for strip in section.strips)
    total = sum(len(section.strips) for section in page.sections)
    faults = (t("lanes_late", n=late, total=total),) if late else ()
    return PortRow(
        key=f"port-{port.id}",
        name=port.name.in_language(t.language),
        path=path_of(t, port, "live"),
        directions=tuple((section.name, section.cards) for section in page.sections),
        faults=faults,
        orders=len(page.orders),
    )
