"""Who may come in, and whose page may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from fastapi import Depends, FastAPI, Request

from dashboard.access.guard import Caller, Guard, People, Person, Role
from dashboard.web.problems import add_problems

HERE, ELSEWHERE = "127.0.0.1", "10.0.0.9"


class Known:
    """Whoever asks is this one."""

    def __init__(self, caller: Caller | None) -> None:
        self._caller = caller

    def any(self) -> bool:
        return True

    def caller(self, request: Request) -> Caller | None:
        return self._caller


def asked(
    people: People | None,
    role: Role,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    client: str = HERE,
    host: str = "127.0.0.1:8080",
) -> httpx.Response:
    app = FastAPI()
    add_problems(app)

    @app.api_route("/thing", methods=["GET", "PUT"])
    def thing(person: Person = Depends(Guard(people).require(role))) -> dict[str, str]:  # noqa: B008
        return {"name": person.name}

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(client, 50000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as asker:
            return await asker.request(method, "/thing", headers=dict(headers or {}))

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("case", "client", "host", "headers", "status"),
    [
        ("this machine is let in", HERE, "127.0.0.1:8080", {}, 200),
        ("so is its name", HERE, "localhost:8080", {}, 200),
        ("another machine is not", ELSEWHERE, "127.0.0.1:8080", {}, 403),
        ("a name that was bent to this machine is not", HERE, "evil.example", {}, 403),
        ("who comes through a proxy is not", HERE, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
    ],
)
def test_without_accounts(case: str, client: str, host: str, headers: dict[str, str], status: int) -> None:
    reply = asked(None, "admin", headers=headers, client=client, host=host)
    assert reply.status_code == status
    assert reply.json() == {"name": "local"} if status == 200 else "this machine only" in reply.text


@pytest.mark.parametrize(
    ("role", "needed", "status"),
    [
        ("viewer", "viewer", 200),
        ("viewer", "manager", 403),
        ("manager", "viewer", 200),
        ("manager", "manager", 200),
        ("manager", "admin", 403),
        ("admin", "admin", 200),
    ],
)
def test_roles(role: Role, needed: Role, status: int) -> None:
    reply = asked(Known(Caller(Person("ann", role))), needed, client=ELSEWHERE)
    assert reply.status_code == status


def test_a_stranger_is_asked_to_sign_in_also_on_this_machine() -> None:
    reply = asked(Known(None), "viewer")
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == {
        "type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "Sign in first."
    }  # fmt: skip


COOKIE, TOKEN = Caller(Person("ann", "admin"), csrf="t0ken"), Caller(Person("script", "admin"))


@pytest.mark.parametrize(
    ("case", "caller", "headers", "status"),
    [
        ("our own page asks", COOKIE, {"Sec-Fetch-Site": "same-origin"}, 200),
        ("the address bar asks", COOKIE, {"Sec-Fetch-Site": "none"}, 200),
        ("another site's page asks", COOKIE, {"Sec-Fetch-Site": "cross-site"}, 403),
        ("a page of a neighbour name asks", COOKIE, {"Sec-Fetch-Site": "same-site"}, 403),
        ("our origin", COOKIE, {"Origin": "http://127.0.0.1:8080"}, 200),
        ("another origin", COOKIE, {"Origin": "http://evil.example"}, 403),
        ("our name at another port", COOKIE, {"Origin": "http://127.0.0.1:9090"}, 403),
        ("a page that hides its origin", COOKIE, {"Origin": "null"}, 403),
        ("a cookie and not a word of where from", COOKIE, {}, 403),
        ("a cookie with its token", COOKIE, {"X-CSRF-Token": "t0ken"}, 200),
        ("a cookie with another token", COOKIE, {"X-CSRF-Token": "t0k3n"}, 403),
        ("a program without cookie", TOKEN, {}, 200),
        ("a browser without cookie on another site's page", TOKEN, {"Origin": "http://evil.example"}, 403),
        ("the origin disagrees with the browser's own word", COOKIE,
         {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)  # fmt: skip
def test_whose_page_asks(case: str, caller: Caller, headers: dict[str, str], status: int) -> None:
    assert asked(Known(caller), "admin", "PUT", headers).status_code == status


def test_reading_needs_no_proof_of_the_page() -> None:
    assert asked(Known(COOKIE), "admin", "GET", {"Sec-Fetch-Site": "cross-site"}).status_code == 200
