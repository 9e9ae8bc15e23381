"""Travel times in the store, so that a start that replays the last hours tells the wait engine the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from dashboard.minutes import Match
from dashboard.plates.tables import TRAVELS
from dashboard.store.store import Store


@dataclass(frozen=True, slots=True)
class Told:
    """A match, and the end of the slice (`told_s`, UTC s) with which the wait engine was told of it."""

    port: str
    direction: str
    told_s: float
    match: Match


class Travels:
    """Every method raises StoreAwayError while the database is away."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, told: Sequence[Told]) -> None:
        """Keep travel times; those that are there already stay."""
        rows = [
            {"port": t.port, "direction": t.direction, "told_s": t.told_s} | asdict(t.match) for t in told
        ]
        if rows:
            with self._store.begin() as connection:
                connection.execute(self._store.insert(TRAVELS).on_conflict_do_nothing(), rows)

    def since(self, told_s: float) -> list[Told]:
        """Those that were told after `told_s`, oldest first."""
        c = TRAVELS.c
        query = (
            sa.select(c.port, c.direction, c.told_s, c.at_s, c.lane, c.from_lane, c.travel_s)
            .where(c.told_s > told_s)
            .order_by(c.told_s, c.at_s, c.lane)
        )
        with self._store.begin() as connection:
            rows = connection.execute(query).all()
        return [Told(row[0], row[1], row[2], Match(*row[3:])) for row in rows]

    def forget_before(self, told_s: float) -> None:
        """Take out what no replay needs any more."""
        with self._store.begin() as connection:
            connection.execute(sa.delete(TRAVELS).where(TRAVELS.c.told_s < told_s))
