"""Past minutes and hours in the store: written once, read by port, direction, stream or lane, and time.

A row that is there already stays as it is, whoever writes it again: history shows what readers were told.
Only rows of lanes, which nobody was told, are completed by reports that came late.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dashboard.history import ACTUAL_MINUTES, LaneHour, StreamHour, StreamMinute
from dashboard.minutes import LaneMinute
from dashboard.store.store import Store
from dashboard.store.tables import LANE_HOURS, LANE_MINUTES, STREAM_HOURS, STREAM_MINUTES

HOUR_S = 3600.0
REASON_LETTERS = 200

LaneRows = tuple[str, str, Sequence[LaneMinute]]
"""(port, direction, minutes of its lanes)."""


class History:
    """Minutes and hours of one store. Every method raises StoreAwayError while the database is away."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, rows: Sequence[StreamMinute]) -> None:
        """Store minutes of streams; those that are there already stay."""
        self._add(STREAM_MINUTES, [_stream_row(row) for row in rows])

    def add_lanes(self, rows: Sequence[LaneRows]) -> None:
        """Store minutes of lanes, in one transaction; those that are there already stay."""
        self._add(LANE_MINUTES, [_lane_row(p, d, row) for p, d, lanes in rows for row in lanes])

    def complete_lanes(self, port: str, direction: str, rows: Sequence[LaneMinute]) -> None:
        """Add minutes of lanes, or complete those that are there, and make their hours again: all or none.

        A figure that `rows` lack stays as it was; hours that are not rolled up yet come in their time.
        """
        if not rows:
            return
        insert = self._store.insert(LANE_MINUTES)
        new, old = insert.excluded, LANE_MINUTES.c
        set_: dict[str, Any] = {name: sa.func.coalesce(new[name], old[name]) for name in _LANE_MEASURED}
        set_ |= {"serves": sa.case((old.missing, new.serves), else_=old.serves), "missing": new.missing}
        upsert = insert.on_conflict_do_update(index_elements=[*LANE_MINUTES.primary_key], set_=set_)
        with self._store.begin(write=True) as connection:
            connection.execute(upsert, [_lane_row(port, direction, row) for row in rows])
            for lane in sorted({row.lane for row in rows}):
                starts = [row.start_s for row in rows if row.lane == lane]
                self._make_again(connection, (port, direction, lane), min(starts), max(starts))

    def minutes(
        self, port: str, direction: str, stream: str | None, from_s: float, to_s: float
    ) -> list[StreamMinute]:
        """Minutes that begin in [from_s, to_s) (UTC s), by stream and time; `stream` None: all streams."""
        found = self._read(STREAM_MINUTES, port, direction, stream, from_s, to_s)
        return [_stream_minute(row) for row in found]

    def hours(
        self, port: str, direction: str, stream: str | None, from_s: float, to_s: float
    ) -> list[StreamHour]:
        """Whole hours that begin in [from_s, to_s), by stream and time; the hour in progress is not there."""
        return [StreamHour(*row) for row in self._read(STREAM_HOURS, port, direction, stream, from_s, to_s)]

    def lanes(
        self, port: str, direction: str, lane: str | None, from_s: float, to_s: float
    ) -> list[LaneMinute]:
        """Minutes of lanes that begin in [from_s, to_s), by lane and time, without matches."""
        return [_lane_minute(row) for row in self._read(LANE_MINUTES, port, direction, lane, from_s, to_s)]

    def lane_hours(
        self, port: str, direction: str, lane: str | None, from_s: float, to_s: float
    ) -> list[LaneHour]:
        """Whole hours of lanes that begin in [from_s, to_s), by lane and time."""
        return [LaneHour(*row) for row in self._read(LANE_HOURS, port, direction, lane, from_s, to_s)]

    def minutes_held(
        self, port: str, direction: str, stream: str | None, from_s: float, to_s: float
    ) -> list[tuple[str, int, float, float]]:
        """(stream, rows, first `start_s`, last `start_s`) of what `minutes` would give.

        Rows are never rewritten, and only the oldest are ever taken out: while this is the same, so are they.
        """
        return self._held(STREAM_MINUTES, port, direction, stream, from_s, to_s)

    def hours_held(
        self, port: str, direction: str, stream: str | None, from_s: float, to_s: float
    ) -> list[tuple[str, int, float, float]]:
        """The same of `hours`."""
        return self._held(STREAM_HOURS, port, direction, stream, from_s, to_s)

    def newest_s(self, port: str, direction: str, stream: str) -> float | None:
        """When the newest stored minute of a stream began; None when there is none."""
        with self._store.begin() as connection:
            return _newest_s(connection, STREAM_MINUTES, (port, direction, stream))

    def roll_up(
        self, port: str, direction: str, streams: Iterable[str], lanes: Iterable[str], before_s: float
    ) -> None:
        """Roll up hours of these streams and lanes that ended by `before_s` and are not yet: all or none."""
        with self._store.begin(write=True) as connection:
            for stream in streams:
                key = (port, direction, stream)
                self._roll_up(connection, STREAM_MINUTES, STREAM_HOURS, _STREAM_FIGURES, key, before_s)
            for lane in lanes:
                key = (port, direction, lane)
                self._roll_up(connection, LANE_MINUTES, LANE_HOURS, _LANE_FIGURES, key, before_s)

    def _add(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            with self._store.begin() as connection:
                connection.execute(self._store.insert(table).on_conflict_do_nothing(), rows)

    def _read(
        self, table: sa.Table, port: str, direction: str, of: str | None, from_s: float, to_s: float
    ) -> Sequence[Any]:
        *_, name, start_s = table.primary_key.columns
        where = _within(table, port, direction, of, from_s, to_s)
        with self._store.begin() as connection:
            return connection.execute(sa.select(table).where(*where).order_by(name, start_s)).all()

    def _held(
        self, table: sa.Table, port: str, direction: str, of: str | None, from_s: float, to_s: float
    ) -> list[tuple[str, int, float, float]]:
        *_, name, start_s = table.primary_key.columns
        edges = sa.select(name, sa.func.count(), sa.func.min(start_s), sa.func.max(start_s))
        where = _within(table, port, direction, of, from_s, to_s)
        with self._store.begin() as connection:
            found = connection.execute(edges.where(*where).group_by(name).order_by(name))
            return [(row[0], row[1], row[2], row[3]) for row in found]

    def _roll_up(
        self,
        connection: Connection,
        minutes: sa.Table,
        hours: sa.Table,
        figures: dict[str, Any],
        key: tuple[str, str, str],
        before_s: float,
    ) -> None:
        until_s = math.floor(before_s / HOUR_S) * HOUR_S
        known_s = _newest_s(connection, hours, key)
        from_s = 0.0 if known_s is None else known_s + HOUR_S
        if from_s < until_s:
            insert = self._hours(minutes, hours, figures, key, from_s, until_s)
            connection.execute(insert.on_conflict_do_nothing())

    def _make_again(
        self, connection: Connection, key: tuple[str, str, str], first_s: float, last_s: float
    ) -> None:
        """The hours of a lane that hold these times, if it has them; none from fewer minutes than it had."""
        newest_s = _newest_s(connection, LANE_HOURS, key)
        if newest_s is None:
            return
        from_s, until_s = (math.floor(at_s / HOUR_S) * HOUR_S for at_s in (first_s, last_s + HOUR_S))
        insert = self._hours(
            LANE_MINUTES, LANE_HOURS, _LANE_FIGURES, key, from_s, min(until_s, newest_s + HOUR_S)
        )
        new = insert.excluded
        upsert = insert.on_conflict_do_update(
            index_elements=[*LANE_HOURS.primary_key],
            set_={name: new[name] for name in _LANE_FIGURES},
            where=new.minutes >= LANE_HOURS.c.minutes,
        )
        connection.execute(upsert)

    def _hours(
        self,
        minutes: sa.Table,
        hours: sa.Table,
        figures: dict[str, Any],
        key: tuple[str, str, str],
        from_s: float,
        until_s: float,
    ) -> Any:
        """Inserts the hours in [from_s, until_s), made from minutes."""
        hour_s = (sa.func.floor(minutes.c.start_s / HOUR_S) * HOUR_S).label("start_s")
        chosen = [*_is(minutes, key), minutes.c.start_s >= from_s, minutes.c.start_s < until_s]
        of_key = [sa.literal(part).label(name) for name, part in zip(_names(hours), key, strict=True)]
        rows = sa.select(*of_key, hour_s, *figures.values()).where(*chosen).group_by(hour_s)
        return self._store.insert(hours).from_select([*_names(hours), "start_s", *figures], rows)


def _within(
    table: sa.Table, port: str, direction: str, of: str | None, from_s: float, to_s: float
) -> list[sa.ColumnElement[bool]]:
    """Rows of one direction, of one stream or lane of it unless `of` is None, begun in [from_s, to_s)."""
    *_, name, start_s = table.primary_key.columns
    where = [table.c.port == port, table.c.direction == direction, start_s >= from_s, start_s < to_s]
    return where if of is None else [*where, name == of]


def _names(table: sa.Table) -> list[str]:
    return [column.name for column in table.primary_key.columns][:3]


def _is(table: sa.Table, key: tuple[str, str, str]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == part for name, part in zip(_names(table), key, strict=True)]


def _newest_s(connection: Connection, table: sa.Table, key: tuple[str, str, str]) -> float | None:
    found = connection.execute(sa.select(sa.func.max(table.c.start_s)).where(*_is(table, key))).scalar()
    return None if found is None else float(found)


def _counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


_S, _L = STREAM_MINUTES.c, LANE_MINUTES.c
_STREAM_FIGURES = {
    "minutes": sa.func.count(),
    "measured": _counted(_S.state == "measured"),
    "at_least": _counted(_S.state == "at_least"),
    "closed": _counted(_S.state == "closed"),
    "wait_s": sa.func.avg(_S.wait_s),
    "wait_min_s": sa.func.min(_S.wait_s),
    "wait_max_s": sa.func.max(_S.wait_s),
    "actual_s": sa.func.sum(_S.actual_s * _S.actual_n) / sa.func.nullif(sa.func.sum(_S.actual_n), 0),
    "actual_n": sa.cast(sa.func.round(sa.func.sum(_S.actual_n) / float(ACTUAL_MINUTES)), sa.Integer),
    "queue_most": sa.func.max(_S.queue_vehicles),
    "lanes_open": sa.func.avg(_S.lanes_open),
}
_LANE_FIGURES = {
    "minutes": sa.func.count(),
    "seen": _counted(_L.missing.is_(False)),
    "arrivals": sa.func.sum(_L.arrivals),
    "departures": sa.func.sum(_L.departures),
    "in_view_mean": sa.func.avg(_L.in_view_mean),
    "stopped_mean": sa.func.avg(_L.stopped_mean),
    "length_most_m": sa.func.max(_L.length_m),
    "full_minutes": sa.func.sum(sa.case((_L.full.is_(True), 1), (_L.full.is_(False), 0))),
    "booth_occ": sa.func.avg(_L.booth_occ),
}


_LANE_MEASURED = (
    "arrivals",
    "departures",
    "in_view_mean",
    "stopped_mean",
    "length_m",
    "full",
    "booth_occ",
)


def _stream_row(row: StreamMinute) -> dict[str, Any]:
    values = dict(zip(STREAM_MINUTES.c.keys(), astuple(row), strict=True))
    reason = None if row.reason is None else row.reason[:REASON_LETTERS]
    return values | {"basis": ",".join(row.basis), "reason": reason}


def _stream_minute(row: Any) -> StreamMinute:
    """By position, a day at a time: the columns stand as the fields do."""
    values: list[Any] = list(row)
    values[_BASIS] = tuple(filter(None, values[_BASIS].split(",")))
    return StreamMinute(*values)


_BASIS = list(STREAM_MINUTES.c.keys()).index("basis")


def _lane_row(port: str, direction: str, row: LaneMinute) -> dict[str, Any]:
    figures = {name: getattr(row, name) for name in LANE_MINUTES.c.keys()[2:]}
    return {"port": port, "direction": direction} | figures | {"serves": ",".join(row.serves)}


def _lane_minute(row: Any) -> LaneMinute:
    values = row._asdict()
    del values["port"], values["direction"]
    return LaneMinute(**values | {"serves": tuple(filter(None, values["serves"].split(",")))})
