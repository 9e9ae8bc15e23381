"""What central's store says was counted: the figures that the demo holds against the truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dashboard.store.store import Store
from edge.messages import LaneReport, NodeReport, decode

PAGE_ROWS = 1000

Line = tuple[str, str]
"""(lane, `tail` or `booth`)."""


def reported_until_s(store: Path, nodes: int) -> float:
    """Up to when (UTC seconds) all of `nodes` nodes have been stored; 0.0 while one has not reported."""
    newest: dict[str, float] = {}
    for report in _reports(store):
        newest[report.node] = max(newest.get(report.node, 0.0), report.end.timestamp())
    return min(newest.values()) if len(newest) >= nodes else 0.0


def counted_until(store: Path, end_s: float) -> dict[Line, int]:
    """Vehicles counted over each line by reports that end at or before `end_s` (UTC seconds).

    Counts are cumulative since boot, so a boot gives its last report, and boots add up. A line that no report
    measured is left out.
    """
    last: dict[tuple[str, str, str, str], LaneReport] = {}
    for report in _reports(store):
        if report.end.timestamp() <= end_s + 1e-3:
            for lane in report.lanes or ():
                last[report.node, report.boot, lane.camera, lane.lane] = lane
    counted: dict[Line, int] = {}
    for lane in last.values():
        for line, count in _counts(lane):
            counted[lane.lane, line] = counted.get((lane.lane, line), 0) + count
    return counted


def _counts(lane: LaneReport) -> Iterator[tuple[str, int]]:
    if lane.arrived is not None:
        yield "tail", lane.arrived
    if lane.departed is not None:
        yield "booth", lane.departed


def _reports(path: Path) -> Iterator[NodeReport]:
    """Every stored report in order of its own series."""
    store = Store(f"sqlite:///{path}")
    try:
        yield from sorted(_stored(store), key=lambda report: (report.node, report.end, report.seq))
    finally:
        store.close()


def _stored(store: Store) -> Iterator[NodeReport]:
    newest = 0
    while rows := store.after(newest, PAGE_ROWS):
        newest = rows[-1].ingest_id
        for row in rows:
            report: NodeReport = decode("report", row.payload)
            if report.kind == "report":
                yield report
