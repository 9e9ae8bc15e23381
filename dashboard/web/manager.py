"""What the manager's page shows: plain tables of text, every figure beside its age.

A dash stands where nothing was measured; a closed or unknown stream has no wait.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.board import AsideView, Board, LaneView, NodeView
from dashboard.config import CentralConfig
from dashboard.feeds.instants import minutes
from dashboard.feeds.published import published
from dashboard.feeds.values import PublishedActual, PublishedDirection, PublishedStream
from dashboard.web.strings import held

DASH = "–"
LATE_S = 60
STATES = {
    "measured": "measured",
    "at_least": "at least",
    "unknown": "unknown",
    "closed": "closed",
    "not_offered": "not offered",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; numbers stand at the right."""

    name: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `tone` names its look: a state, `late` or nothing."""

    tone: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The tables of one direction."""

    title: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class ManagerView:
    """The whole page."""

    clock: str
    trouble: str | None
    set_aside: int
    sections: tuple[Section, ...]


STREAM_COLUMNS = (
    *(Column("Stream"), Column("State"), Column("Wait, min", True), Column("90 % range, min", True)),
    *(
        Column("Basis"),
        Column("Age, s", True),
        Column("Just served, min (vehicles)", True),
        Column("Queue", True),
    ),
    *(Column("Length, m", True), Column("Lanes open", True), Column("Reason")),
)
LANE_COLUMNS = (
    *(Column("Lane"), Column("Kind"), Column("Serves"), Column("In view", True), Column("Stopped", True)),
    *(Column("Queue, m", True), Column("End of queue"), Column("Arrivals", True), Column("Departures", True)),
    *(Column("Booth in use, %", True), Column("Age, s", True), Column("Nodes")),
)
NODE_COLUMNS = (
    *(Column("Node"), Column("Link"), Column("Last report, s ago", True), Column("Rows stored", True)),
    Column("Rows missing", True),
)
ASIDE_COLUMNS = (Column("Topic"), Column("Reason"), Column("Times", True), Column("Newest, s ago", True))


def manager_view(board: Board, config: CentralConfig, now_s: float, trouble: str | None) -> ManagerView:
    """The page at `now_s` (UTC seconds)."""
    said = published(board, config, now_s)
    seen = {(view.port, view.direction): view for view in board.directions}
    sections = []
    for port in said.ports:
        for direction in port.directions:
            view = seen.get((port.config.id, direction.config.id))
            tables = [_streams(direction, now_s, board.at_s)]
            if view is not None:
                tables += [_lanes(view.lanes, now_s, config.valid_s), _nodes(view.nodes, now_s)]
            title = f"{port.config.name.en}, {direction.config.id.replace('_', ' ')}"
            sections.append(Section(title, tuple(tables)))
    if board.asides:
        sections.append(Section("Messages set aside", (_asides(board.asides, now_s),)))
    clock = f"{math.floor(now_s) % 86400 // 3600:02d}:{math.floor(now_s) % 3600 // 60:02d}"
    return ManagerView(
        f"{clock}:{math.floor(now_s) % 60:02d} UTC",
        trouble and held(trouble),
        board.set_aside,
        tuple(sections),
    )


def _streams(direction: PublishedDirection, now_s: float, board_s: float) -> Table:
    rows = tuple(Row(stream.state, _stream_cells(stream, now_s, board_s)) for stream in direction.streams)
    return Table("Waits", STREAM_COLUMNS, rows)


def _stream_cells(stream: PublishedStream, now_s: float, board_s: float) -> tuple[str, ...]:
    wait, queue = stream.expected, stream.queue
    total = "" if stream.lanes_max is None else f" of {stream.lanes_max}"
    return (
        stream.id,
        STATES[stream.state],
        DASH if wait is None else _wait(wait.wait_s, wait.low_s),
        DASH if wait is None or wait.high_s is None else f"{wait.low_s / 60:.1f} to {wait.high_s / 60:.1f}",
        ", ".join(wait.basis) if wait else DASH,
        _stream_age(stream, now_s - board_s),
        _served(stream.actual, now_s),
        _bounded(queue.vehicles, queue.at_least) if queue else DASH,
        _number(queue.length_m if queue else None),
        DASH if stream.lanes_open is None else f"{stream.lanes_open}{total}",
        held(stream.reason or ""),
    )


