"""Sign-in, account and sign-out in Debian's Chromium: accessible, by keyboard alone, without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page

from dashboard.access.command import Console
from dashboard.access.guard import Guard
from dashboard.access.pages import add_access
from dashboard.access.sign_in import SignIn
from dashboard.board import BoardHolder
from dashboard.store.store import Store
from dashboard.web.app import make_app
from tests.dashboard.boards import SCENES
from tests.dashboard.browser.fitting import misfits
from tests.dashboard.browser.served import Served
from tests.dashboard.browser.visits import Size, Visits, violations
from tests.dashboard.feed_cases import CONFIG, NOW_S

pytestmark = pytest.mark.slow

SECRET, NEW = "a long enough passphrase", "another passphrase altogether"
LOOKS: list[tuple[Size, bool]] = [("narrow", True), ("laptop", False)]
Visit = Callable[[Served], Visits]


@pytest.fixture
def site(tmp_path: Path, serve_app: Callable[..., Served]) -> Iterator[Served]:
    """Pages with one account, `ann`."""
    store = Store(f"sqlite:///{tmp_path / 'lanewatch.db'}")
    Console(store, NOW_S).add("ann", "admin", lambda _: SECRET)

    def make(holder: BoardHolder, now: Callable[[], float]) -> FastAPI:
        people = SignIn(store, now)
        guard = Guard(people)
        app = make_app(holder, CONFIG, now, guard)
        add_access(app, people, guard)
        return app

    yield serve_app(SCENES["live"].board, NOW_S, make=make)
    store.close()


def sign_in(page: Page, password: str) -> None:
    """By keyboard: the first field has the focus."""
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def change_password(page: Page) -> None:
    """By keyboard, from the first field on."""
    page.locator("#current").focus()
    for text in (SECRET, NEW, NEW):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("root", "wrong", "signed_in", "desk"),
    [
        ("", "Name or password is not right.", "Signed in as ann", "/manager"),
        ("/fr", "Le nom ou le mot de passe est incorrect.", "Compte : ann", "/fr/manager"),
    ],
)
@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_sign_in_and_out(
    size: Size,
    dark: bool,
    root: str,
    wrong: str,
    signed_in: str,
    desk: str,
    site: Served,
    visits: Visit,
    axe: Path,
) -> None:
    seen = visits(site)
    seen.may_lose_server = True  # a refusal is no fault of the page, though the browser notes it as one

    def is_fit() -> None:
        assert page.locator("html").get_attribute("lang") == (root.removeprefix("/") or "en")
        assert violations(page, axe) == []
        assert misfits(page, (page.viewport_size["width"],)) == []

    page = seen.open(f"{root}/sign-in", size=size, dark=dark)
    is_fit()
    sign_in(page, "not that")
    assert page.get_by_role("alert").inner_text() == wrong
    is_fit()
    sign_in(page, SECRET)
    page.wait_for_url(f"**{root}/account")
    assert signed_in in page.locator("main").inner_text().replace("\u202f", " ").replace("\u00a0", " ")
    is_fit()
    assert page.locator("main a").first.get_attribute("href") == desk
    change_password(page)
    page.wait_for_url(f"**{root}/account?changed")
    assert page.get_by_role("status").is_visible()
    is_fit()
    page.locator("form[action$='/sign-out'] button").press("Enter")
    page.wait_for_url(f"**{root}/sign-in")


def test_it_needs_no_script_and_leads_back(site: Served, visits: Visit) -> None:
    seen = visits(site)
    page = seen.open("/fr/manager", scripts=False)
    assert "/sign-in" in page.url
    page.locator("#name").fill("ann")
    page.locator("#password").fill(SECRET)
    page.get_by_role("button").click()
    page.wait_for_url("**/fr/manager")
