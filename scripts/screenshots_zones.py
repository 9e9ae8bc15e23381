"""Pictures of the zones page as a technician draws a lane of the demo's booth camera."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from edge.zones.bench import Bench
from edge.zones.server import Server
from scripts.screenshots import FOLDER, MOST_BYTES
from tests.browser import FLAGS
from tests.edge.browser.desk import AREA, FAR, NEAR, Desk

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "config" / "recordings" / "demo"
NODE = """\
# the box at the booths
port: demo
node: n-booth
cameras:
  - id: booth      # over the road
    source: booth.mp4
    facing: toward
"""
WINDOW = {"width": 1280, "height": 800}


expect.set_options(timeout=30_000)


def start(page: Page) -> Desk:
    """The page at a moment with trucks at the booths."""
    desk = Desk(page)
    desk.ready()
    page.locator("#scrub").fill("60")
    expect(page.locator("#clock")).to_contain_text("1:00")
    page.get_by_role("button", name="Add a lane").click()
    return desk


def lane(page: Page) -> None:
    """A lane with its metres, and what the detector finds."""
    desk = start(page)
    desk.draw("Area", *AREA)
    desk.draw("Booth line", *NEAR)
    desk.draw("Ground points", *NEAR, *FAR)
    page.get_by_label("Point 2, metres across").fill("5.4")
    page.get_by_label("Point 3, metres across").fill("5.4")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Boxes").click()
    page.locator("#picture .box").first.wait_for()
    page.mouse.move(*desk.screen((0.4, 0.6)))


def measure(page: Page) -> None:
    """A known length, held against the metres."""
    lane(page)
    desk = Desk(page)
    page.get_by_role("button", name="Measure a length").click()
    for point in ((0.29, 0.622), (0.45, 0.622)):
        page.mouse.click(*desk.screen(point))
    page.locator("#measured").scroll_into_view_if_needed()


def invalid(page: Page) -> None:
    """An area that crosses itself is told while it is drawn."""
    desk = start(page)
    desk.draw("Area", AREA[0], AREA[2], AREA[1], AREA[3])
    expect(desk.said).to_contain_text("crosses itself")


def sign(page: Page) -> None:
    """References of a lane sign."""
    desk = start(page)
    desk.draw("Booth line", *NEAR)
    desk.draw("Lane sign", (0.4, 0.42), (0.44, 0.47))
    page.get_by_role("button", name="Keep as reference").click()
    expect(page.locator("#sign-reads")).to_contain_text("Read now")
    page.locator("#sign-reads").scroll_into_view_if_needed()


def review(page: Page) -> None:
    """What saving changes."""
    desk = start(page)
    desk.draw("Area", *AREA)
    desk.draw("Booth line", *NEAR)
    expect(desk.save).to_be_enabled()
    desk.save.click()
    expect(page.locator("#review")).to_be_visible()


SHOTS: dict[str, Callable[[Page], None]] = {
    "zones-lane-laptop.png": lane,
    "zones-measure-laptop.png": measure,
    "zones-invalid-laptop.png": invalid,
    "zones-sign-laptop.png": sign,
    "zones-review-laptop.png": review,
}


def packed(png: bytes) -> bytes:
    """The same with the most colours that a palette holds: a camera's picture has many."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256, Image.Quantize.FASTOCTREE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def taken(chromium: str, act: Callable[[Page], None]) -> bytes:
    """The page after `act`, as a PNG of few colours."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "booth.mp4").symlink_to(DEMO / "booth.mp4")
        (folder / "node.yaml").write_text(NODE)
        bench = Bench(folder / "node.yaml", {})
        server = Server(bench, 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport=WINDOW)
        page.goto(server.address)
        act(page)
        page.wait_for_timeout(400)
        png = page.screenshot()
        browser.close()
        server.shutdown()
        server.server_close()
        bench.close()
    return packed(png)


def main(words: list[str]) -> int:
    """Take those whose name holds one of `words`, or all; 1 if one is too heavy for the repository."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium: not found; apt-get install chromium", file=sys.stderr)
        return 2
    heavy = 0
    for name, act in SHOTS.items():
        if words and not any(word in name for word in words):
            continue
        picture = taken(chromium, act)
        (FOLDER / name).write_bytes(picture)
        heavy += len(picture) > MOST_BYTES
        print(f"{name}: {len(picture) / 1000:.0f} kB")
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
