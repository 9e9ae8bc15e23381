"""Retention: what is older than the config keeps goes, in steps so small that ingest never waits for them.

Before a report goes, its (port, node, boot, seq) enters `held`: a node that comes back after days with rows
that were stored long ago must not have them stored twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dashboard.authority.tables import NO_CODE, NODES
from dashboard.store.days import days_before, drop_day
from dashboard.store.events import delete_events
from dashboard.store.holdings import Boot, Range, merged, of_boot
from dashboard.store.store import Store
from dashboard.store.tables import (
    HELD,
    LANE_HOURS,
    LANE_MINUTES,
    MARKS,
    REPORTS,
    STREAM_HOURS,
    STREAM_MINUTES,
)

ROWS_A_STEP = 2000
MINUTES_A_STEP = 1440
PAGES_A_STEP = 500
FOLDED = "reports_folded"


@dataclass(frozen=True, slots=True)
class Keep:
    """How long rows are kept, in seconds; None is for ever."""

    raw_s: float
    minutes_s: float | None = None
    hours_s: float | None = None


def tidy(store: Store, keep: Keep, now_s: float) -> Iterator[int]:
    """Take out what is too old at `now_s` (UTC s). Each step is one short transaction, telling rows taken.

    Raises: StoreAwayError. Stopping between two steps, also by kill -9, is harmless: the next run goes on.
    """
    yield from _reports(store, now_s - keep.raw_s)
    for tables, kept_s in (
        ((STREAM_MINUTES, LANE_MINUTES), keep.minutes_s),
        ((STREAM_HOURS, LANE_HOURS), keep.hours_s),
    ):
        for table in tables if kept_s is not None else ():
            yield from _timed(store, table, now_s - (kept_s or 0.0))
    if keep.minutes_s is not None:
        yield from _events(store, now_s - keep.minutes_s)
    yield from _codes(store, now_s)
    yield from _give_back_pages(store)


def _codes(store: Store, now_s: float) -> Iterator[int]:
    """Enrolment codes whose time is over, and what was answered to them."""
    over = sa.update(NODES).where(NODES.c.code_until_s < now_s).values(**NO_CODE)
    with store.begin(write=True) as connection:
        taken = connection.execute(over).rowcount
    if taken:
        yield taken


def _events(store: Store, before_s: float) -> Iterator[int]:
    taken = 1
    while taken:
        with store.begin(write=True) as connection:
            taken = delete_events(connection, before_s)
        if taken:
            yield taken


def _reports(store: Store, before_s: float) -> Iterator[int]:
    last = store.last_before(before_s)
    step = _step_by_days if store.dialect == "postgresql" else _step_by_rows
    more = True
    while more:
        with store.begin(write=True) as connection:
            more = step(connection, store, before_s, last)
        if more:
            yield ROWS_A_STEP


def _step_by_rows(connection: Connection, store: Store, _before_s: float, last: int) -> bool:
    until = _fold(connection, store, last)
    if until is not None:
        connection.execute(sa.delete(REPORTS).where(REPORTS.c.ingest_id <= until))
    return until is not None


def _step_by_days(connection: Connection, store: Store, before_s: float, _last: int) -> bool:
    days = days_before(connection, before_s)
    if days and _fold(connection, store, _newest_in(connection, days[0])) is None:
        drop_day(connection, days[0])
    return bool(days)


def _newest_in(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT max(ingest_id) FROM {table}").scalar() or 0)


def _fold(connection: Connection, store: Store, last: int) -> int | None:
    """Add the next reports up to `last` to `held`; tells the `ingest_id` that ends them, None for no more."""
    folded = connection.execute(sa.select(MARKS.c.value).where(MARKS.c.name == FOLDED)).scalar() or 0
    ids = sa.select(REPORTS.c.ingest_id).where(REPORTS.c.ingest_id > folded, REPORTS.c.ingest_id <= last)
    some = ids.order_by(REPORTS.c.ingest_id).limit(ROWS_A_STEP).subquery()
    until: int | None = connection.execute(sa.select(sa.func.max(some.c.ingest_id))).scalar()
    if until is None:
        return None
    _hold(connection, folded, until)
    mark = store.insert(MARKS).on_conflict_do_update(index_elements=["name"], set_={"value": until})
    connection.execute(mark, {"name": FOLDED, "value": until})
    return until


def _hold(connection: Connection, after: int, until: int) -> None:
    new: dict[Boot, list[Range]] = {}
    for port, node, boot, first, last in connection.execute(_ISLANDS, {"after": after, "until": until}):
        new.setdefault((port, node, boot), []).append((first, last))
    for boot, ranges in new.items():
        columns = (HELD.c.first_seq, HELD.c.last_seq)
        known = [(a, b) for a, b in connection.execute(sa.select(*columns).where(of_boot(HELD, boot)))]
        kept = merged([*known, *ranges])
        gone = [first for first, last in known if (first, last) not in kept]
        if gone:
            connection.execute(sa.delete(HELD).where(of_boot(HELD, boot), HELD.c.first_seq.in_(gone)))
        rows = [_held_row(boot, one) for one in kept if one not in known]
        if rows:
            connection.execute(sa.insert(HELD), rows)


def _held_row(boot: Boot, one: Range) -> dict[str, Any]:
    keys = zip(("port", "node", "boot"), boot, strict=True)
    return dict(keys) | {"first_seq": one[0], "last_seq": one[1]}


def _timed(store: Store, table: sa.Table, before_s: float) -> Iterator[int]:
    """Minutes or hours, one stream or lane after the other: the key of these tables begins with it."""
    key: Sequence[Any] | None = None
    while True:
        with store.begin() as connection:
            key = _next_key(connection, table, key)
        if key is None:
            return
        while taken := _delete_old(store, table, key, before_s):
            yield taken


def _next_key(connection: Connection, table: sa.Table, after: Sequence[Any] | None) -> Sequence[Any] | None:
    columns = list(table.primary_key.columns)[:3]
    query = sa.select(*columns).order_by(*columns).limit(1)
    if after is not None:
        query = query.where(sa.tuple_(*columns) > sa.tuple_(*after))
    return connection.execute(query).first()


def _delete_old(store: Store, table: sa.Table, key: Sequence[Any], before_s: float) -> int:
    same = [column == part for column, part in zip(list(table.primary_key.columns)[:3], key, strict=True)]
    some = sa.select(table.c.start_s).where(*same, table.c.start_s < before_s)
    some_s = some.order_by(table.c.start_s).limit(MINUTES_A_STEP).subquery()
    with store.begin(write=True) as connection:
        until_s = connection.execute(sa.select(sa.func.max(some_s.c.start_s))).scalar()
        if until_s is None:
            return 0
        return connection.execute(sa.delete(table).where(*same, table.c.start_s <= until_s)).rowcount


def _give_back_pages(store: Store) -> Iterator[int]:
    """SQLite: shrink the file by what is free, a little at a time. PostgreSQL does it by itself."""
    while store.dialect == "sqlite" and store.give_back(PAGES_A_STEP):
        yield 0


_ISLANDS = sa.text(
    """SELECT port, node, boot, min(seq), max(seq) FROM (
           SELECT port, node, boot, seq,
                  seq - row_number() OVER (PARTITION BY port, node, boot ORDER BY seq) AS island
           FROM reports WHERE ingest_id > :after AND ingest_id <= :until
       ) AS numbered GROUP BY port, node, boot, island"""
)
