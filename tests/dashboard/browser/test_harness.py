"""The harness itself: it must fail where a page misbehaves."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser

from dashboard.board import BoardHolder
from tests.dashboard.browser.fitting import misfits
from tests.dashboard.browser.served import Served
from tests.dashboard.browser.visits import Visits, violations
from tests.dashboard.feed_cases import EMPTY, EVERY_STATE, NOW_S

pytestmark = pytest.mark.slow

ServeApp = Callable[..., Served]


def page_of(body: str) -> Callable[[BoardHolder, Callable[[], float]], FastAPI]:
    """An application with one page and no shield."""

    def make(_holder: BoardHolder, _now: Callable[[], float]) -> FastAPI:
        app = FastAPI(openapi_url=None)
        html = f"<!doctype html><html lang=en><title>t</title><link rel=icon href='data:,'>{body}"
        app.add_api_route("/", lambda: HTMLResponse(html))
        return app

    return make


@pytest.mark.parametrize(
    ("case", "body", "fault"),
    [
        ("a picture from elsewhere", "<img alt='' src='http://elsewhere.example/a.png'>", "foreign host"),
        ("a script that fails", "<script>throw new Error('broken')</script>", "broken"),
        ("a file that is not there", "<img alt='' src='/none.png'>", "404"),
    ],
)
def test_a_page_that_misbehaves_fails(
    case: str, body: str, fault: str, serve_app: ServeApp, browser: Browser
) -> None:
    seen = Visits(browser, serve_app(EMPTY, NOW_S, make=page_of(body)))
    seen.open("/").wait_for_load_state("networkidle")
    with pytest.raises(AssertionError, match=fault):
        seen.check()


def test_axe_finds_what_is_wrong(serve_app: ServeApp, visits: Callable[[Served], Visits], axe: Path) -> None:
    body = "<main><h1>t</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='></main>"
    page = visits(serve_app(EMPTY, NOW_S, make=page_of(body))).open("/")
    assert [line.split(":")[0] for line in violations(page, axe)] == ["image-alt"]


@pytest.mark.parametrize(
    ("case", "body", "fault"),
    [
        ("wider than the window", "<main style='width: 400px'>t</main>", "320: main .* leaves the window"),
        (
            "a button out of its frame",
            "<div style='border: 1px solid; width: 9em'><b style='margin-left: 8em'>Affectation</b></div>",
            "1366: b .Affectation. stands .* out of div",
        ),
        (
            "a word broken in two",
            "<p style='width: 3em; overflow-wrap: break-word'>145&nbsp;minutes</p>",
            '768: "minutes" is broken within the word in p',
        ),
        (
            "words cut off",
            "<p style='width: 60px; overflow: hidden; white-space: nowrap'>To the United States</p>",
            "1920: p .To the United States. holds .* more than it shows",
        ),
    ],
)
def test_what_does_not_fit_is_found(
    case: str, body: str, fault: str, serve_app: ServeApp, visits: Callable[[Served], Visits]
) -> None:
    found = misfits(visits(serve_app(EMPTY, NOW_S, make=page_of(body))).open("/"))
    assert any(re.match(fault, line) for line in found), found


def test_a_server_can_go_and_come_back_on_its_port(
    serve_app: ServeApp, visits: Callable[[Served], Visits]
) -> None:
    served = serve_app(EMPTY, NOW_S)
    page = visits(served).open("/", size="narrow")
    assert misfits(page) == []
    served.stop()
    served.post(EVERY_STATE)
    served.start()
    page.reload()
    assert "22 minutes" in page.locator("main").inner_text().replace("\u00a0", " ")
