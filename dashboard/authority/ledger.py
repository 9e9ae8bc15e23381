"""The authority's books in the store: invitations, enrolments, certificates. Times are UTC seconds."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from dashboard.access.audit import Entry, add_line
from dashboard.authority.authority import Issued
from dashboard.authority.rights import Enrolled
from dashboard.authority.tables import CERTIFICATES, NO_CODE, NODES
from dashboard.store.store import Store

ANSWERED_FOR_S = 3600.0
"""How long after its use a code gives the same key the same answer again: the first may have been lost."""


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """One line of the list; `until_s` is the end of the newest certificate that counts."""

    node: str
    port: str
    state: str
    until_s: float | None


class Ledger:
    """Every method is one transaction and raises: StoreAwayError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def invite(self, node: str, port: str, until_s: float) -> str:
        """A new secret for `node`, good until then and once; an older one is good no more."""
        secret = secrets.token_urlsafe(18)
        values = {"port": port, "code_digest": _digest(secret), "code_until_s": until_s, "answer": None}
        with self._store.begin() as connection:
            if not connection.execute(sa.update(NODES).where(NODES.c.node == node).values(**values)).rowcount:
                connection.execute(sa.insert(NODES), {"node": node, **values})
        return secret

    def invited(self, node: str, secret: str, at_s: float) -> Enrolled | None:
        """Whom the code of this secret lets in, by a new mark; None if it is wrong or too old.

        Whether it was used is for `enrol` to say.
        """
        with self._store.begin() as connection:
            row = connection.execute(sa.select(NODES).where(NODES.c.node == node)).first()
        if row is None or row.code_digest is None or at_s > row.code_until_s:
            return None
        if not hmac.compare_digest(row.code_digest, _digest(secret)):
            return None
        return Enrolled(node, row.port, secrets.token_hex(4))

    def enrol(self, enrolled: Enrolled, secret: str, issued: Issued, entry: Entry) -> Issued | None:
        """Use up the code and book the node's mark, its certificate and the line of the audit trail.

        Gives the certificate that counts. If the code was used up before, nothing is booked: that is the
        earlier one where it is of the same key, else None, as when a newer code took its place.
        """
        node, at_s = enrolled.node, entry.at_s
        values = {
            "mark": enrolled.mark,
            "code_until_s": at_s + ANSWERED_FOR_S,
            "answer": issued.pem.decode(),
            "enrolled_at_s": at_s,
            "revoked_at_s": None,
        }
        of_code = sa.and_(NODES.c.node == node, NODES.c.code_digest == _digest(secret))
        unused = sa.and_(of_code, NODES.c.answer.is_(None))
        with self._store.begin(write=True) as connection:
            if not connection.execute(sa.update(NODES).where(unused).values(**values)).rowcount:
                answer = connection.execute(sa.select(NODES.c.answer).where(of_code)).scalar()
                earlier = Issued.read(answer.encode()) if answer else None
                return earlier if earlier and earlier.key == issued.key else None
            _revoke_certificates(connection, node, at_s)
            _book(connection, node, issued, at_s)
            add_line(connection, entry)
        return issued

    def issued(self, node: str, issued: Issued, at_s: float) -> None:
        """Book a certificate."""
        with self._store.begin() as connection:
            _book(connection, node, issued, at_s)

    def holder(self, serial: str) -> Enrolled | None:
        """The node of a certificate that was not revoked."""
        query = sa.select(NODES.c.node, NODES.c.port, NODES.c.mark).where(
            CERTIFICATES.c.serial == serial,
            CERTIFICATES.c.revoked_at_s.is_(None),
            NODES.c.node == CERTIFICATES.c.node,
            NODES.c.revoked_at_s.is_(None),
            NODES.c.mark.is_not(None),
        )
        with self._store.begin() as connection:
            row = connection.execute(query).first()
        return Enrolled(*row) if row else None

    def revoke(self, node: str, at_s: float) -> int | None:
        """Let a node and its code in no more; gives the number of certificates, None: unknown node."""
        values = {"revoked_at_s": at_s, **NO_CODE}
        with self._store.begin() as connection:
            if not connection.execute(sa.update(NODES).where(NODES.c.node == node).values(**values)).rowcount:
                return None
            return _revoke_certificates(connection, node, at_s)

    def enrolled(self) -> list[Enrolled]:
        """Whose certificates count."""
        counts = sa.and_(NODES.c.mark.is_not(None), NODES.c.revoked_at_s.is_(None))
        query = sa.select(NODES.c.node, NODES.c.port, NODES.c.mark).where(counts).order_by(NODES.c.node)
        with self._store.begin() as connection:
            return [Enrolled(*row) for row in connection.execute(query)]

    def revoked(self, at_s: float) -> list[tuple[str, float]]:
        """Certificates that were revoked and would count otherwise: number and when."""
        columns = (CERTIFICATES.c.serial, CERTIFICATES.c.revoked_at_s)
        query = sa.select(*columns).where(columns[1].is_not(None), CERTIFICATES.c.until_s > at_s)
        with self._store.begin() as connection:
            return [(row[0], row[1]) for row in connection.execute(query.order_by(*reversed(columns)))]

    def list(self, at_s: float) -> list[NodeEntry]:
        """Every node that was ever invited."""
        until = (
            sa.select(sa.func.max(CERTIFICATES.c.until_s))
            .where(
                CERTIFICATES.c.node == NODES.c.node,
                CERTIFICATES.c.revoked_at_s.is_(None),
                CERTIFICATES.c.until_s > at_s,
            )
            .scalar_subquery()
        )
        with self._store.begin() as connection:
            rows = connection.execute(sa.select(NODES, until.label("until_s")).order_by(NODES.c.node)).all()
        return [NodeEntry(row.node, row.port, _state(row, at_s), row.until_s) for row in rows]


def _book(connection: sa.Connection, node: str, issued: Issued, at_s: float) -> None:
    row = {"serial": issued.serial, "node": node, "issued_at_s": at_s, "until_s": issued.until_s}
    connection.execute(sa.insert(CERTIFICATES), row)


def _revoke_certificates(connection: sa.Connection, node: str, at_s: float) -> int:
    of_node = sa.and_(
        CERTIFICATES.c.node == node, CERTIFICATES.c.revoked_at_s.is_(None), CERTIFICATES.c.until_s > at_s
    )
    return connection.execute(sa.update(CERTIFICATES).where(of_node).values(revoked_at_s=at_s)).rowcount


def _state(row: sa.Row[tuple[object, ...]], at_s: float) -> str:
    if row.revoked_at_s is not None:
        return "revoked"
    if row.mark is not None:
        return "enrolled" if row.until_s is not None else "expired"
    return "invited" if row.code_until_s is not None and row.code_until_s > at_s else "invitation expired"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