def _stream_age(stream: PublishedStream, board_age_s: float) -> str:
    """The age of the wait; where only queue or open lanes are known, that of the board that tells them."""
    if stream.expected is not None:
        return _number(stream.expected.age_s)
    told = stream.queue is not None or stream.lanes_open is not None
    return _number(max(0.0, board_age_s)) if told else DASH


def _served(actual: PublishedActual | None, now_s: float) -> str:
    if actual is None:
        return DASH
    age_s = max(0.0, now_s - actual.measured_at_s)
    return f"{minutes(actual.wait_s)} ({actual.vehicles}, {age_s:.0f} s ago)"


def _wait(wait_s: int | None, low_s: int) -> str:
    return f"{wait_s / 60:.1f}" if wait_s is not None else f"≥ {low_s // 60}"


def _lanes(lanes: tuple[LaneView, ...], now_s: float, valid_s: float) -> Table:
    rows = tuple(Row(_lane_tone(lane, now_s), _lane_cells(lane, now_s, valid_s)) for lane in lanes)
    return Table("Lanes", LANE_COLUMNS, rows)


def _lane_tone(lane: LaneView, now_s: float) -> str:
    return "late" if lane.measured_at_s is None or now_s - lane.measured_at_s > LATE_S else ""


def _lane_cells(lane: LaneView, now_s: float, valid_s: float) -> tuple[str, ...]:
    """The figures of the present are withdrawn once they are older than `valid_s`; counts stay."""
    measured_at_s = lane.measured_at_s
    present = measured_at_s is not None and now_s - measured_at_s <= valid_s
    seen = measured_at_s is not None
    return (
        lane.lane,
        lane.kind,
        ", ".join(lane.serves) or DASH,
        _number(lane.in_view if present else None),
        _number(lane.stopped if present else None),
        _number(lane.length_m if present else None),
        _end_of_queue(lane) if present else DASH,
        _number(lane.arrivals if seen else None),
        _number(lane.departures if seen else None),
        _number(None if lane.booth_occ is None or not present else 100 * lane.booth_occ),
        "never reported" if measured_at_s is None else _number(max(0.0, now_s - measured_at_s)),
        ", ".join(lane.nodes) or DASH,
    )


def _end_of_queue(lane: LaneView) -> str:
    if lane.at_least is None:
        return DASH
    return f"beyond the view ({held(lane.why or 'no reason given')})" if lane.at_least else "in view"


def _nodes(nodes: tuple[NodeView, ...], now_s: float) -> Table:
    return Table(
        "Nodes", NODE_COLUMNS, tuple(Row(_node_tone(node, now_s), _node(node, now_s)) for node in nodes)
    )


def _node_tone(node: NodeView, now_s: float) -> str:
    late = node.last_report_s is None or now_s - node.last_report_s > LATE_S
    return "late" if late or node.gaps or node.online is False else ""


def _node(node: NodeView, now_s: float) -> tuple[str, ...]:
    link = {True: "online", False: "offline", None: DASH}[node.online]
    ago = "never" if node.last_report_s is None else _number(max(0.0, now_s - node.last_report_s))
    return node.node, link, ago, str(node.rows), str(node.gaps)


def _asides(asides: tuple[AsideView, ...], now_s: float) -> Table:
    rows = tuple(
        Row("late", (a.topic, a.reason, str(a.times), _number(max(0.0, now_s - a.at_s)))) for a in asides
    )
    return Table("Newest first", ASIDE_COLUMNS, rows)


def _bounded(n: int, at_least: bool) -> str:
    return f"≥ {n}" if at_least else str(n)


def _number(value: float | None) -> str:
    """A whole number, a dash for None."""
    return DASH if value is None else f"{value:.0f}"
