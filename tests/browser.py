"""Debian's Chromium and axe-core, for the pages of both rooms. Fixtures, imported by each room's conftest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import REPOSITORY, program

AXE = REPOSITORY / "tests" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module's tests; its event loop must be gone before others use asyncio."""
    chromium = program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> Path:
    """axe-core's script; skips where npm did not install it, fails where LANEWATCH_REQUIRE names it."""
    if not AXE.is_file():
        why = "axe-core is not installed; run npm ci --prefix tests/npm"
        if "axe-core" in os.environ.get("LANEWATCH_REQUIRE", "").split(","):
            pytest.fail(why)
        pytest.skip(why)
    return AXE
