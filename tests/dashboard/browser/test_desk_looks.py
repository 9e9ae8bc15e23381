"""The manager's desk in a real browser: each page in both languages fits, is accessible, reads on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.board import Board
from dashboard.config import CentralConfig
from tests.dashboard import desk_boards as boards
from tests.dashboard.browser.fitting import misfits, unnamed_rows
from tests.dashboard.browser.served import Served
from tests.dashboard.browser.visits import Size, Visits, violations

pytestmark = pytest.mark.slow

SOON_MS = 15_000
Visit = Callable[[Served], Visits]
ServeDesk = Callable[..., Served]

PAGES = [
    ("the port now", "/manager", boards.LIVE, boards.ONE),
    ("nothing known, broker away", "/manager", boards.UNKNOWN, boards.ONE),
    ("all ports", "/manager", boards.SEVERAL, boards.TWO),
    ("history", "/manager/ports/ambassador/history", boards.LIVE, boards.ONE),
    ("outlook", "/manager/ports/ambassador/outlook", boards.LIVE, boards.ONE),
    ("accuracy", "/manager/ports/ambassador/accuracy", boards.LIVE, boards.ONE),
    ("equipment", "/manager/ports/ambassador/equipment", boards.LIVE, boards.ONE),
    ("the public's broker is away", "/manager/ports/ambassador/equipment", boards.SENDS_NOTHING, boards.ONE),
    ("journal", "/manager/ports/ambassador/journal", boards.LIVE, boards.ONE),
    ("the wall", "/manager/wall", boards.LIVE, boards.ONE),
    ("the port now, nobody waits", "/manager", boards.NOBODY_WAITS, boards.ONE),
    ("the wall, nobody waits", "/manager/wall", boards.NOBODY_WAITS, boards.ONE),
    ("the wall of all ports", "/manager/wall", boards.SEVERAL, boards.TWO),
    ("one of several ports", "/manager/ports/bluewater", boards.SEVERAL, boards.TWO),
    ("all closed", "/manager", boards.CLOSED, boards.ONE),
    ("twenty lanes, long names, waits of hours", "/manager", boards.CROWDED, boards.CROWDED_PORT),
    ("its wall", "/manager/wall", boards.CROWDED, boards.CROWDED_PORT),
    ("no node yet", "/manager", boards.FIRST_DAY, boards.ONE),
    ("equipment, no node yet", "/manager/ports/ambassador/equipment", boards.FIRST_DAY, boards.ONE),
]


@pytest.mark.parametrize("root", ["", "/fr"])
@pytest.mark.parametrize(("case", "path", "board", "config"), PAGES)
def test_every_page_is_accessible_and_fits(
    case: str,
    path: str,
    board: Board,
    config: CentralConfig,
    root: str,
    desk_of: ServeDesk,
    visits: Visit,
    axe: Path,
) -> None:
    seen = visits(desk_of(board, config))
    looks: list[tuple[Size, bool]] = [("laptop", False), ("phone", True)]
    for size, dark in looks:
        page = seen.open(root + path, size=size, dark=dark)
        assert page.locator("html").get_attribute("lang") == ("fr" if root else "en")
        expect(page.locator("#link")).to_have_class(re.compile("live"), timeout=SOON_MS)
        assert violations(page, axe) == []
        if size == "laptop":
            assert misfits(page) == []
        page.close()


@pytest.mark.parametrize("tab", ["accuracy", "outlook"])
def test_a_table_that_is_moved_sideways_still_says_which_row_is_which(
    tab: str, desk_of: ServeDesk, visits: Visit
) -> None:
    page = visits(desk_of()).open(f"/manager/ports/ambassador/{tab}", size="phone")
    rows = unnamed_rows(page, ".scroll")
    assert rows
    assert not any(rows)


@pytest.mark.parametrize("path", ["/manager", "/fr/manager/wall"])
def test_figures_too_old_to_show_are_said_and_accessible(
    path: str, serve_desk: ServeDesk, visits: Visit, axe: Path
) -> None:
    page = visits(serve_desk(now_s=boards.NOW_S + 1500)).open(path)
    expect(page.locator("#link")).to_have_class(re.compile("lost"), timeout=SOON_MS)
    assert violations(page, axe) == []
    assert not re.search(r"\b12\s*min", page.locator("main").inner_text())


FORCED = """() => [...document.querySelectorAll('.road .stopped, .road .moving, .road .queue')].map(mark => {
    const style = getComputedStyle(mark);
    const road = getComputedStyle(mark.closest('.road').querySelector('.seen'));
    return (style.fill === 'none' ? style.stroke : style.fill) !== road.fill;
})"""


def test_in_forced_colours_the_strips_and_what_is_current_are_still_told_apart(
    desk_of: ServeDesk, visits: Visit, axe: Path
) -> None:
    page = visits(desk_of()).open("/manager", forced_colors="active")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    told_apart = page.evaluate(FORCED)
    assert told_apart
    assert all(told_apart)
    border = "one => getComputedStyle(one).borderTopStyle"
    assert page.locator(".sign").first.evaluate(border) == "solid"
    assert violations(page, axe) == []


def test_on_paper_there_are_no_controls_and_nothing_is_cut_off(desk_of: ServeDesk, visits: Visit) -> None:
    page = visits(desk_of()).open("/manager/ports/ambassador/history")
    page.emulate_media(media="print")
    assert not page.locator("nav:visible, button:visible, #link:visible").count()
    cut = "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).length"
    assert page.locator(".tall").evaluate_all(cut) == 0


def test_who_wants_less_motion_gets_none(serve_desk: ServeDesk, visits: Visit) -> None:
    seen = visits(serve_desk())
    moves = "getComputedStyle(document.querySelector('.toast')).animationName"
    for calm, name in ((True, "none"), (False, "rise")):
        page = seen.open("/manager", calm=calm)
        page.get_by_role("button", name="Hold all figures for 1\u00a0hour: To Canada").click()
        page.locator(".toast").wait_for()
        assert page.evaluate(moves) == name


def test_without_scripts_the_page_reads_as_it_was_drawn(desk_of: ServeDesk, visits: Visit) -> None:
    page = visits(desk_of()).open("/manager", scripts=False)
    assert "12\N{NO-BREAK SPACE}min" in page.locator("#ambassador-us_bound-commercial-fast").inner_text()
    assert "It was drawn at 10:14" in page.locator("noscript").inner_text().replace("\u00a0", " ")


def test_without_scripts_there_is_nothing_that_only_scripts_can_do(desk_of: ServeDesk, visits: Visit) -> None:
    seen = visits(desk_of())
    for path in ("/manager", "/manager/ports/ambassador/outlook", "/manager/ports/ambassador/history"):
        page = seen.open(path, scripts=False)
        found = page.locator("button:visible, .ask:visible, .legend:visible, [role=img]:visible:empty")
        assert found.count() == 0, path
        assert page.locator("table:visible, .figure:visible").count(), path


def test_facts_fit_beside_letters_of_twice_the_size(desk_of: ServeDesk, visits: Visit) -> None:
    page = visits(desk_of()).open("/fr/manager", size="phone")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    past = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).length"
    assert page.locator(".card dd").evaluate_all(past) == 0
