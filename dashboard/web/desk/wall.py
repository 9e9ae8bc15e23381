"""The wall display: huge figures for a room, no controls, and plain words when they are old."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.portconfig import PortConfig
from dashboard.web.desk.live import Card, live_page
from dashboard.web.desk.official import Official
from dashboard.web.desk.words import Tongue
from dashboard.web.source import Source


@dataclass(frozen=True, slots=True)
class WallDirection:
    """One direction of one port."""

    key: str
    name: str
    clock: str
    cards: tuple[Card, ...]


def wall(source: Source, t: Tongue, port: PortConfig | None, official: Official) -> tuple[WallDirection, ...]:
    """The directions of `port`, or of all ports."""
    ports = (port,) if port else source.config.ports
    several = len(ports) > 1
    return tuple(
        WallDirection(
            f"wall-{section.key}",
            f"{one.name.in_language(t.language)}, {section.name}" if several else section.name,
            section.clock,
            section.cards,
        )
        for one in ports
        for section in live_page(source, t, one, official).sections
    )
