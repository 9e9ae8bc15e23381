"""A browser's view of the pages: what it asked for, what went wrong, what axe-core finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.dashboard.browser.served import Served

Size = Literal["narrow", "phone", "tablet", "laptop", "wall"]
SIZES: dict[Size, tuple[int, int]] = {
    "narrow": (320, 640),
    "phone": (390, 844),
    "tablet": (820, 1180),
    "laptop": (1366, 768),
    "wall": (1920, 1080),
}
CONNECTION_FAULTS = ("net::ERR_", "Failed to load resource")
"""What a browser says of a server that a test took away."""


@dataclass
class Visits:
    """Pages opened in one browser; `check` fails on a foreign host and on anything said on the console.

    A test that takes the server away sets `may_lose_server`.
    """

    browser: Browser
    served: Served
    may_lose_server: bool = False
    asked: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        path: str,
        *,
        size: Size = "laptop",
        dark: bool = False,
        scripts: bool = True,
        calm: bool = True,
        **options: Any,
    ) -> Page:
        """`path` in a fresh context without cookies; `calm`: the reader wants less motion."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if calm else "no-preference",
            java_script_enabled=scripts,
            **options,
        )
        context.on("request", self._note)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"{error}"))
        page.goto(self.served.url + path)
        return page

    def check(self) -> None:
        """Close what is open; fail if a page asked another host, or complained."""
        for context in self._contexts:
            context.close()
        assert not self.foreign, f"asked a foreign host: {self.foreign}"
        assert not self.faults, f"the browser complains: {self.faults}"

    def _note(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.netloc == urlsplit(self.served.url).netloc:
            self.asked.append(where.path)
        elif where.scheme not in ("data", "blob"):
            self.foreign.append(request.url)

    def _hear(self, message: ConsoleMessage) -> None:
        lost = self.may_lose_server and any(word in message.text for word in CONNECTION_FAULTS)
        if message.type == "error" and not lost:
            self.faults.append(message.text)


def violations(page: Page, axe: Path) -> list[str]:
    """What axe-core finds wrong on the page as it stands: `rule: selector (what to do)`."""
    page.evaluate(axe.read_text())
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} ({node.get('failureSummary', '')})"
        for rule in found
        for node in rule["nodes"]
    ]
