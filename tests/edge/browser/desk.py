"""What a technician does on the zones page, in fractions of the picture."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

Point = tuple[float, float]

NEAR, FAR = ((0.21765, 0.69174), (0.47177, 0.69174)), ((0.48707, 0.36846), (0.37066, 0.36846))
AREA = ((0.21765, 0.69174), (0.47177, 0.69174), (0.47854, 0.54868), (0.28536, 0.54868))
"""Booth 1 of the demo's booth camera: its booth line, a line farther up the road, its area."""


@dataclass
class Desk:
    """The page, once its picture is there."""

    page: Page

    def ready(self) -> None:
        """Wait for the picture."""
        expect(self.page.locator("#picture image")).to_have_attribute("href", re.compile("^blob:"))

    def screen(self, point: Point) -> Point:
        """Where a point of the picture is in the window."""
        x, y = self.page.evaluate(
            """([x, y]) => {
              const svg = document.getElementById("picture");
              const image = svg.querySelector("image");
              const [w, h] = [image.getAttribute("width"), image.getAttribute("height")];
              const p = new DOMPoint(x * w, y * h).matrixTransform(svg.getScreenCTM());
              return [p.x, p.y];
            }""",
            list(point),
        )
        return float(x), float(y)

    def draw(self, title: str, *points: Point) -> None:
        """Choose a figure and click its points."""
        self.page.get_by_role("button", name=f"Draw: {title}").click()
        for point in points:
            self.page.mouse.click(*self.screen(point))
        if title == "Area":
            self.page.keyboard.press("Enter")

    def drag(self, start: Point, end: Point) -> None:
        """Drag what is there to another place."""
        self.page.mouse.move(*self.screen(start))
        self.page.mouse.down()
        self.page.mouse.move(*self.screen(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)))
        self.page.mouse.move(*self.screen(end))
        self.page.mouse.up()

    def handle(self, name: str) -> Locator:
        """The handle of that accessible name."""
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def said(self) -> Locator:
        """What the checks say."""
        return self.page.locator("#said")

    @property
    def save(self) -> Locator:
        """The button that shows the difference."""
        return self.page.get_by_role("button", name="Review and save")

    def write(self) -> str:
        """Review, then write; gives the difference that was shown."""
        expect(self.save).to_be_enabled()
        self.save.click()
        expect(self.page.locator("#review")).to_be_visible()
        shown = self.page.locator("#diff").inner_text()
        self.page.get_by_role("button", name="Write the file").click()
        expect(self.page.locator("#hint")).to_contain_text("Saved")
        return shown
