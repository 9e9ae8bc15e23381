"""The manager's desk in a real browser: both languages, phone and laptop, live, lost and found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import Request
from playwright.sync_api import Page, expect

from dashboard.access.guard import Caller, Guard, Person, Role
from dashboard.board import Board
from dashboard.waits.outlook import BoothOutlook, Outlook
from dashboard.waits.plan import Window
from tests.dashboard import desk_boards as boards
from tests.dashboard.browser.served import Served
from tests.dashboard.browser.visits import Visits
from tests.dashboard.test_waits_forecasts import stream

pytestmark = pytest.mark.slow

SOON_MS = 15_000
Visit = Callable[[Served], Visits]
ServeDesk = Callable[..., Served]


def link(page: Page) -> str:
    return page.locator("#link").inner_text()


def test_the_outlook_draws_a_band_for_each_stream_and_keeps_it_up_to_date(
    serve_desk: ServeDesk, visits: Visit
) -> None:
    served = serve_desk()
    page = visits(served).open("/manager/ports/ambassador/outlook")
    charts = page.locator(".ahead-chart")
    expect(charts.first.locator("canvas")).to_be_visible()
    assert charts.locator("canvas").count() == charts.count() == 4
    for chart in charts.all():
        assert chart.get_attribute("role") == "img"
        table = page.locator(f"#{chart.get_attribute('aria-describedby')}")
        assert table.get_by_role("row").count() > 1
    before = charts.first.get_attribute("data-chart")
    served.post(moved(boards.LIVE, 5, 31))
    expect(charts.first).not_to_have_attribute("data-chart", before or "", timeout=SOON_MS)
    expect(charts.first.locator("canvas")).to_have_count(1)


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


class Visitor:
    """Everybody is the same person."""

    def __init__(self, role: Role) -> None:
        self._person = Person("vera", role)

    def any(self) -> bool:
        """There are accounts."""
        return True

    def caller(self, request: Request) -> Caller | None:
        """Whoever asks."""
        return Caller(self._person)


def test_a_hold_is_one_tap_shown_with_its_end_and_undone(serve_desk: ServeDesk, visits: Visit) -> None:
    served = serve_desk()
    page = visits(served).open("/manager")
    card = page.locator("#ambassador-us_bound-commercial-fast")
    card.get_by_role("button", name=re.compile("^Hold To the United States, Trucks, FAST")).click()
    expect(page.locator("#said")).to_contain_text("held for 1\u00a0hour")
    expect(card).to_contain_text("Held by local until 11:14", timeout=SOON_MS)
    expect(page.locator("#orders")).to_contain_text("Figures are held: To the United States, Trucks, FAST")
    assert card.locator(".figure").inner_text().startswith("12"), "the manager still sees the figure"
    public = page.request.get(f"{served.url}/feed/v1/wait-times.json").json()["ports"][0]["lanes"][0]
    assert (public["state"], public["reason"], public["expected"]) == ("unknown", "held", None)
    page.locator("#said").get_by_role("button", name="Undo").click()
    expect(card).not_to_contain_text("Held by", timeout=SOON_MS)
    public = page.request.get(f"{served.url}/feed/v1/wait-times.json").json()["ports"][0]["lanes"][0]
    assert public["state"] == "measured"


def test_a_withdrawal_is_one_tap(serve_desk: ServeDesk, visits: Visit) -> None:
    page = visits(serve_desk()).open("/manager")
    card = page.locator("#ambassador-us_bound-commercial-fast")
    card.get_by_role("button", name=re.compile("^Withdraw")).click()
    expect(card).to_contain_text("Withdrawn until the next measurement.", timeout=SOON_MS)
    assert card.get_by_role("button", name=re.compile("^Withdraw")).count() == 0
    page.locator("#orders").get_by_role("button", name=re.compile("^Undo")).click()
    expect(card).not_to_contain_text("Withdrawn until", timeout=SOON_MS)


def test_a_booth_is_staffed_by_keyboard_alone(serve_desk: ServeDesk, visits: Visit) -> None:
    page = visits(serve_desk()).open("/manager")
    button = page.get_by_role("button", name="Staff lane a4")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Lane a4")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Opens")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(dialog.get_by_label("Trucks, FAST")).to_be_checked()
    dialog.get_by_label("At, local time").focus()
    page.keyboard.type("0200PM")
    expect(dialog.get_by_role("radio", name="At")).to_be_checked()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    lane = page.locator("#ambassador-lane-a4")
    expect(lane).to_contain_text("opens for Trucks, FAST from 14:00 to 22:00", timeout=SOON_MS)
    expect(button).to_be_focused()
    page.locator("#said").get_by_role("button", name="Undo").press("Enter")
    expect(lane).not_to_contain_text("opens for", timeout=SOON_MS)


def test_a_notice_in_both_languages(serve_desk: ServeDesk, visits: Visit) -> None:
    served = serve_desk()
    seen = visits(served)
    page = seen.open("/fr/manager")
    page.get_by_role("button", name="Nouvel avis").click()
    page.get_by_label("En anglais").fill("Two lanes are closed for works.")
    page.get_by_label("En français").fill("Deux voies sont fermées.")
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.locator("#orders")).to_contain_text("Deux voies sont fermées.", timeout=SOON_MS)
    assert "Two lanes are closed for works." in seen.open("/").locator("main").inner_text()


def test_a_refused_order_says_why(serve_desk: ServeDesk, visits: Visit) -> None:
    seen = visits(serve_desk())
    seen.may_lose_server = True
    page = seen.open("/manager")
    button = page.locator("#ambassador-canada_bound-commercial-fast").get_by_role("button", name="Withdraw")
    body = '{"method": "PUT", "url": "/api/v1/ports/ambassador/publication", "body": {"action": "burn"}}'
    button.evaluate("(one, order) => { one.dataset.order = order }", body)
    button.click()
    expect(page.locator("#said")).to_contain_text("It was not done: action")


def test_a_viewer_sees_everything_and_orders_nothing(serve_desk: ServeDesk, visits: Visit) -> None:
    served = serve_desk(guard=Guard(Visitor("viewer")))
    page = visits(served).open("/manager")
    expect(page.locator("#link")).to_have_text("Live", timeout=SOON_MS)
    expect(page.locator("#ambassador-us_bound-commercial-fast")).to_contain_text("12")
    assert page.get_by_role("button").count() == 0
    assert page.locator("dialog").count() == 0
    assert page.get_by_role("link", name="Journal").count() == 0
    account = page.get_by_role("link", name="vera, viewer")
    assert account.get_attribute("href") == "/account"
    body = {"action": "hold"}
    url = f"{served.url}/api/v1/ports/ambassador/publication"
    assert page.request.put(url, data=body, headers={"Origin": served.url}).status == 403
    assert page.request.get(f"{served.url}/manager/ports/ambassador/journal").status == 403


def test_the_journal_tells_what_was_ordered(serve_desk: ServeDesk, visits: Visit) -> None:
    seen = visits(serve_desk())
    page = seen.open("/manager")
    page.get_by_role("button", name="Hold all figures for 1\u00a0hour: To Canada").click()
    expect(page.locator("#orders")).to_contain_text("Figures are held: To Canada", timeout=SOON_MS)
    page.get_by_role("link", name="Journal").click()
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("hold")
    expect(row).to_contain_text("local")


def test_the_chart_is_drawn_and_says_what_is_under_the_pointer(serve_desk: ServeDesk, visits: Visit) -> None:
    page = visits(serve_desk()).open("/manager/ports/ambassador/history")
    box = page.locator("#chart canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 100)
    expect(page.locator("#readout")).to_contain_text(re.compile(r"Nov 25, .*Expected wait \d"))
    page.mouse.move(box["x"] + box["width"] * 0.68, box["y"] + 100)
    expect(page.locator("#readout")).to_contain_text("nothing known")


def test_the_wall_dims_nothing_and_says_that_it_is_stale(serve_desk: ServeDesk, visits: Visit) -> None:
    served = serve_desk()
    seen = visits(served)
    seen.may_lose_server = True
    page = seen.open("/manager/wall", size="wall")
    expect(page.locator("#link")).to_have_text("Live", timeout=SOON_MS)
    assert page.get_by_role("button").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    size = "parseFloat(getComputedStyle(document.querySelector('.figure b')).fontSize)"
    assert page.evaluate(size) > 100
    served.stop()
    expect(page.locator("#link")).to_contain_text("No connection to the server for", timeout=2 * SOON_MS)
    expect(page.locator(".figure").first).to_be_visible()
    assert page.locator(".figure").first.evaluate("one => getComputedStyle(one).opacity") == "1"


def test_a_what_if_is_answered_and_orders_nothing(serve_desk: ServeDesk, visits: Visit) -> None:
    always = ((boards.FAST, (Window(boards.NOW_S, float("inf")),)),)
    busy = stream(boards.FAST, rate=0.03, working=2)
    booths = tuple(BoothOutlook(lane, (boards.FAST,), (boards.FAST,), always) for lane in ("a1", "a2"))
    us, ca = boards.LIVE.directions
    us = replace(us, outlook=Outlook(boards.NOW_S, "America/Detroit", (busy,), booths))
    page = visits(serve_desk(replace(boards.LIVE, directions=(us, ca)))).open(
        "/manager/ports/ambassador/outlook"
    )
    expect(page.get_by_role("checkbox", name="Trucks, FAST")).to_be_visible()
    page.locator("#ask [name=lane]").select_option("a8")
    expect(page.get_by_role("checkbox", name="Cars, NEXUS")).to_be_hidden()
    page.locator("#ask [name=lane]").select_option("a2")
    page.locator("#ask [name=state]").select_option("closed")
    page.get_by_role("button", name="Work it out").press("Enter")
    rows = page.locator("#told tbody tr")
    expect(rows.first).to_contain_text("Trucks, FAST")
    expect(rows.last).to_contain_text("+")
    page.get_by_role("link", name="Now", exact=True).click()
    expect(page.locator("#orders")).to_contain_text("Nothing is ordered.", timeout=SOON_MS)
