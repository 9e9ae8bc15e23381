"""A day at a port in service: travellers, a dispatcher, a manager and a viewer use every control once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.dashboard.browser.running import PASSWORD, Port, running_port
from tests.dashboard.nodes import until

pytestmark = pytest.mark.slow

SOON_MS = 30_000
FAST, STANDARD = "ambassador/commercial/fast", "ambassador/commercial/standard"
DESK = "/manager/ports/ambassador"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    with running_port(tmp_path_factory.mktemp("port")) as port:
        yield port


@pytest.fixture
def visit(browser: Browser, port: Port) -> Iterator[Callable[..., Page]]:
    """Opens a path, as `who` (signed in by the form) or as a stranger."""
    contexts = []

    def open_(path: str, who: str | None = None, scripts: bool = True) -> Page:
        contexts.append(browser.new_context(java_script_enabled=scripts, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.goto(port.url + path)
        if who is not None:
            page.locator("#name").fill(who)
            page.locator("#password").fill(PASSWORD)
            page.get_by_role("button").click()
            page.wait_for_url(f"**{path}")
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def busy(port: Port) -> Port:
    """The port when its nodes report and every stream has a figure."""
    port.report()
    assert until(port.is_measured, 90)
    return port


def words(page: Page, where: str = "main") -> str:
    return page.locator(where).inner_text().replace("\u00a0", " ").replace("\u202f", " ")


def press(where: Page | Locator, name: str) -> None:
    where.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def live(page: Page) -> None:
    expect(page.locator("#link")).to_have_class(re.compile("live"), timeout=SOON_MS)


def test_a_before_any_node_every_page_says_that_nothing_is_known_and_what_to_do(
    port: Port, visit: Callable[..., Page]
) -> None:
    assert "No measurement yet." in words(visit("/", scripts=False))
    page = visit(DESK, "mia")
    assert "lanewatch-port enrol" in words(page)
    expect(page.locator("#ambassador-lane-a1")).to_contain_text("never reported")
    for tab in ("history", "outlook", "accuracy", "equipment", "journal"):
        page.goto(f"{port.url}{DESK}/{tab}")
        live(page)


def test_b_travellers_and_a_dispatcher_find_the_figures(busy: Port, visit: Callable[..., Page]) -> None:
    for path, place in (("/", "Ambassador Bridge"), ("/fr", "Pont Ambassador"), ("/p/ambassador", "FAST")):
        for scripts in (True, False):
            told = words(visit(path, scripts=scripts))
            assert place in told
            assert re.search(r"Measured|Mesuré", told)
    page = visit("/dispatch", scripts=False)
    page.get_by_label("The truck arrives at").fill("23:59")
    page.get_by_role("button").click()
    page.wait_for_url("**/dispatch?arrive_at=23%3A59")
    assert "At 23:59" in words(page)
    assert "is no time of day" in words(visit("/dispatch?arrive_at=banana"), "body")


def test_c_a_manager_holds_withdraws_staffs_and_tells(busy: Port, visit: Callable[..., Page]) -> None:
    page = visit(DESK, "mia")
    live(page)
    fast, standard = (page.locator(f"#ambassador-us_bound-commercial-{one}") for one in ("fast", "standard"))
    press(fast, "Hold")
    expect(fast).to_contain_text("Held by mia until", timeout=SOON_MS)
    assert busy.waits()[FAST]["reason"] == "held"
    press(fast, "Release")
    expect(fast).not_to_contain_text("Held by", timeout=SOON_MS)
    press(standard, "Withdraw")
    expect(page.locator("#orders")).to_contain_text("A figure is withdrawn", timeout=SOON_MS)
    assert until(lambda: busy.waits()[STANDARD]["state"] == "measured"), "the next figure is published"
    press(page, "Hold all")
    expect(standard).to_contain_text("Held by mia until", timeout=SOON_MS)
    press(page.locator("#said"), "Undo")
    expect(standard).not_to_contain_text("Held by", timeout=SOON_MS)

    press(page, "Staff lane a1")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Closes").check()
    dialog.get_by_label("Note").fill("shift change")
    press(dialog, "Announce")
    assert until(lambda: busy.waits()[FAST]["state"] == "closed")
    assert busy.waits()[FAST]["redirected_to"] == "standard"
    for path, said in (("/", "Use the standard lanes meanwhile."), ("/fr", "voies ordinaires")):
        assert said in words(visit(path))
    press(page.locator("#orders"), "Undo: Lane a1")
    assert until(lambda: busy.waits()[FAST]["state"] == "measured")

    press(page, "New notice")
    page.get_by_label("In English").fill("Two lanes are closed for works.")
    page.get_by_label("In French").fill("Deux voies sont fermées pour travaux.")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("#orders")).to_contain_text("Two lanes are closed", timeout=SOON_MS)
    assert "Deux voies sont fermées pour travaux." in words(visit("/fr"))
    press(page.locator("#orders"), "Undo: Notice")
    expect(page.locator("#orders")).not_to_contain_text("Two lanes are closed", timeout=SOON_MS)

    page.get_by_role("link", name="Journal").click()
    journal = words(page)
    for line in ("Ended early: Notice for the whole port", "Lane a1 closes", "this machine"):
        assert line in journal


def test_d_a_manager_reads_the_past_and_asks_ahead(busy: Port, visit: Callable[..., Page]) -> None:
    page = visit(f"{DESK}/history", "mia")
    choices = page.locator(".choose a")
    for n in range(choices.count()):
        choices.nth(n).click()
        expect(choices.nth(n)).to_have_attribute("aria-current", "true")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).click()
    assert download.value.suggested_filename.endswith(".csv")
    assert "state" in next(csv.reader(io.StringIO(Path(download.value.path()).read_text())))
    page.goto(f"{busy.url}{DESK}/outlook")
    page.locator("#ask [name=lane]").select_option("a2")
    page.locator("#ask [name=state]").select_option("closed")
    page.get_by_role("button", name="Work it out").click()
    answer = page.get_by_role("status", name=re.compile("What if"))  # the port is younger than ten minutes
    expect(answer).to_contain_text("No stream was counted for long enough", timeout=SOON_MS)
    for path in (f"{DESK}/accuracy", f"{DESK}/equipment", "/manager", "/manager/wall"):
        page.goto(busy.url + path)
        live(page)
    assert "Blue Water Bridge" in page.locator("main").inner_text()


def test_e_a_viewer_looks_and_is_told_politely_what_is_not_theirs(
    port: Port, visit: Callable[..., Page]
) -> None:
    page = visit(DESK, "vic")
    live(page)
    assert page.get_by_role("button").count() == 0
    page.goto(f"{port.url}{DESK}/journal")
    assert page.locator("h1").inner_text() == "Not open to you"
    assert "This needs the role manager" in words(page)
    page.goto(f"{port.url}/fr{DESK}/journal")
    assert page.locator("h1").inner_text() == "Accès réservé"
    assert "Il faut pour cela le rôle" in words(page)


def test_f_central_is_killed_the_pages_say_so_and_recover_and_the_manager_leaves(
    port: Port, visit: Callable[..., Page]
) -> None:
    page = visit(DESK, "mia")
    live(page)
    port.kill()
    expect(page.locator("#link")).to_contain_text("No connection to the server", timeout=SOON_MS)
    press(page, "Hold To")
    expect(page.locator("#said")).to_contain_text("It was not done: the server did not answer")
    port.start()
    live(page)
    page.get_by_role("link", name=re.compile("^mia")).click()
    press(page, "Sign out")
    page.wait_for_url("**/sign-in")
    page.goto(port.url + DESK)
    assert "/sign-in" in page.url
