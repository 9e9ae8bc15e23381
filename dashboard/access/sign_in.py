"""Sign-in, sessions and sign-out. Failures are counted from the audit trail, so a restart forgives nobody."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from fastapi import Request

from dashboard.access.accounts import LONGEST, Accounts, digest_of
from dashboard.access.audit import NEW_PASSWORD, SIGN_IN, SIGN_OUT, THIS_MACHINE, Audit, Entry, Outcome
from dashboard.access.guard import Caller, Person
from dashboard.access.tables import ACCOUNTS, SESSIONS
from dashboard.store.store import Store, StoreAwayError
from dashboard.web.limits import network_of
from dashboard.web.problems import ProblemError
from dashboard.web.shield import is_local

COOKIE, SECURE_COOKIE = "lanewatch", "__Host-lanewatch"
LASTS_S, IDLE_S = 12 * 3600.0, 2 * 3600.0
SEEN_EVERY_S = 60.0
WINDOW_S = 15 * 60.0
FAILURES_OF_A_NAME, FAILURES_FROM_AN_ADDRESS = 5, 20

log = structlog.get_logger("access")


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: what goes into the cookie, and whose it is."""

    token: str
    person: Person


class SignIn:
    """The people of the store, as the guard asks for them (guard.People)."""

    def __init__(self, store: Store, utc: Callable[[], float]) -> None:
        self.accounts = Accounts(store)
        self.audit = Audit(store)
        self._store, self._utc = store, utc
        self._any = False

    def any(self) -> bool:
        """Whether there are accounts; once there are, they never go.

        Raises: ProblemError 503, while the database is away: nobody is let in on a guess.
        """
        if not self._any:
            with _or_503():
                self._any = self.accounts.any()
        return self._any

    def caller(self, request: Request) -> Caller | None:
        """Who asks, by token or cookie. Raises: ProblemError 503, while the database is away."""
        if not is_private(request):
            return None
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        with _or_503():
            if scheme.lower() == "bearer":
                person = self.accounts.script(token.strip())
                return Caller(person) if person else None
            cookie = request.cookies.get(cookie_name(request))
            return self._session(cookie) if cookie else None

    def sign_in(self, name: str, password: str, address: str) -> Opened | None:
        """Open a session; None when name or password are wrong, or the account is disabled.

        A name that is no account's may be a password in the wrong field: only a digest of it is written down.

        Raises: ProblemError 429, after too many failures; 503 while the database is away.
        """
        name = name.strip().lower()
        at_s = self._utc()
        with _or_503():
            label = name if self.accounts.knows(name) else f"?{digest_of(name)[:12]}"
            self._refuse_guessing(label, address, at_s)
            person = self.accounts.person(name, password) if len(password) <= LONGEST else None
            self._note(label, address, SIGN_IN, "done" if person else "refused")
            return self._open(person, at_s) if person else None

    def change_password(self, name: str, current: str, wanted: str, address: str) -> Opened | None:
        """Give a person a new password and end every session; opens a new one. None when `current` is wrong,
        which counts as a failed sign-in.

        Raises: AccountError, for one that is too easy; ProblemError 429 and 503 as sign_in does.
        """
        at_s = self._utc()
        with _or_503():
            self._refuse_guessing(name, address, at_s)
            person = self.accounts.person(name, current) if len(current) <= LONGEST else None
            if person is None:
                self._note(name, address, SIGN_IN, "refused")
                return None
            self.accounts.passwd(name, wanted, at_s)
            self.audit.note(Entry(at_s, name, address, NEW_PASSWORD, name))
            return self._open(person, at_s)

    def sign_out(self, request: Request) -> None:
        """End the session of the cookie, if there is one."""
        cookie = request.cookies.get(cookie_name(request))
        if cookie is None:
            return
        with _or_503():
            caller = self._session(cookie)
            with self._store.begin() as connection:
                connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.digest == digest_of(cookie)))
            if caller:
                self._note(caller.person.name, address_of(request), SIGN_OUT, "done")

    def _refuse_guessing(self, name: str, address: str, at_s: float) -> None:
        since_s = at_s - WINDOW_S
        if self.audit.refused_sign_ins_from(address, since_s) >= FAILURES_FROM_AN_ADDRESS:
            log.warning("sign_in_locked", address=address)
            raise _too_many()
        if self.audit.refused_sign_ins_of(name, since_s) >= FAILURES_OF_A_NAME:
            log.warning("sign_in_locked", name=name, address=address)
            raise _too_many()

    def _open(self, person: Person, at_s: float) -> Opened:
        token = secrets.token_urlsafe(32)
        row = {"digest": digest_of(token), "name": person.name, "opened_at_s": at_s, "seen_at_s": at_s}
        with self._store.begin() as connection:
            connection.execute(sa.delete(SESSIONS).where(_ended(at_s)))
            connection.execute(sa.insert(SESSIONS), row)
        return Opened(token, person)

    def _session(self, cookie: str) -> Caller | None:
        at_s, digest = self._utc(), digest_of(cookie)
        query = sa.select(SESSIONS.c.name, SESSIONS.c.seen_at_s, ACCOUNTS.c.role).where(
            SESSIONS.c.digest == digest,
            ACCOUNTS.c.name == SESSIONS.c.name,
            ~ACCOUNTS.c.disabled,
            ~_ended(at_s),
        )
        with self._store.begin() as connection:
            row = connection.execute(query).first()
        if row and at_s - row.seen_at_s >= SEEN_EVERY_S:
            seen = sa.update(SESSIONS).where(SESSIONS.c.digest == digest)
            with self._store.begin() as connection:
                connection.execute(seen.values(seen_at_s=at_s))
        return Caller(Person(row.name, row.role), csrf_of(cookie)) if row else None

    def _note(self, who: str, address: str, what: str, outcome: Outcome) -> None:
        self.audit.note(Entry(self._utc(), who, address, what, outcome=outcome))
        log.info("access", who=who, address=address, what=what, outcome=outcome)


def cookie_name(request: Request) -> str:
    """Over https a name that browsers take from this host and over https only."""
    return SECURE_COOKIE if request.url.scheme == "https" else COOKIE


def is_private(request: Request) -> bool:
    """Whether nobody between can read along: https (here or at a trusted proxy), or within this machine."""
    return request.url.scheme == "https" or is_local(request)


def csrf_of(cookie: str) -> str:
    """The token that pages of this session send along; it does not give the cookie away."""
    return hmac.digest(cookie.encode(), b"csrf", "sha256").hex()


def address_of(request: Request) -> str:
    """From where the request came, as the trail names it."""
    return network_of(request) or THIS_MACHINE


def _ended(at_s: float) -> sa.ColumnElement[bool]:
    return sa.or_(SESSIONS.c.opened_at_s < at_s - LASTS_S, SESSIONS.c.seen_at_s < at_s - IDLE_S)


def _too_many() -> ProblemError:
    minutes = f"{WINDOW_S / 60:.0f}"
    return ProblemError(
        429, f"Too many failed sign-ins; try again in {minutes} minutes.", {"Retry-After": f"{WINDOW_S:.0f}"}
    )


@contextmanager
def _or_503() -> Iterator[None]:
    """What needs the database while it is away is refused, never guessed."""
    try:
        yield
    except StoreAwayError:
        raise ProblemError(
            503, "The database is away; try again in a moment.", {"Retry-After": "5"}
        ) from None
