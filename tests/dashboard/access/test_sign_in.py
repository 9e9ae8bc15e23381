"""Accounts, sign-in, sessions and lockout, over the real pages and a real store."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from fastapi import Depends

from dashboard.access.accounts import AccountError, Accounts
from dashboard.access.audit import Audit, Entry
from dashboard.access.command import Console
from dashboard.access.guard import Guard, Person, Role
from dashboard.access.pages import add_access
from dashboard.access.sign_in import (
    FAILURES_FROM_AN_ADDRESS,
    FAILURES_OF_A_NAME,
    IDLE_S,
    LASTS_S,
    WINDOW_S,
    SignIn,
)
from dashboard.board import BoardHolder
from dashboard.store.store import Store, StoreAwayError
from dashboard.web.app import make_app
from tests.dashboard.feed_cases import CONFIG, EMPTY, NOW_S

SECRET = "a long enough passphrase"
AWAY = "203.0.113.7"


class Site:
    """Central's pages with a store of accounts and a clock of its own."""

    def __init__(self, url: str) -> None:
        self.now_s = NOW_S
        self.store = Store(url)
        self.console = Console(self.store, NOW_S)
        people = SignIn(self.store, lambda: self.now_s)
        guard = Guard(people)
        self.app = make_app(BoardHolder(EMPTY), CONFIG, lambda: self.now_s, guard)
        add_access(self.app, people, guard)
        manager = Depends(guard.require("manager"))

        @self.app.put("/order")
        def order(person: Person = manager) -> dict[str, str]:
            return {"by": person.name}

        self.cookies: dict[str, str] = {}
        self.console.add("ann", "admin", lambda _: SECRET)

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        base: str = "https://waits.example",
        client: str = AWAY,
        cookies: bool = True,
    ) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(client, 50000))
            jar = self.cookies if cookies else {}
            async with httpx.AsyncClient(transport=transport, base_url=base, cookies=jar) as asker:
                return await asker.request(method, path, data=form, headers=dict(headers or {}))

        reply = asyncio.run(asked())
        self.cookies |= dict(reply.cookies)
        return reply

    def sign_in(self, name: str = "ann", password: str = SECRET, **options: str) -> httpx.Response:
        return self.ask("POST", "/sign-in", form={"name": name, "password": password}, **options)  # type: ignore[arg-type]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(f"sqlite:///{tmp_path}/lanewatch.db")


@pytest.fixture
def each_site(store_url: str) -> Iterator[Site]:
    """On SQLite and on PostgreSQL."""
    site = Site(store_url)
    yield site
    site.store.close()


def test_after_signing_in_the_very_page_that_was_asked_for_is_shown(site: Site) -> None:
    asked = "/manager?stream=commercial%2Ffast&hours=168"
    refused = site.ask("GET", asked, headers={"Accept": "text/html"})
    form = site.ask("GET", refused.headers["location"])
    wanted = re.search(r'name="next" value="([^"]+)"', form.text)
    assert wanted
    fields = {"name": "ann", "password": SECRET, "next": html.unescape(wanted[1])}
    assert site.ask("POST", "/sign-in", form=fields).headers["location"] == asked


