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
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from dashboard.access.guard import Guard
from dashboard.board import Board, BoardHolder
from dashboard.config import CentralConfig
from dashboard.web.app import make_app
from tests.browser import axe, browser
from tests.dashboard import desk_boards as boards
from tests.dashboard.browser.served import MakeApp, Served
from tests.dashboard.browser.visits import Visits
from tests.dashboard.feed_cases import CONFIG

ServeApp = Callable[..., Served]
ServeDesk = Callable[..., Served]
__all__ = ["axe", "browser"]


@contextmanager
def _running() -> Iterator[Callable[[Served], Served]]:
    """Starts what it is given, and stops all of it at the end."""
    running: list[Served] = []

    def run(served: Served) -> Served:
        served.start()
        running.append(served)
        return served

    yield run
    for served in running:
        served.stop()


@pytest.fixture
def serve_app() -> Iterator[ServeApp]:
    """Serves `board` at `now_s` (None: the real clock); `make` builds another application than the usual."""

    def serve(
        board: Board, now_s: float | None, config: CentralConfig = CONFIG, make: MakeApp | None = None
    ) -> Served:
        def usual(holder: BoardHolder, now: Callable[[], float]) -> FastAPI:
            return make_app(holder, config, now)

        return run(Served(make or usual, board, now_s))

    with _running() as run:
        yield serve


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


@pytest.fixture
def serve_desk(tmp_path: Path) -> Iterator[ServeDesk]:
    """The desk on a board, with a store of its own."""

    def serve(
        board: Board = boards.LIVE,
        now_s: float | None = boards.NOW_S,
        config: CentralConfig = boards.ONE,
        guard: Guard | None = None,
    ) -> Served:
        return run(boards.desk(board, tmp_path, now_s, config, 2, guard))

    with _running() as run:
        yield serve


@pytest.fixture(scope="module")
def desk_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeDesk]:
    """The desk on a board, one for all tests that only read it."""
    desks: dict[tuple[int, int], Served] = {}

    def of(board: Board = boards.LIVE, config: CentralConfig = boards.ONE) -> Served:
        key = id(board), id(config)
        if key not in desks:
            desks[key] = run(boards.desk(board, tmp_path_factory.mktemp("desk"), config=config, days=2))
        return desks[key]

    with _running() as run:
        yield of
