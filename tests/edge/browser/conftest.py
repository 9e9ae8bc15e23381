"""The zones page as a technician opens it: a served node.yaml, a page in Chromium that must not complain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.zones.bench import Bench
from edge.zones.server import Server
from tests.browser import axe, browser
from tests.edge.browser.desk import Desk

__all__ = ["axe", "browser"]
REFUSED = "Failed to load resource"
"""What Chromium says of an answer that is a refusal; the page tells it in its own words."""

expect.set_options(timeout=30_000)
OpenZones = Callable[..., Desk]


@pytest.fixture
def open_zones(browser: Browser) -> Iterator[OpenZones]:
    """Opens the page on a node.yaml."""
    opened: list[tuple[Server, Bench, Page]] = []
    said: list[str] = []

    def opens(path: Path, touch: bool = False) -> Desk:
        bench = Bench(path, {})
        server = Server(bench, 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=touch)
        page = context.new_page()
        opened.append((server, bench, page))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda asked: said.append(asked.url) if "127.0.0.1" not in asked.url else None)
        page.goto(server.address)
        desk = Desk(page)
        desk.ready()
        return desk

    yield opens
    for server, bench, page in opened:
        page.context.close()
        server.shutdown()
        server.server_close()
        bench.close()
    said = [text for text in said if not text.startswith(("blob:", "data:", REFUSED))]
    assert not said, f"the browser complains: {said}"