def test_a_person_signs_in_works_and_signs_out(each_site: Site) -> None:
    refused = each_site.ask("GET", "/manager", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.headers["location"]) == (303, "/sign-in?next=/manager")
    form = each_site.ask("GET", refused.headers["location"])
    assert 'value="/manager"' in form.text
    opened = each_site.ask("POST", "/sign-in", form={"name": " Ann ", "password": SECRET, "next": "/manager"})
    assert (opened.status_code, opened.headers["location"]) == (303, "/manager")
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith("__Host-lanewatch=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert each_site.ask("GET", "/manager").status_code == 200
    account = each_site.ask("GET", "/fr/account")
    assert "ann" in account.text
    csrf = re.search(r'name="csrf" value="(\w+)"', account.text)
    assert csrf
    assert each_site.ask("PUT", "/order").status_code == 403
    assert each_site.ask("PUT", "/order", headers={"X-CSRF-Token": csrf[1]}).json() == {"by": "ann"}
    stale = dict(each_site.cookies)
    assert each_site.ask("POST", "/sign-out", form={"csrf": csrf[1]}).status_code == 303
    each_site.cookies = stale
    assert each_site.ask("GET", "/manager").status_code == 401
    trail = [
        (entry.who, entry.address, entry.what, entry.outcome) for entry in Audit(each_site.store).newest(2)
    ]
    assert trail == [("ann", AWAY, "sign out", "done"), ("ann", AWAY, "sign in", "done")]


def test_another_sites_page_can_neither_sign_in_nor_out(site: Site) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    form = {"name": "ann", "password": SECRET}
    assert site.ask("POST", "/sign-in", form=form, headers=foreign).status_code == 403
    site.sign_in()
    assert site.ask("POST", "/sign-out", headers=foreign).status_code == 403
    assert site.ask("GET", "/account").status_code == 200


@pytest.mark.parametrize(
    ("case", "path", "goes_to"),
    [
        ("a page of ours", "/manager", "/manager"),
        ("another site", "https://evil.example/", "/account"),
        ("another site without scheme", "//evil.example/", "/account"),
        ("with the other slash", "/\\evil.example", "/account"),
        ("a script", "javascript:alert(1)", "/account"),
    ],
)
def test_where_signing_in_leads(site: Site, case: str, path: str, goes_to: str) -> None:
    form = {"name": "ann", "password": SECRET, "next": path}
    assert site.ask("POST", "/sign-in", form=form).headers["location"] == goes_to


@pytest.mark.parametrize(
    ("case", "base", "client", "headers", "status"),
    [
        ("https", "https://waits.example", AWAY, {}, 303),
        ("plain http from elsewhere", "http://waits.example", AWAY, {}, 403),
        ("plain http within this machine", "http://127.0.0.1:8080", "127.0.0.1", {}, 303),
        ("plain http through a proxy", "http://127.0.0.1", "127.0.0.1", {"X-Forwarded-For": AWAY}, 403),
    ],
)
def test_a_password_travels_where_nobody_reads_along(
    site: Site, case: str, base: str, client: str, headers: dict[str, str], status: int
) -> None:
    form = {"name": "ann", "password": SECRET}
    reply = site.ask("POST", "/sign-in", form=form, base=base, client=client, headers=headers)
    assert reply.status_code == status
    if base.startswith("http://127") and status == 303:
        assert reply.headers["set-cookie"].startswith("lanewatch=")
        assert site.ask("GET", "/account", base=base, client=client).status_code == 200


def test_signing_in_is_needed_also_on_this_machine_once_there_is_an_account(site: Site) -> None:
    local = {"base": "http://127.0.0.1:8080", "client": "127.0.0.1"}
    assert site.ask("GET", "/manager", **local).status_code == 401  # type: ignore[arg-type]


def test_a_name_is_locked_after_failures_and_a_new_password_unlocks_it(site: Site) -> None:
    addresses = (f"203.0.113.{number}" for number in range(100))
    for _ in range(FAILURES_OF_A_NAME):
        assert site.sign_in(password="not the passphrase", client=next(addresses)).status_code == 403
    locked = site.sign_in(client=next(addresses))
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "900")
    assert "Too many failed sign-ins" in locked.text
    site.console.passwd("ann", lambda _: SECRET + "!")
    assert site.sign_in(password=SECRET + "!", client=next(addresses)).status_code == 303


def test_a_lock_ends_by_itself_and_a_success_forgives_what_was_before(each_site: Site) -> None:
    for _ in range(FAILURES_OF_A_NAME - 1):
        each_site.sign_in(password="not the passphrase")
    assert each_site.sign_in().status_code == 303
    for _ in range(FAILURES_OF_A_NAME):
        assert each_site.sign_in(password="not the passphrase").status_code == 403
    assert each_site.sign_in().status_code == 429
    each_site.now_s += WINDOW_S + 1
    assert each_site.sign_in().status_code == 303


def test_an_address_is_locked_after_failures_with_any_names_and_others_are_not(site: Site) -> None:
    audit = Audit(site.store)
    for number in range(FAILURES_FROM_AN_ADDRESS):
        audit.note(Entry(NOW_S, f"name{number}", AWAY, "sign in", outcome="refused"))
    assert site.sign_in().status_code == 429
    assert site.sign_in(client="203.0.113.8").status_code == 303


