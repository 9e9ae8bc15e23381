"""The public pages in Debian's Chromium: both languages, phone and desktop, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.dashboard.boards import SCENES, Scene
from tests.dashboard.browser.fitting import misfits, unnamed_rows
from tests.dashboard.browser.served import Served
from tests.dashboard.browser.test_harness import page_of
from tests.dashboard.browser.visits import Size, Visits, violations
from tests.dashboard.feed_cases import EMPTY, NOW_S

pytestmark = pytest.mark.slow

ServeApp = Callable[..., Served]
Visit = Callable[[Served], Visits]
PATHS = [
    *("/", "/fr", "/dispatch?arrive_at=10:50", "/fr/dispatch?arrive_at=10:50"),
    *("/feed", "/fr/feed", "/api", "/fr/api", "/widget?class=fast", "/widget?lang=fr"),
]
WAITS = ["/", "/fr"]
LIGHT_BYTES = 60_000
LOADED = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .map(entry => entry.decodedBodySize)"""
NOTHING_BUT = "document.querySelector('link[rel=stylesheet]').sheet.cssRules.length > 10"


def serve(serve_app: ServeApp, scene: Scene) -> Served:
    return serve_app(scene.board, scene.now_s, scene.config)


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_and_everything_fits_at_every_width(
    path: str, serve_app: ServeApp, visits: Visit, axe: Path
) -> None:
    seen = visits(serve(serve_app, SCENES["live"]))
    sizes: list[tuple[Size, bool]] = [("narrow", False), ("laptop", True)]
    for size, dark in sizes:
        page = seen.open(path, size=size, dark=dark)
        assert page.evaluate(NOTHING_BUT)
        assert violations(page, axe) == []
    assert misfits(page) == []


def test_the_table_of_states_still_says_which_is_which_when_moved_sideways(
    serve_app: ServeApp, visits: Visit
) -> None:
    page = visits(serve(serve_app, SCENES["live"])).open("/feed", size="phone")
    assert unnamed_rows(page, ".wide") == [0]


@pytest.mark.parametrize(
    ("scene", "path"),
    [
        *((name, path) for name in SCENES if name != "live" for path in WAITS),
        ("unknown", "/dispatch"),
        *(("several", path) for path in ("/p/ambassador", "/fr/p/ambassador", "/nowhere", "/fr/nowhere")),
    ],
)
def test_every_state_is_as_accessible(
    scene: str, path: str, serve_app: ServeApp, visits: Visit, axe: Path
) -> None:
    seen = visits(serve(serve_app, SCENES[scene]))
    seen.may_lose_server = "nowhere" in path  # that there is no such page is noted on the console
    page = seen.open(path, size="narrow")
    assert page.locator("html").get_attribute("lang") == ("fr" if path.startswith("/fr") else "en")
    assert violations(page, axe) == []
    assert misfits(page) == []


def test_a_browser_gets_page_and_files_by_brotli(serve_app: ServeApp, visits: Visit) -> None:
    codings: dict[str, str | None] = {}
    seen = visits(serve(serve_app, SCENES["live"]))
    page = seen.open("/feed")
    page.on("response", lambda reply: codings.update({reply.url: reply.headers.get("content-encoding")}))
    page.goto(f"{seen.served.url}/")
    page.reload()
    assert page.evaluate(NOTHING_BUT)
    assert codings[f"{seen.served.url}/"] == "br"
    assert codings[f"{seen.served.url}/static/refresh.js"] == "br"


@pytest.mark.parametrize("path", PATHS)
def test_a_page_needs_no_script(path: str, serve_app: ServeApp, visits: Visit) -> None:
    seen = visits(serve(serve_app, SCENES["live"]))

    def words(page: Page) -> str:
        return page.locator("main").inner_text()

    assert words(seen.open(path, scripts=False)) == words(seen.open(path))


@pytest.mark.parametrize(
    ("scene", "path"),
    [*(("live", path) for path in PATHS if "/api" not in path), ("several", "/"), ("several", "/fr")],
)
def test_a_page_with_all_that_it_loads_is_light(
    scene: str, path: str, serve_app: ServeApp, visits: Visit
) -> None:
    page = visits(serve(serve_app, SCENES[scene])).open(path)
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(LOADED)
    assert min(sizes) > 0
    assert sum(sizes) < LIGHT_BYTES
    assert len(sizes) <= 5


