"""From one board to the next: which lanes, nodes and published streams changed. Only those are encoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from dashboard.board import Board, HealthView, LaneView, NodeView
from dashboard.feeds.instants import iso_z
from dashboard.feeds.values import Published, PublishedStream
from dashboard.feeds.wait_times import stream_entry
from dashboard.stream.log import Change, Key
from edge.messages import instant, utc_ms

_HEALTH = (
    *("outbox_rows", "disk_free_mb", "temperature_c", "synced", "clock_offset_s"),
    *("software", "model", "provider"),
)

encode = msgspec.json.Encoder().encode


class Changes:
    """Remembers what was said of each thing."""

    def __init__(self) -> None:
        self._lanes: dict[Key, LaneView] = {}
        self._nodes: dict[Key, NodeView] = {}
        self._streams: dict[Key, PublishedStream] = {}
        self._central: tuple[str | None, int] | None = None

    def lanes(self, board: Board) -> Iterator[Change]:
        """Lanes that differ from what was said of them."""
        for view in board.directions:
            for lane in view.lanes:
                key = ("lane", view.port, view.direction, lane.lane)
                old = self._lanes.get(key)
                if lane is not old and lane != old:
                    yield Change(key, "lane", encode(_lane(view.port, view.direction, lane)))
                self._lanes[key] = lane

    def nodes(self, board: Board) -> Iterator[Change]:
        """Nodes that differ, and central's own state."""
        for view in board.directions:
            for node in view.nodes:
                key = ("node", view.port, view.direction, node.node)
                if node != self._nodes.get(key):
                    self._nodes[key] = node
                    yield Change(key, "node", encode(_node(view.port, view.direction, node)))
        trouble = None if board.trouble is None else board.trouble.why
        central = (trouble, board.set_aside)
        if central != self._central:
            self._central = central
            said = {"trouble": trouble, "set_aside": board.set_aside}
            yield Change(("central",), "central", encode(said))

    def streams(self, said: Published) -> Iterator[Change]:
        """Published streams that differ in more than their age."""
        for port in said.ports:
            for direction in port.directions:
                for stream in direction.streams:
                    key = ("stream", port.config.id, stream.direction, stream.id)
                    ageless = _ageless(stream)
                    if ageless != self._streams.get(key):
                        self._streams[key] = ageless
                        entry = {"port": port.config.id, "at": iso_z(said.at_s), **stream_entry(stream)}
                        yield Change(key, "stream", encode(entry), public=True)


def _ageless(stream: PublishedStream) -> PublishedStream:
    if stream.expected is None:
        return stream
    return replace(stream, expected=replace(stream.expected, age_s=0))


def _lane(port: str, direction: str, lane: LaneView) -> dict[str, Any]:
    return {
        "port": port,
        "direction": direction,
        "lane": lane.lane,
        "kind": lane.kind,
        "serves": lane.serves,
        "in_view": lane.in_view,
        "stopped": lane.stopped,
        "length_m": lane.length_m,
        "at_least": lane.at_least,
        "why": lane.why,
        "degraded": lane.degraded,
        "arrivals": lane.arrivals,
        "departures": lane.departures,
        "measured_at": None if lane.measured_at_s is None else instant(utc_ms(lane.measured_at_s)),
    }


def _node(port: str, direction: str, node: NodeView) -> dict[str, Any]:
    return {
        "port": port,
        "direction": direction,
        "node": node.node,
        "online": node.online,
        "last_report_at": None if node.last_report_s is None else instant(utc_ms(node.last_report_s)),
        "rows": node.rows,
        "gaps": node.gaps,
        "health": node.health and _health(node.health),
    }


def _health(health: HealthView) -> dict[str, Any]:
    said = {name: getattr(health, name) for name in _HEALTH}
    return {"at": instant(utc_ms(health.at_s)), **said, "cameras": health.cameras}