def test_a_password_typed_as_a_name_is_written_nowhere(site: Site, tmp_path: Path) -> None:
    assert site.sign_in(name="my-secret-passphrase", password="ann").status_code == 403
    assert site.sign_in(password="y" * 5000).status_code == 403
    entry = Audit(site.store).newest(2)[1]
    assert re.fullmatch(r"\?[0-9a-f]{12}", entry.who)
    site.store.close()
    for file in tmp_path.iterdir():
        assert b"my-secret-passphrase" not in file.read_bytes()
        assert SECRET.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("case", "later_s", "status"),
    [("a while later", IDLE_S - 1, 200), ("idle too long", IDLE_S + 1, 401)],
)
def test_an_idle_session_ends(site: Site, case: str, later_s: float, status: int) -> None:
    site.sign_in()
    site.now_s += later_s
    assert site.ask("GET", "/account").status_code == status


def test_a_busy_session_ends_too(each_site: Site) -> None:
    each_site.sign_in()
    steps = int(LASTS_S / IDLE_S * 2)
    seen = []
    for _ in range(steps + 1):
        seen.append(each_site.ask("GET", "/account").status_code)
        each_site.now_s += IDLE_S / 2
    assert set(seen[:-1]) == {200}
    assert each_site.ask("GET", "/account").status_code == 401


@pytest.mark.parametrize("what", ["disable", "passwd"])
def test_disabling_and_a_new_password_end_sessions_at_once(each_site: Site, what: str) -> None:
    each_site.console.add("bob", "manager", lambda _: SECRET)
    each_site.sign_in("bob")
    assert each_site.ask("GET", "/account").status_code == 200
    if what == "disable":
        each_site.console.disable("bob")
    else:
        each_site.console.passwd("bob", lambda _: SECRET + "2")
    assert each_site.ask("GET", "/account").status_code == 401
    assert each_site.sign_in("bob").status_code == 403


def csrf_in(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert found
    return found[1]


def test_a_person_changes_the_password_which_ends_the_other_sessions(each_site: Site) -> None:
    each_site.sign_in()
    elsewhere = dict(each_site.cookies)
    each_site.sign_in()
    new = SECRET + " of mine"
    form = {"current": SECRET, "password": new, "again": new}
    form["csrf"] = csrf_in(each_site.ask("GET", "/fr/account"))
    done = each_site.ask("POST", "/fr/account/password", form=form)
    assert (done.status_code, done.headers["location"]) == (303, "/fr/account?changed")
    assert "Le mot de passe est changé" in each_site.ask("GET", done.headers["location"]).text
    entry = Audit(each_site.store).newest(1)[0]
    assert (entry.who, entry.what, entry.detail, entry.address) == ("ann", "account passwd", "ann", AWAY)
    each_site.cookies = elsewhere
    assert each_site.ask("GET", "/account").status_code == 401
    assert each_site.sign_in().status_code == 403
    assert each_site.sign_in(password=new).status_code == 303


@pytest.mark.parametrize(
    ("case", "changes", "status", "words"),
    [
        ("not the current one", {"current": "not the passphrase"}, 403, "current password is not right"),
        ("typed differently", {"again": "something else entirely"}, 400, "two new passwords differ"),
        ("too short", {"password": "short", "again": "short"}, 400, "12 to 256 characters"),
        ("nothing at all", {"current": "", "password": "", "again": ""}, 403, "is not right"),
    ],
)
def test_passwords_that_are_not_changed(
    site: Site, case: str, changes: dict[str, str], status: int, words: str
) -> None:
    site.sign_in()
    form = {"current": SECRET, "password": SECRET + "!", "again": SECRET + "!"}
    form["csrf"] = csrf_in(site.ask("GET", "/account"))
    reply = site.ask("POST", "/account/password", form=form | changes)
    assert (reply.status_code, words in reply.text) == (status, True), reply.text
    assert site.ask("GET", "/account").status_code == 200
    assert site.sign_in().status_code == 303


def test_the_password_is_changed_by_its_owners_page_alone(site: Site) -> None:
    form = {"current": SECRET, "password": SECRET + "!", "again": SECRET + "!"}
    assert site.ask("POST", "/account/password", form=form).status_code == 401
    bearer = {"Authorization": f"Bearer {site.console.add_token('export', 'admin')}"}
    assert site.ask("POST", "/account/password", form=form, headers=bearer).status_code == 401
    site.sign_in()
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert site.ask("POST", "/account/password", form=form, headers=foreign).status_code == 403
    assert site.ask("POST", "/account/password", form=form | {"csrf": "0" * 64}).status_code == 403
    assert site.sign_in().status_code == 303


def test_guessing_the_current_password_locks_the_name(site: Site) -> None:
    site.sign_in()
    form = {"current": "not the passphrase", "password": SECRET + "!", "again": SECRET + "!"}
    form["csrf"] = csrf_in(site.ask("GET", "/account"))
    codes = [site.ask("POST", "/account/password", form=form).status_code for _ in range(FAILURES_OF_A_NAME)]
    assert codes == [403] * FAILURES_OF_A_NAME
    assert site.ask("POST", "/account/password", form=form).status_code == 429


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("manager", 200), ("admin", 200)])
def test_a_token_has_its_role_until_it_is_revoked(each_site: Site, role: Role, status: int) -> None:
    token = each_site.console.add_token("export", role)
    bearer = {"Authorization": f"Bearer {token}"}
    assert each_site.ask("GET", "/account", headers=bearer, cookies=False).status_code == 200
    assert each_site.ask("PUT", "/order", headers=bearer, cookies=False).status_code == status
    assert each_site.ask("GET", "/account", headers=bearer, base="http://waits.example").status_code == 401
    assert each_site.ask("GET", "/account", headers={"Authorization": "Bearer lw_x"}).status_code == 401
    each_site.console.revoke_token("export")
    assert each_site.ask("GET", "/account", headers=bearer, cookies=False).status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/fr", "/feed/v1/wait-times.json", "/healthz", "/sign-in", "/static/public.css"]
)
def test_public_pages_set_no_cookie(site: Site, path: str) -> None:
    reply = site.ask("GET", path)
    assert reply.status_code == 200
    assert "set-cookie" not in reply.headers


