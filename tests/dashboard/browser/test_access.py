"""The pages of sign-in and account in Debian's Chromium, in both languages, without scripts of ours."""

from __future__ import annotations

from collections.abc import Callable
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
from tests.dashboard.browser.served import Served
from tests.dashboard.browser.visits import Visits, overflow_px, violations
from tests.dashboard.feed_cases import CONFIG, EMPTY, NOW_S

pytestmark = pytest.mark.slow

SECRET, NEW = "a long enough passphrase", "another passphrase altogether"


def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.fill(f"#{name}", text)
    page.click(f"form:has(#{next(iter(fields))}) button")


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_signing_in_and_a_new_password(
    prefix: str,
    tmp_path: Path,
    serve_app: Callable[..., Served],
    visits: Callable[[Served], Visits],
    axe: Path,
) -> None:
    store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    Console(store, NOW_S).add("ann", "admin", lambda _: SECRET)

    def make(holder: BoardHolder, now: Callable[[], float]) -> FastAPI:
        people = SignIn(store, now)
        guard = Guard(people)
        app = make_app(holder, CONFIG, now, guard)
        add_access(app, people, guard)
        return app

    seen = visits(serve_app(EMPTY, NOW_S, make=make))

    def judge(page: Page) -> None:
        assert violations(page, axe) == []
        assert overflow_px(page) == 0

    for dark in (False, True):
        page = seen.open(f"{prefix}/sign-in", size="narrow", dark=dark)
        judge(page)
        fill(page, name="ann", password=SECRET if not dark else NEW)
        page.wait_for_url(f"**{prefix}/account")
        judge(page)
        if not dark:
            fill(page, current=SECRET, password=NEW, again=NEW)
            page.wait_for_url(f"**{prefix}/account?changed")
            assert page.locator("[role=status]").is_visible()
            judge(page)
