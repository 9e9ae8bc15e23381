"""What is held of each boot: rows that are there and, as ranges of `seq`, those that retention took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dashboard.store.tables import HELD, REPORTS

Boot = tuple[str, str, str]
"""Port, node, boot."""

Range = tuple[int, int]
"""Inclusive."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of one boot of a node; `gaps` are the inclusive ranges of `seq` that never came."""

    port: str
    node: str
    boot: str
    rows: int
    first_seq: int
    last_seq: int
    gaps: tuple[Range, ...]


def holdings_in(connection: Connection) -> list[Holding]:
    """By port and node, boots in order of arrival, those whose rows are gone first; none before a start."""
    tables = sa.inspect(connection)
    if not tables.has_table(REPORTS.name):
        return []
    held = _held(connection) if tables.has_table(HELD.name) else {}
    found = {}
    for port, node, boot, rows, first, last in connection.execute(_BOOTS):
        whole = rows == last - first + 1
        there = [(first, last)] if whole else list(_there(connection, (port, node, boot), first, last))
        found[port, node, boot] = there
    gone = {boot: ranges for boot, ranges in held.items() if boot not in found}
    everything = [*gone.items(), *((boot, [*held.get(boot, []), *found[boot]]) for boot in found)]
    return sorted((_holding(*one) for one in everything), key=lambda holding: (holding.port, holding.node))


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The fewest ranges that cover the same numbers, ascending."""
    kept: list[Range] = []
    for first, last in sorted(ranges):
        if kept and first <= kept[-1][1] + 1:
            kept[-1] = (kept[-1][0], max(kept[-1][1], last))
        else:
            kept.append((first, last))
    return kept


def _held(connection: Connection) -> dict[Boot, list[Range]]:
    held: dict[Boot, list[Range]] = {}
    for port, node, boot, first, last in connection.execute(sa.select(HELD).order_by(*HELD.primary_key)):
        held.setdefault((port, node, boot), []).append((first, last))
    return held


def _holding(boot: Boot, ranges: Iterable[Range]) -> Holding:
    kept = merged(ranges)
    rows = sum(last - first + 1 for first, last in kept)
    gaps = tuple((before[1] + 1, after[0] - 1) for before, after in pairwise(kept))
    return Holding(*boot, rows, kept[0][0], kept[-1][1], gaps)


def of_boot(table: sa.Table, boot: Boot) -> sa.ColumnElement[bool]:
    """The rows of one boot."""
    return sa.and_(table.c.port == boot[0], table.c.node == boot[1], table.c.boot == boot[2])


_BOOT = (REPORTS.c.port, REPORTS.c.node, REPORTS.c.boot)
_BOOTS = (
    sa.select(*_BOOT, sa.func.count(), sa.func.min(REPORTS.c.seq), sa.func.max(REPORTS.c.seq))
    .group_by(*_BOOT)
    .order_by(REPORTS.c.port, REPORTS.c.node, sa.func.min(REPORTS.c.ingest_id))
)


def _there(connection: Connection, boot: Boot, first: int, last: int) -> Iterator[Range]:
    before = sa.func.lag(REPORTS.c.seq).over(order_by=REPORTS.c.seq).label("before")
    pairs = sa.select(before, REPORTS.c.seq.label("seq")).where(of_boot(REPORTS, boot)).subquery()
    query: Any = sa.select(pairs.c.before, pairs.c.seq).where(pairs.c.seq - pairs.c.before > 1)
    for previous, seq in connection.execute(query.order_by(pairs.c.seq)):
        yield first, previous
        first = seq
    yield first, last
