"""Sign-in, account and sign-out: plain forms that need no scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs

import anyio.to_thread
from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.access.accounts import AccountError
from dashboard.access.guard import LOCAL, Caller, Guard, Person, refuse_other_sites
from dashboard.access.sign_in import LASTS_S, Opened, SignIn, address_of, cookie_name, is_private
from dashboard.access.words import WORDS, Words
from dashboard.web import problems

AT_A_TIME, WAITING = 2, 20
"""Password checks that run side by side (each takes 64 MiB), and that may wait for their turn."""

NO_STORE = {"Cache-Control": "no-store"}
_PATH = re.compile(r"/(?![/\\])[\w/.-]*(\?[\w/.=&%+:~-]*)?", re.ASCII)
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(problems.__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def add_access(app: FastAPI, people: SignIn, guard: Guard) -> None:
    """The pages in both languages."""
    checks = anyio.CapacityLimiter(AT_A_TIME)
    for words in WORDS.values():
        _add_sign_in(app, people, words, checks)
        _add_account(app, people, guard, words)
        _add_password(app, people, guard, words, checks)


def _add_sign_in(app: FastAPI, people: SignIn, words: Words, checks: anyio.CapacityLimiter) -> None:
    @app.get(f"{words.prefix}/sign-in", include_in_schema=False)
    def form(request: Request) -> Response:
        problem, status = (None, 200) if is_private(request) else (words.plain, 403)
        return _form(words, problem, status, _local_path(request.query_params.get("next", ""), words))

    @app.post(f"{words.prefix}/sign-in", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        if not is_private(request):
            return _form(words, words.plain, 403, "")
        refuse_other_sites(request, Caller(LOCAL))
        fields = await _fields(request)
        path = _local_path(fields.get("next", ""), words)
        if checks.statistics().tasks_waiting >= WAITING:
            return _form(words, words.away, 503, path)
        opened = await anyio.to_thread.run_sync(_checked, people, fields, address_of(request), limiter=checks)
        if isinstance(opened, problems.ProblemError):
            said = words.too_many if opened.status_code == 429 else words.away
            return _form(words, said, opened.status_code, path, opened.headers)
        if opened is None:
            return _form(words, words.wrong, 403, path)
        return _with_cookie(request, opened, path)


def _add_account(app: FastAPI, people: SignIn, guard: Guard, words: Words) -> None:
    viewer = Depends(guard.require("viewer"))

    @app.get(f"{words.prefix}/account", include_in_schema=False)
    def account(request: Request, person: Person = viewer) -> Response:
        caller = guard.caller(request)
        done = words.changed if "changed" in request.query_params else None
        return _account(words, person, caller.csrf if caller else None, done)

    @app.post(f"{words.prefix}/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        caller = await anyio.to_thread.run_sync(guard.caller, request)
        if caller is not None and (await _fields(request)).get("csrf") != caller.csrf:
            refuse_other_sites(request, caller)
        await anyio.to_thread.run_sync(people.sign_out, request)
        reply = RedirectResponse(f"{words.prefix}/sign-in", 303, headers=NO_STORE)
        reply.delete_cookie(cookie_name(request), secure=request.url.scheme == "https", httponly=True)
        return reply


def _add_password(
    app: FastAPI, people: SignIn, guard: Guard, words: Words, checks: anyio.CapacityLimiter
) -> None:
    @app.post(f"{words.prefix}/account/password", include_in_schema=False)
    async def password(request: Request) -> Response:
        caller = await anyio.to_thread.run_sync(guard.caller, request)
        if caller is None or caller.csrf is None:
            raise problems.ProblemError(401, "Sign in first; a token has no password.")
        fields = await _fields(request)
        if fields.get("csrf") != caller.csrf:
            refuse_other_sites(request, caller)
        name, address = caller.person.name, address_of(request)
        changed = await anyio.to_thread.run_sync(
            _changed, people, words, name, fields, address, limiter=checks
        )
        if isinstance(changed, Opened):
            return _with_cookie(request, changed, f"{words.prefix}/account?changed")
        return _account(words, caller.person, caller.csrf, None, *changed)


def _changed(
    people: SignIn, words: Words, name: str, fields: Mapping[str, str], address: str
) -> Opened | tuple[str, int]:
    """The new session, or what is wrong and its status."""
    wanted = fields.get("password", "")
    if wanted != fields.get("again", ""):
        return words.differ, 400
    try:
        opened = people.change_password(name, fields.get("current", ""), wanted, address)
    except AccountError:
        return words.weak, 400
    except problems.ProblemError as problem:
        return (words.too_many if problem.status_code == 429 else words.away), problem.status_code
    return opened or (words.not_current, 403)


def _account(
    words: Words,
    person: Person,
    csrf: str | None,
    done: str | None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    page = _TEMPLATES.get_template("account.html").render(
        words=words, person=person, csrf=csrf, done=done, problem=problem
    )
    return HTMLResponse(page, status, headers=NO_STORE)


def _checked(people: SignIn, fields: dict[str, str], address: str) -> Opened | problems.ProblemError | None:
    try:
        return people.sign_in(fields.get("name", ""), fields.get("password", ""), address)
    except problems.ProblemError as problem:
        return problem


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a small form; the last of a name holds."""
    body = (await request.body()).decode("utf-8", errors="replace")
    try:
        return {name: values[-1] for name, values in parse_qs(body, max_num_fields=10).items()}
    except ValueError:
        return {}


def _form(
    words: Words, problem: str | None, status: int, path: str, headers: Mapping[str, str] | None = None
) -> Response:
    page = _TEMPLATES.get_template("sign_in.html").render(words=words, problem=problem, next=path)
    return HTMLResponse(page, status, headers={**NO_STORE, **(headers or {})})


def _with_cookie(request: Request, opened: Opened, path: str) -> Response:
    reply = RedirectResponse(path, 303, headers=NO_STORE)
    reply.set_cookie(
        cookie_name(request),
        opened.token,
        max_age=int(LASTS_S),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return reply


def _local_path(path: str, words: Words) -> str:
    """Where to go after signing in: a path of ours, or the account's page."""
    return path if _PATH.fullmatch(path) else f"{words.prefix}/account"
