"""The audit trail: who did what, when, from where, with what outcome. It only grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dashboard.access.tables import AUDIT
from dashboard.store.store import Store

Outcome = Literal["done", "refused"]

CONSOLE, THIS_MACHINE = "console", "this machine"
SIGN_IN, SIGN_OUT, NEW_PASSWORD = "sign in", "sign out", "account passwd"
"""What the sign-in itself writes and counts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail; `at_s` is UTC seconds since 1970, `address` is `console` for a command."""

    at_s: float
    who: str
    address: str
    what: str
    detail: str = ""
    outcome: Outcome = "done"


class Audit:
    """The trail in the store. Every method raises: StoreAwayError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, entry: Entry) -> None:
        """Add a line; texts are cut to what fits, and hold no control characters."""
        with self._store.begin() as connection:
            add_line(connection, entry)

    def newest(self, limit: int) -> list[Entry]:
        """The last lines, newest first."""
        return [entry for _, entry in self.page(None, limit)]

    def page(
        self, before: int | None, limit: int, from_s: float | None = None, to_s: float | None = None
    ) -> list[tuple[int, Entry]]:
        """The last `limit` lines before number `before` (None: the end), numbered, newest first.

        Only those written from `from_s` on and before `to_s`, where given (UTC seconds).
        """
        query = sa.select(*[AUDIT.c[name] for name in _COLUMNS]).order_by(AUDIT.c.id.desc()).limit(limit)
        if from_s is not None:
            query = query.where(AUDIT.c.at_s >= from_s)
        if to_s is not None:
            query = query.where(AUDIT.c.at_s < to_s)
        if before is not None:
            query = query.where(AUDIT.c.id < before)
        with self._store.begin() as connection:
            return [(int(number), Entry(*row)) for number, *row in connection.execute(query)]

    def refused_sign_ins_of(self, who: str, since_s: float) -> int:
        """How often `who` was refused since that time, their last sign-in and their last new password."""
        columns = AUDIT.c
        signed_in = sa.and_(columns.what == SIGN_IN, columns.who == who, columns.outcome == "done")
        forgiven = sa.and_(columns.what == NEW_PASSWORD, columns.detail == who)
        last = sa.select(sa.func.coalesce(sa.func.max(columns.id), 0)).where(sa.or_(signed_in, forgiven))
        return self._refused(columns.who == who, columns.id > last.scalar_subquery(), columns.at_s >= since_s)

    def refused_sign_ins_from(self, address: str, since_s: float) -> int:
        """How often anybody at `address` was refused since that time."""
        return self._refused(AUDIT.c.address == address, AUDIT.c.at_s >= since_s)

    def _refused(self, *conditions: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(AUDIT)
        query = query.where(AUDIT.c.what == SIGN_IN, AUDIT.c.outcome == "refused", *conditions)
        with self._store.begin() as connection:
            return int(connection.execute(query).scalar_one())


_COLUMNS = ("id", "at_s", "who", "address", "what", "detail", "outcome")


def add_line(connection: Connection, entry: Entry) -> None:
    """Add a line in the transaction of what it tells of."""
    row = {
        "at_s": entry.at_s,
        "who": _printable(entry.who, 64),
        "address": _printable(entry.address, 64),
        "what": _printable(entry.what, 64),
        "detail": _printable(entry.detail, 300),
        "outcome": entry.outcome,
    }
    connection.execute(sa.insert(AUDIT), row)


def _printable(text: str, limit: int) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:limit])
