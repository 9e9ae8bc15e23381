"""What happened in a stretch of time: orders of people, and what nodes and cameras told of themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dashboard.portconfig import DirectionConfig, PortConfig
from dashboard.store.events import NodeEvent
from dashboard.web.desk import orders
from dashboard.web.desk.words import Said, Tongue
from dashboard.web.source import Source

MOST = 200
NOTICES = ("doctor", "sign_changed")
MENDED = ("started", "online", "camera_back", "camera_ok")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line; `detail` is what a node said in its own words."""

    at_s: float
    kind: Literal["order", "fault", "mended", "notice"]
    when: str
    what: str
    who: str
    detail: Said | None = None


def happened(
    source: Source, t: Tongue, port: PortConfig, direction: DirectionConfig, from_s: float, to_s: float
) -> tuple[Happening, ...]:
    """Of the port's orders and the nodes of `direction`, newest first. Raises: StoreAwayError."""
    lines = [
        *_orders(source, t, port, direction.timezone, from_s, to_s),
        *_events(source, t, port, direction, from_s, to_s),
    ]
    return tuple(sorted(lines, key=lambda line: -line.at_s)[:MOST])


def _orders(
    source: Source, t: Tongue, port: PortConfig, zone: str, from_s: float, to_s: float
) -> Iterator[Happening]:
    if source.orders is None:
        return
    told = source.orders.page(port.id, None, MOST, from_s, to_s)
    given = source.orders.with_ended(told)
    for order in told:
        what = orders.said(t, port, order, given)
        yield Happening(order.at_s, "order", t.date_clock(order.at_s, zone), what, order.who)


def _events(
    source: Source, t: Tongue, port: PortConfig, direction: DirectionConfig, from_s: float, to_s: float
) -> Iterator[Happening]:
    if source.store is None:
        return
    nodes = sorted({one.node for lane in direction.lanes for one in lane.all_sources()})
    for _, event in source.store.events(port.id, None, MOST, from_s, to_s, nodes):
        when = t.date_clock(event.at_s, direction.timezone)
        yield Happening(event.at_s, _sort(event), when, event_words(t, event), event.node, _detail(t, event))


def _sort(event: NodeEvent) -> Literal["fault", "mended", "notice"]:
    if event.kind in NOTICES:
        return "notice"
    return "mended" if event.kind in MENDED else "fault"


def event_words(t: Tongue, event: NodeEvent) -> str:
    """`Camera c1 gives no pictures`; a kind that is not known by its name."""
    named = t.known("event", event.kind)
    return t("event.of_camera", camera=event.camera, what=named) if event.camera else named


def _detail(t: Tongue, event: NodeEvent) -> Said | None:
    """A sentence in words; anything else as the node wrote it."""
    if event.detail is None:
        return None
    try:
        said = json.loads(event.detail)
    except ValueError:  # it was cut
        said = None
    return t.said(said if isinstance(said, str) else event.detail)
