"""Pairs in the store: kept once, counted by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from dashboard.accuracy.figures import CLOSE_S, STANDARD_S, Actual, Count
from dashboard.accuracy.pair import VERIFIED, Pair
from dashboard.accuracy.tables import PAIRS
from dashboard.store.store import Store

_C = PAIRS.c
_KEY = (_C.port, _C.direction, _C.stream)
_KIND = sa.case((_C.source.in_(VERIFIED), "verified"), else_="self_consistent").label("kind")
_ERROR = _C.told_s - _C.wait_s
Stream = tuple[str, str, str, str]
"""Port, direction, stream, kind."""


class Pairs:
    """Every method raises StoreAwayError while the database is away."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, pairs: Sequence[Pair]) -> None:
        """Keep pairs; those that are there already stay."""
        if pairs:
            with self._store.begin() as connection:
                insert = self._store.insert(PAIRS).on_conflict_do_nothing()
                connection.execute(insert, [asdict(pair) for pair in pairs])

    def probes(self) -> int:
        """How many probe runs are kept."""
        query = sa.select(sa.func.count()).select_from(PAIRS).where(_C.source == "probe")
        with self._store.begin() as connection:
            return int(connection.execute(query).scalar_one())

    def counts(self, from_s: float, to_s: float) -> dict[Stream, list[Count]]:
        """Of vehicles that joined in [from_s, to_s): how right each figure was, by stream and distance."""
        query = (
            sa.select(
                *_KEY, _KIND, _C.after_s,
                sa.func.count(), sa.func.avg(sa.func.abs(_ERROR)), sa.func.avg(_ERROR),
                _counted(sa.func.abs(_ERROR) <= CLOSE_S),
                _counted(sa.and_(_C.wait_s >= _C.low_s, _C.wait_s <= _C.high_s)),
            )
            .where(_C.joined_s >= from_s, _C.joined_s < to_s, _C.told_s.is_not(None))
            .group_by(*_KEY, _KIND, _C.after_s)
            .order_by(_C.after_s)
        )  # fmt: skip
        found: dict[Stream, list[Count]] = {}
        with self._store.begin() as connection:
            for *key, after_s, n, mae_s, bias_s, close, held in connection.execute(query):
                count = Count(after_s, n, float(mae_s), float(bias_s), int(close), int(held))
                found.setdefault(tuple(key), []).append(count)
        return found

    def actual(self, from_s: float, to_s: float) -> dict[Stream, Actual]:
        """The waits themselves of vehicles that joined in [from_s, to_s), each once."""
        once = (_C.joined_s >= from_s, _C.joined_s < to_s, _C.after_s == 0)
        within = [_counted(_C.wait_s <= limit_s) for limit_s in STANDARD_S]
        query = sa.select(*_KEY, _KIND, sa.func.count(), *within).where(*once).group_by(*_KEY, _KIND)
        found: dict[Stream, Actual] = {}
        with self._store.begin() as connection:
            for *key, n, first, second, third in connection.execute(query).all():
                name: Any = tuple(key)
                is_kind = _C.source.in_(VERIFIED) if name[3] == "verified" else _C.source.not_in(VERIFIED)
                is_it = [column == value for column, value in zip(_KEY, name, strict=False)]
                wait = sa.select(_C.wait_s).where(*once, *is_it, is_kind).order_by(_C.wait_s)
                place = min(n - 1, int(0.95 * n))
                p95_s = connection.execute(wait.limit(1).offset(place)).scalar_one()
                shares = dict(zip(STANDARD_S, (int(first), int(second), int(third)), strict=True))
                found[name] = Actual(int(n), float(p95_s), shares)
        return found

    def forget_before(self, joined_s: float) -> None:
        """Delete what is older."""
        with self._store.begin() as connection:
            connection.execute(sa.delete(PAIRS).where(_C.joined_s < joined_s))


def _counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
