"""Debian's Chromium on the real application: `serve_app` serves, `visits` opens, axe-core judges.

    def test_it(serve_app, visits, axe):
        served = serve_app(EVERY_STATE, NOW_S)
        seen = visits(served)
        page = seen.open("/fr", size="phone")
        assert violations(page, axe) == []

At the end of each test every page is closed, and the test fails if one asked another host or complained.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from dashboard.board import Board, BoardHolder
from dashboard.config import CentralConfig
from dashboard.web.app import make_app
from tests.conftest import REPOSITORY, program
from tests.dashboard.browser.served import MakeApp, Served
from tests.dashboard.browser.visits import Visits
from tests.dashboard.feed_cases import CONFIG

ServeApp = Callable[..., Served]
AXE = REPOSITORY / "tests" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module's tests; its event loop must be gone before others use asyncio."""
    chromium = program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def serve_app() -> Iterator[ServeApp]:
    """Serves `board` at `now_s` (None: the real clock); `make` builds another application than the usual."""
    running: list[Served] = []

    def serve(
        board: Board, now_s: float | None, config: CentralConfig = CONFIG, make: MakeApp | None = None
    ) -> Served:
        def usual(holder: BoardHolder, now: Callable[[], float]) -> FastAPI:
            return make_app(holder, config, now)

        served = Served(make or usual, board, now_s)
        served.start()
        running.append(served)
        return served

    yield serve
    for served in running:
        served.stop()


@pytest.fixture
def visits(browser: Browser) -> Iterator[Callable[[Served], Visits]]:
    """Opens pages of a served application."""
    opened: list[Visits] = []

    def visit(served: Served) -> Visits:
        opened.append(Visits(browser, served))
        return opened[-1]

    yield visit
    for seen in opened:
        seen.check()


@pytest.fixture(scope="session")
def axe() -> Path:
    """axe-core's script; skips where npm did not install it, fails where LANEWATCH_REQUIRE names it."""
    if not AXE.is_file():
        why = "axe-core is not installed; run npm ci --prefix tests/npm"
        if "axe-core" in os.environ.get("LANEWATCH_REQUIRE", "").split(","):
            pytest.fail(why)
        pytest.skip(why)
    return AXE