def test_while_the_database_is_away_nobody_is_let_in(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    Console(store, NOW_S).add("ann", "admin", lambda _: SECRET)
    store.close()
    for file in tmp_path.iterdir():
        file.write_bytes(b"not a database" * 100)
    people = SignIn(Store(f"sqlite:///{tmp_path}/lanewatch.db"), lambda: NOW_S)
    app = make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S, Guard(people))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as asker:
            return await asker.get("/manager")

    assert asyncio.run(ask()).status_code == 503


@pytest.mark.parametrize(
    ("case", "name", "role", "password", "words"),
    [
        ("a short password", "bob", "viewer", "short", "has 5 characters"),
        ("a password of the name", "bobbinski", "viewer", "bobbinski1234", "too easy"),
        ("a password of few letters", "bob", "viewer", "aaaabbbbaaaabbbb", "too easy"),
        ("a name with a space", "bob b", "viewer", SECRET, "is no name"),
        ("a name that is taken", "ann", "viewer", SECRET, "has an account"),
        ("a role that is none", "bob", "chief", SECRET, "give viewer, manager, admin"),
    ],
)
def test_accounts_that_are_not_made(
    site: Site, case: str, name: str, role: str, password: str, words: str
) -> None:
    with pytest.raises(AccountError, match=words):
        site.console.add(name, role, lambda _: password)
    assert [account.name for account in Accounts(site.store).list()] == ["ann"]


def test_there_is_always_an_admin(site: Site, tmp_path: Path) -> None:
    with pytest.raises(AccountError, match="last admin"):
        site.console.disable("ann")
    empty = Console(Store(f"sqlite:///{tmp_path}/other.db"), NOW_S)
    with pytest.raises(AccountError, match="first account"):
        empty.add("bob", "manager", lambda _: SECRET)


def test_the_trail_only_grows(each_site: Site) -> None:
    wanted = ["DELETE FROM audit", "UPDATE audit SET who = 'x'"]
    if each_site.store.dialect == "postgresql":
        wanted.append("TRUNCATE audit")
    for statement in wanted:
        with pytest.raises(StoreAwayError, match="only grows"), each_site.store.begin() as connection:
            connection.execute(sa.text(statement))
    assert [entry.what for entry in Audit(each_site.store).newest(10)] == ["account add"]


def test_a_store_that_is_away_is_said(tmp_path: Path) -> None:
    (tmp_path / "lanewatch.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreAwayError):
        Console(Store(f"sqlite:///{tmp_path}/lanewatch.db"), NOW_S)
