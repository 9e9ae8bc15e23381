"""Pictures of the pages in known states, by the real application and Debian's Chromium."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.access.command import Console
from dashboard.access.guard import Guard
from dashboard.access.pages import add_access
from dashboard.access.sign_in import SignIn
from dashboard.board import BoardHolder
from dashboard.store.store import Store
from dashboard.web.app import make_app
from scripts.screenshots_index import write_index
from tests.dashboard import desk_boards
from tests.dashboard.boards import SCENES, Scene
from tests.dashboard.browser.served import Served

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "screenshots"
SIZES = {
    "desktop": (1280, 800),
    "phone": (390, 844),
    "frame": (340, 240),
    "laptop": (1366, 768),
    "wall": (1920, 1080),
}
COLOURS = 128
LONGEST_PX = 2000
MOST_BYTES = 150_000
NAME, PASSWORD = "m.tremblay", "a passphrase of the pictures alone"
LANGUAGES = {"en": "", "fr": "/fr"}


@dataclass(frozen=True, slots=True)
class Shot:
    """`page` names the file, `path` is its English address."""

    page: str
    path: str
    scene: str
    sizes: tuple[str, ...] = ("desktop", "phone")
    languages: tuple[str, ...] = ("en", "fr")
    dark: bool = False
    full: bool = True
    desk: bool = False
    signed_in: bool = False

    def files(self) -> Iterator[tuple[str, str, tuple[int, int]]]:
        """(file name, path, window) of each picture."""
        for language in self.languages:
            for size in self.sizes:
                dark = "-dark" if self.dark else ""
                path = f"{LANGUAGES[language]}{self.path}" if self.path != "/" else LANGUAGES[language] or "/"
                if self.page == "widget":  # it takes its language as every other choice
                    path = f"{self.path}&lang={language}"
                yield f"{self.page}-{self.scene}{dark}-{language}-{size}.png", path, SIZES[size]


DESK = "/manager/ports/ambassador"
STATES = ("live", "unknown", "at-least", "closed", "stale")
BOTH = ("laptop", "phone")


def _desk(page: str, path: str, scene: str, sizes: tuple[str, ...] = BOTH, **more: Any) -> Shot:
    return Shot(f"desk-{page}", path, scene, sizes, desk=True, **more)


DESK_SHOTS = (
    *(_desk("now", "/manager", scene) for scene in (*STATES, "orders", "several", "crowded", "first-day")),
    _desk("now", "/manager", "live", ("laptop",), languages=("en",), dark=True),
    *(_desk(page, f"{DESK}/{page}", "past") for page in ("history", "accuracy")),
    _desk("history", f"{DESK}/history", "unknown"),
    *(_desk("outlook", f"{DESK}/outlook", scene) for scene in STATES),
    *(_desk("equipment", f"{DESK}/equipment", scene) for scene in ("live", "unknown", "stale")),
    _desk("journal", f"{DESK}/journal", "orders"),
    *(_desk("wall", "/manager/wall", scene, ("wall",), full=False) for scene in (*STATES, "several")),
)

SHOTS = (
    *DESK_SHOTS,
    *(Shot("traveller", "/", scene) for scene in SCENES),
    Shot("traveller", "/", "live", sizes=("desktop",), languages=("en",), dark=True),
    *(Shot("dispatch", "/dispatch?arrive_at=10:50", scene) for scene in SCENES),
    *(Shot("traveller-port", "/p/ambassador", scene) for scene in (*STATES, "several")),
    *(Shot("feed", "/feed", scene) for scene in STATES),
    Shot("api", "/api", "live"),
    Shot("sign-in", "/sign-in", "live"),
    Shot("account", "/account", "live", signed_in=True),
    Shot("lost", "/nowhere", "live"),
    *(
        Shot("widget", "/widget?traffic=commercial&direction=us_bound", scene, sizes=("frame",))
        for scene in SCENES
        if scene != "several"
    ),
)


def _public(scene: Scene, folder: Path) -> Served:
    """What everybody can open, sign-in among it."""
    store = Store(f"sqlite:///{folder / 'lanewatch.db'}")
    store.upgrade()

    Console(store, scene.now_s).add(NAME, "admin", lambda _: PASSWORD)

    def make(holder: BoardHolder, now: Callable[[], float]) -> FastAPI:
        people = SignIn(store, now)
        guard = Guard(people)
        app = make_app(holder, scene.config, now, guard)
        add_access(app, people, guard)
        return app

    return Served(make, scene.board, scene.now_s)


@contextmanager
def served(shot: Shot) -> Iterator[str]:
    """The application on a free port, showing the scene of `shot`; the desk has a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        if shot.desk:
            server = desk_boards.SCENES[shot.scene].serve(Path(folder))
        else:
            server = _public(SCENES[shot.scene], Path(folder))
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


def _sign_in(page: Page, url: str) -> None:
    page.goto(url.replace("/account", "/sign-in"))
    page.locator("#name").fill(NAME)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/account")


def take(browser: Browser, url: str, window: tuple[int, int], shot: Shot) -> bytes:
    """The page as a PNG of few colours."""
    width, height = window
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    if shot.signed_in:
        _sign_in(page, url)
    page.goto(url)
    if shot.desk:
        page.locator("#link.live, #link.lost").wait_for()
        page.wait_for_timeout(1500)
    else:
        page.wait_for_load_state("networkidle")
    png = page.screenshot(full_page=shot.full)
    page.close()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, LONGEST_PX)))
    packed = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        packed, "PNG", optimize=True
    )
    return packed.getvalue()


def main(words: list[str]) -> int:
    """Take those whose name holds one of `words`, or all; 1 if one is too heavy for the repository."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium: not found; apt-get install chromium", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    heavy = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            wanted = [file for file in shot.files() if not words or any(word in file[0] for word in words)]
            if not wanted:
                continue
            with served(shot) as url:
                for name, path, window in wanted:
                    picture = take(browser, url + path, window, shot)
                    (FOLDER / name).write_bytes(picture)
                    heavy += len(picture) > MOST_BYTES
                    print(f"{name}: {len(picture) / 1000:.0f} kB")
        browser.close()
    write_index(FOLDER)
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