@pytest.mark.parametrize("path", [*WAITS, "/p/ambassador", "/fr/nowhere"])
def test_the_keyboard_reaches_the_content_first_and_every_link_shows_its_focus(
    path: str, serve_app: ServeApp, visits: Visit
) -> None:
    seen = visits(serve(serve_app, SCENES["several"]))
    seen.may_lose_server = "nowhere" in path
    page = seen.open(path)
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("link => link === document.activeElement && link.offsetLeft >= 0")
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")
    page = seen.open(path)
    reached = []
    for _ in range(page.locator("a").count()):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        reached.append((page.evaluate("document.activeElement.getAttribute('href')"), style))
    links = page.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert [href for href, _ in reached] == links
    assert {style for _, style in reached} == {"solid"}


def test_a_dispatcher_asks_with_the_keyboard_alone(serve_app: ServeApp, visits: Visit) -> None:
    page = visits(serve(serve_app, SCENES["live"])).open("/fr/dispatch", scripts=False)
    page.get_by_label("Le camion arrive à").fill("11:00")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/dispatch?arrive_at=11%3A00")
    assert "À 11 h 00".replace(" ", "\u00a0").replace("À\u00a0", "À ") in page.locator("main").inner_text()


@pytest.mark.parametrize("path", WAITS)
def test_headings_form_an_outline(path: str, serve_app: ServeApp, visits: Visit) -> None:
    for scene in ("live", "several"):
        page = visits(serve(serve_app, SCENES[scene])).open(path)
        levels = page.locator("h1,h2,h3,h4,h5,h6").evaluate_all("all => all.map(h => Number(h.tagName[1]))")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_live_page_follows_says_that_it_is_lost_and_recovers(serve_app: ServeApp, visits: Visit) -> None:
    """The server goes away and comes back with other figures: the page says so, withdraws, and shows them."""
    served = serve(serve_app, SCENES["live"])
    seen = visits(served)
    seen.may_lose_server = True
    page = seen.open("/fr")
    page.clock.install()
    page.reload()
    assert "8 à 16" in page.locator("main").inner_text()
    served.stop()
    page.clock.run_for(21_000)
    lost = page.locator(".lost")
    lost.wait_for()
    assert "Aucune connexion. Ces chiffres datent de 10" in lost.inner_text()
    assert page.locator(".wait").first.is_visible()
    page.clock.run_for(901_000)
    page.locator("main.withdrawn").wait_for()
    assert not page.locator(".wait").first.is_visible()
    served.post(SCENES["closed"].board)
    served.start()
    page.clock.run_for(21_000)
    lost.wait_for(state="detached")
    assert "Fermée" in page.locator("main").inner_text()
    assert page.locator(".wait").first.is_visible()


def test_a_server_that_gives_no_answer_is_lost_too(serve_app: ServeApp, visits: Visit) -> None:
    """A connection may hang for minutes before a browser calls it lost, as on a phone that wakes up."""
    page = visits(serve(serve_app, SCENES["live"])).open("/fr")
    page.clock.install()
    page.reload()
    page.route("**/fr", lambda route: None)
    page.clock.run_for(36_000)
    lost = page.locator(".lost")
    lost.wait_for()
    assert "Aucune connexion. Ces chiffres datent de 10" in lost.inner_text()
    page.clock.run_for(901_000)
    page.locator("main.withdrawn").wait_for()
    assert not page.locator(".wait").first.is_visible()
    page.unroute_all(behavior="ignoreErrors")
    page.clock.run_for(21_000)
    lost.wait_for(state="detached")
    assert page.locator(".wait").first.is_visible()


def test_printed_it_is_black_on_white_with_its_figures(serve_app: ServeApp, visits: Visit) -> None:
    page = visits(serve(serve_app, SCENES["live"])).open("/", dark=True)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".headline").first.evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"
    assert not page.locator("nav").first.is_visible()
    assert page.locator(".headline").first.is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_another_site_can_embed_the_frame_and_no_other_page(serve_app: ServeApp, browser: Browser) -> None:
    served = serve(serve_app, SCENES["live"])
    frames = "".join(f"<iframe src='{served.url}{path}'></iframe>" for path in ("/widget?class=fast", "/"))
    host = serve_app(EMPTY, NOW_S, make=page_of(frames))
    page = browser.new_page()
    page.goto(host.url)
    page.wait_for_load_state("networkidle")
    framed, refused = page.frames[1:]
    assert "8 to 16" in framed.locator("main").inner_text()
    assert "8 to 16" not in refused.locator("body").inner_text()
    page.close()
