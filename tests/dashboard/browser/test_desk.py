"""The manager's desk in a real browser: both languages, phone and laptop, live, lost and found again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.board import Board
from dashboard.config import CentralConfig
from tests.dashboard import desk_boards as boards
from tests.dashboard.browser.served import Served
from tests.dashboard.browser.visits import Size, Visits, overflow_px, violations

pytestmark = pytest.mark.slow

SOON_MS = 15_000
Visit = Callable[[Served], Visits]
ServeDesk = Callable[..., Served]


@pytest.fixture
def serve_desk(tmp_path: Path) -> Iterator[ServeDesk]:
    """The desk on a board, with a store of its own."""
    running: list[Served] = []

    def serve(
        board: Board = boards.LIVE, now_s: float | None = boards.NOW_S, config: CentralConfig = boards.ONE
    ) -> Served:
        served = boards.desk(board, tmp_path, now_s, config)
        served.start()
        running.append(served)
        return served

    yield serve
    for served in running:
        served.stop()


def link(page: Page) -> str:
    return page.locator("#link").inner_text()


PAGES = [
    ("the port now", "/manager", boards.LIVE, boards.ONE),
    ("nothing known, broker away", "/manager", boards.UNKNOWN, boards.ONE),
    ("all ports", "/manager", boards.SEVERAL, boards.TWO),
    ("one of several ports", "/manager/ports/bluewater", boards.SEVERAL, boards.TWO),
]


@pytest.mark.parametrize("root", ["", "/fr"])
@pytest.mark.parametrize(("case", "path", "board", "config"), PAGES)
def test_every_page_is_accessible_and_fits(
    case: str,
    path: str,
    board: Board,
    config: CentralConfig,
    root: str,
    serve_desk: ServeDesk,
    visits: Visit,
    axe: Path,
) -> None:
    seen = visits(serve_desk(board, config=config))
    looks: list[tuple[Size, bool]] = [("laptop", False), ("phone", True)]
    for size, dark in looks:
        page = seen.open(root + path, size=size, dark=dark)
        assert page.locator("html").get_attribute("lang") == ("fr" if root else "en")
        expect(page.locator("#link")).to_have_class(re.compile("live"), timeout=SOON_MS)
        assert violations(page, axe) == []
        assert overflow_px(page) == 0
        page.close()


def test_without_scripts_the_page_reads_as_it_was_drawn(serve_desk: ServeDesk, visits: Visit) -> None:
    page = visits(serve_desk()).open("/manager", scripts=False)
    assert "12 min" in page.locator("#ambassador-us_bound-commercial-fast").inner_text()
    assert "It was drawn at 10:14" in page.locator("noscript").inner_text().replace("\u00a0", " ")


def moved(board: Board, in_view: int, wait_min: int) -> Board:
    """The next board: another count in lane a1, another wait of FAST, a second later."""
    us, ca = board.directions
    a1 = replace(us.lanes[0], in_view=in_view, stopped=in_view, measured_at_s=boards.NOW_S)
    fast = boards.measured(boards.FAST, wait_min - 2, wait_min, wait_min + 2)
    us = replace(us, lanes=(a1, *us.lanes[1:]), streams=(fast, *us.streams[1:]))
    return replace(board, directions=(us, ca))


def test_a_new_board_changes_the_page_without_a_reload(serve_desk: ServeDesk, visits: Visit) -> None:
    served = serve_desk()
    page = visits(served).open("/manager")
    page.evaluate("window.kept = true")
    lane, card = page.locator("#ambassador-lane-a1"), page.locator("#ambassador-us_bound-commercial-fast")
    expect(lane).to_contain_text("3 in view")
    hold = page.get_by_role("button", name="Hold To the United States, Trucks, FAST for 1\u00a0hour")
    hold.focus()
    served.post(moved(boards.LIVE, 5, 31))
    expect(lane).to_contain_text("5 in view", timeout=SOON_MS)
    expect(card).to_contain_text("31", timeout=SOON_MS)
    assert lane.locator(".road .stopped").count() == 5
    assert page.evaluate("window.kept")
    expect(hold).to_be_focused()


@pytest.mark.parametrize(
    ("path", "live", "lost"),
    [
        ("/manager", "Live", "No connection to the server for"),
        ("/fr/manager", "En direct", "Aucune connexion au serveur depuis"),
    ],
)
def test_loss_is_said_and_mends_by_itself(
    path: str, live: str, lost: str, serve_desk: ServeDesk, visits: Visit
) -> None:
    served = serve_desk()
    seen = visits(served)
    seen.may_lose_server = True
    page = seen.open(path)
    expect(page.locator("#link")).to_have_text(live, timeout=SOON_MS)
    served.stop()
    expect(page.locator("#link")).to_contain_text(lost, timeout=2 * SOON_MS)
    first = link(page)
    expect(page.locator("#link")).not_to_have_text(first, timeout=SOON_MS)
    served.post(moved(boards.LIVE, 6, 40))
    served.start()
    expect(page.locator("#link")).to_have_text(live, timeout=2 * SOON_MS)
    expect(page.locator("#ambassador-lane-a1")).to_contain_text("6", timeout=SOON_MS)


def test_a_server_that_computes_nothing_is_said(serve_desk: ServeDesk, visits: Visit) -> None:
    served = serve_desk()
    page = visits(served).open("/manager")
    expect(page.locator("#link")).to_have_text("Live", timeout=SOON_MS)
    served.now_s = boards.NOW_S + 90
    expect(page.locator("#link")).to_contain_text("has computed nothing new for", timeout=SOON_MS)


def test_a_figure_that_expires_on_the_page_is_hidden(serve_desk: ServeDesk, visits: Visit) -> None:
    served = serve_desk()
    seen = visits(served)
    seen.may_lose_server = True
    page = seen.open("/manager")
    figure = page.locator("#ambassador-us_bound-commercial-fast .figure")
    expect(figure).to_be_visible()
    expect(page.locator("#link")).to_have_text("Live", timeout=SOON_MS)
    page.clock.install()
    served.stop()
    page.clock.run_for(901_000)
    expect(figure).to_be_hidden()
