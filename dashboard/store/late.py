"""The stored reports from which late minutes are made again."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from dashboard.rollup.late import Span
from dashboard.store.store import Store, StoredReport
from dashboard.store.tables import REPORTS

NEIGHBOURS = 300
"""Reports of a boot before and behind a span that are read with it: what a minute counts is a difference."""


def reports_of(
    store: Store, port: str, nodes: Iterable[str], received_s: tuple[float, float], spans: Iterable[Span]
) -> list[StoredReport]:
    """Reports of these nodes received between two times (UTC s), and those of `spans`
    and their neighbours whenever they came.

    Raises: StoreAwayError.
    """
    row = REPORTS.c
    columns = (row.ingest_id, row.received_at_s, row.payload)
    # not the columns themselves: SQLite would go through all that a node ever sent, and not by time
    of_nodes = (row.port.concat("") == port, row.node.concat("").in_(sorted(nodes)))
    queries = [sa.select(*columns).where(row.received_at_s.between(*received_s), *of_nodes)]
    for span in spans:
        of_boot = (row.port == port, row.node == span.node, row.boot == span.boot)
        of_span = sa.select(*columns).where(*of_boot)
        before, behind = row.seq < span.first_seq, row.seq > span.last_seq
        queries.append(of_span.where(row.seq.between(span.first_seq, span.last_seq)))
        queries.append(of_span.where(before).order_by(row.seq.desc()).limit(NEIGHBOURS))
        queries.append(of_span.where(behind).order_by(row.seq).limit(NEIGHBOURS))
    found: dict[int, StoredReport] = {}
    for query in queries:  # each a short transaction of its own
        with store.begin() as connection:
            found.update((each[0], StoredReport(*each)) for each in connection.execute(query))
    return list(found.values())
