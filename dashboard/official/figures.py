"""Official figures as kept in the database: what was said, when, and from when to when it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dashboard.official.places import Placed
from dashboard.official.reading import Agency, State
from dashboard.official.tables import OFFICIAL
from dashboard.store.store import Store

_KEY = ("port", "direction", "stream", "agency")
_SAID = ("state", "wait_s", "lanes_open", "measured_at_s")


@dataclass(frozen=True, slots=True)
class OfficialFigure:
    """What an agency said of a stream; `seen_last_s` is the last import that said so (UTC s)."""

    port: str
    direction: str
    stream: str
    agency: Agency
    state: State
    wait_s: int | None
    lanes_open: int | None
    measured_at_s: float | None
    seen_first_s: float
    seen_last_s: float

    def age_s(self, now_s: float) -> float:
        """Seconds since it was made; since it was last seen where the feed does not say when."""
        return max(0.0, now_s - (self.seen_last_s if self.measured_at_s is None else self.measured_at_s))


class Figures:
    """Every method raises StoreAwayError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, found: Sequence[Placed], fetched_s: float) -> None:
        """Keep what an import fetched at `fetched_s` says."""
        with self._store.begin(write=True) as connection:
            for one in found:
                _note(connection, _row(one), fetched_s)

    def newest(self, port: str) -> list[OfficialFigure]:
        """The newest figure of each stream and agency, by direction and stream."""
        last = sa.select(sa.func.max(OFFICIAL.c.id)).where(OFFICIAL.c.port == port)
        last = last.group_by(*[OFFICIAL.c[name] for name in _KEY])
        return self._read(OFFICIAL.c.id.in_(last))

    def page(
        self,
        key: tuple[str, str, str],
        from_s: float | None,
        to_s: float | None,
        before: int | None,
        limit: int,
    ) -> list[tuple[int, OfficialFigure]]:
        """What was said of (port, direction, stream) between two instants (UTC s), newest first, each with
        the number that is the next page's `before`."""
        table = OFFICIAL.c
        where = [table[name] == part for name, part in zip(_KEY, key, strict=False)]
        if from_s is not None:
            where.append(table.seen_last_s >= from_s)
        if to_s is not None:
            where.append(table.seen_first_s < to_s)
        if before is not None:
            where.append(table.id < before)
        query = sa.select(table.id, *_COLUMNS).where(*where).order_by(table.id.desc()).limit(limit)
        with self._store.begin() as connection:
            return [(row[0], OfficialFigure(*row[1:])) for row in connection.execute(query)]

    def _read(self, *conditions: sa.ColumnElement[bool]) -> list[OfficialFigure]:
        order = (OFFICIAL.c.direction, OFFICIAL.c.stream, OFFICIAL.c.agency, OFFICIAL.c.id)
        with self._store.begin() as connection:
            rows = connection.execute(sa.select(*_COLUMNS).where(*conditions).order_by(*order))
            return [OfficialFigure(*row) for row in rows]


_COLUMNS = [OFFICIAL.c[name] for name in (*_KEY, *_SAID, "seen_first_s", "seen_last_s")]


def _note(connection: Connection, row: dict[str, Any], fetched_s: float) -> None:
    same = [OFFICIAL.c[name] == row[name] for name in _KEY]
    query = sa.select(OFFICIAL).where(*same).order_by(OFFICIAL.c.id.desc()).limit(1)
    last = connection.execute(query).one_or_none()
    if last is not None and all(getattr(last, name) == row[name] for name in _SAID):
        seen = max(fetched_s, last.seen_last_s)
        connection.execute(sa.update(OFFICIAL).where(OFFICIAL.c.id == last.id).values(seen_last_s=seen))
        return
    connection.execute(sa.insert(OFFICIAL), row | {"seen_first_s": fetched_s, "seen_last_s": fetched_s})


def _row(one: Placed) -> dict[str, Any]:
    reading = one.reading
    return {
        "port": one.port,
        "direction": one.direction,
        "stream": reading.stream,
        "agency": reading.agency,
        "state": reading.state,
        "wait_s": reading.wait_s,
        "lanes_open": reading.lanes_open,
        "measured_at_s": reading.measured_at_s,
    }
