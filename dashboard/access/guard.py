"""The door of every route that is not public: who asks, may they, and does their own page ask.

Until there are accounts a browser on this machine is the administrator; with the first account everybody
signs in, also on this machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import quote, urlsplit

from fastapi import Request

from dashboard.web.problems import ProblemError
from dashboard.web.shield import is_local

Role = Literal["viewer", "manager", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "manager", "admin")
"""From the least to the most; each may do what those before it may."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CSRF_HEADER = "X-CSRF-Token"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks."""

    name: str
    role: Role


LOCAL = Person("local", "admin")


@dataclass(frozen=True, slots=True)
class Caller:
    """A person as recognised; with a cookie, `csrf` is what a page of ours would send along."""

    person: Person
    csrf: str | None = None


class People(Protocol):
    """Who is known; methods may block on the database."""

    def any(self) -> bool:
        """Whether there are accounts at all."""

    def caller(self, request: Request) -> Caller | None:
        """Who asks, by session or token; None when nobody that is known."""


class Nobody:
    """No accounts are set up."""

    def any(self) -> bool:
        """None."""
        return False

    def caller(self, request: Request) -> Caller | None:
        """Nobody."""
        return None


class Guard:
    """Makes the dependencies of guarded routes: `Depends(guard.require("manager"))`."""

    def __init__(self, people: People | None = None) -> None:
        self._people = people or Nobody()

    def require(self, role: Role) -> Callable[[Request], Person]:
        """A dependency that gives the person, who has at least `role`.

        It raises: ProblemError 401 for a stranger, 403 for a lesser role or for another site's page.
        """

        def required(request: Request) -> Person:
            caller = self.caller(request)
            if caller is None:
                raise _unknown(request, self._people.any())
            if request.method not in SAFE_METHODS:
                refuse_other_sites(request, caller)
            if ROLES.index(caller.person.role) < ROLES.index(role):
                raise ProblemError(403, f"This needs the role {role}; you have {caller.person.role}.")
            return caller.person

        return required

    def caller(self, request: Request) -> Caller | None:
        """Who asks; None when nobody that is known."""
        if not self._people.any():
            return Caller(LOCAL) if is_local(request) else None
        return self._people.caller(request)


def refuse_other_sites(request: Request, caller: Caller) -> None:
    """Raises: ProblemError 403, if a page of another site had a browser send this.

    Browsers tell where a request comes from. One that tells nothing is no browser or an old one: without a
    cookie it acts on its own, with a cookie it has to send the session's token.
    """
    if caller.csrf is not None and request.headers.get(CSRF_HEADER) == caller.csrf:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None and caller.csrf is None:
        return
    if site in ("same-origin", "none") or (site is None and origin is not None and is_own(request, origin)):
        return
    raise ProblemError(403, f"The request came from another site's page; send {CSRF_HEADER} or use our own.")


def is_own(request: Request, origin: str) -> bool:
    """Whether `origin` is the scheme, host and port that the request was sent to."""
    sent_from = urlsplit(origin)
    return (sent_from.scheme, sent_from.netloc) == (request.url.scheme, request.url.netloc)


def _unknown(request: Request, signing_in_helps: bool) -> ProblemError:
    if not signing_in_helps:
        return ProblemError(403, "No account is set up; until then this is served on this machine only.")
    path, query = request.url.path, request.url.query
    wanted = f"{path}?{query}" if query else path
    page = f"{'/fr' if path.startswith('/fr') else ''}/sign-in?next={quote(wanted)}"
    return ProblemError(401, "Sign in first.", {"WWW-Authenticate": 'Bearer realm="lanewatch"'}, page)
