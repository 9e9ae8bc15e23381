"""What happened to nodes and cameras, a row per event, kept as long as minutes are.

An event of a node is a report of its own series: it is added in the transaction that stores that report. What
the broker says of a node's connection has no place in that series; it is added when it changes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dashboard.store.tables import EVENTS
from edge.messages import NodeReport

DETAIL_LETTERS = 300
ROWS_A_STEP = 2000


@dataclass(frozen=True, slots=True)
class NodeEvent:
    """`at_s`: UTC seconds, by the node's clock less its known offset. `detail` is JSON, cut to what fits.

    `seq` is that of the report; 0 for what central itself noticed.
    """

    port: str
    node: str
    boot: str
    seq: int
    at_s: float
    kind: str
    camera: str | None = None
    lane: str | None = None
    detail: str | None = None

    @classmethod
    def of(cls, report: NodeReport, received_at_s: float) -> Self | None:
        """The event that `report` is, if it is one; a clock that knows nothing of UTC is not believed."""
        event = report.event
        if event is None:
            return None
        ahead_s = report.ahead_s
        at_s = received_at_s if ahead_s is None else report.end.timestamp() - ahead_s
        detail = None if event.detail is None else json.dumps(event.detail, ensure_ascii=False)
        return cls(
            *(report.port, report.node, report.boot, report.seq, at_s),
            kind=_fit(event.type, 64) or "",
            camera=_fit(event.camera, 32),
            lane=_fit(event.lane, 32),
            detail=_fit(detail, DETAIL_LETTERS),
        )


def add_events(connection: Connection, insert: Any, events: Sequence[NodeEvent]) -> None:
    """Add those that are not there yet; `insert` knows `on_conflict_do_nothing`."""
    connection.execute(insert.on_conflict_do_nothing(), [asdict(event) for event in events])


def events_page(
    connection: Connection,
    port: str,
    before: int | None,
    limit: int,
    from_s: float | None = None,
    to_s: float | None = None,
    nodes: Sequence[str] | None = None,
) -> list[tuple[int, NodeEvent]]:
    """The last `limit` events of a port before number `before`, numbered, in order of arrival, newest first.

    Only of `nodes`, and within [from_s, to_s) (UTC seconds), where given.
    """
    columns = [EVENTS.c[name] for name in ("number", *NodeEvent.__slots__)]
    where = [EVENTS.c.port == port]
    where += [] if before is None else [EVENTS.c.number < before]
    where += [] if from_s is None else [EVENTS.c.at_s >= from_s]
    where += [] if to_s is None else [EVENTS.c.at_s < to_s]
    where += [] if nodes is None else [EVENTS.c.node.in_(nodes)]
    query = sa.select(*columns).where(*where).order_by(EVENTS.c.number.desc()).limit(limit)
    return [(row[0], NodeEvent(*row[1:])) for row in connection.execute(query)]


def delete_events(connection: Connection, before_s: float) -> int:
    """Take out a step of those before `before_s`; gives how many."""
    some = sa.select(EVENTS.c.number).where(EVENTS.c.at_s < before_s).limit(ROWS_A_STEP)
    return connection.execute(sa.delete(EVENTS).where(EVENTS.c.number.in_(some))).rowcount


def _fit(text: str | None, letters: int) -> str | None:
    if text is None:
        return None
    return "".join(letter if letter.isprintable() else "?" for letter in text[:letters])
