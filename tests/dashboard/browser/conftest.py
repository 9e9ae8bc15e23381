"""Debian's Chromium on the real application: `serve_app` serves, `visits` opens, axe-core judges.

    def test_it(serve_app, visits, axe):
        served = serve_app(EVERY_STATE, NOW_S)
        seen = visits(served)
        page = seen.open("/fr", size="phone")
        assert violations(page, axe) == []

At the end of each test every page is closed, and the test fails if one asked another host or complained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from dashboard.board import Board, BoardHolder
from dashboard.config import CentralConfig
from dashboard.web.app import make_app
from tests.browser import axe, browser
from tests.dashboard.browser.served import MakeApp, Served
from tests.dashboard.browser.visits import Visits
from tests.dashboard.feed_cases import CONFIG

ServeApp = Callable[..., Served]
__all__ = ["axe", "browser"]


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
