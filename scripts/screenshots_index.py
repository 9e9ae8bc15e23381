"""docs/screenshots/README.md: each picture by page and state."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

TITLES = {
    "traveller": "The traveller's page, `/` and `/fr`",
    "traveller-port": "One crossing, `/p/PORT`",
    "dispatch": "The dispatcher's page, `/dispatch`",
    "widget": "The frame for other sites, `/widget`",
    "feed": "The data, `/feed` (its examples are what each address says then)",
    "api": "The API's reference, `/api`",
    "lost": "An address without a page",
    "sign-in": "Sign-in, `/sign-in`",
    "account": "The account, `/account`",
    "desk-now": "The desk: now, `/manager`",
    "desk-history": "The desk: history, and the hour of the week",
    "desk-outlook": "The desk: outlook and what-if",
    "desk-accuracy": "The desk: accuracy, service, the agencies' figures",
    "desk-equipment": "The desk: nodes and cameras",
    "desk-journal": "The desk: journal",
    "desk-wall": "The wall display, `/manager/wall`",
    "zones": "The node's page for lines and areas (scripts/screenshots_zones.py)",
}
INTRO = """# Pictures of the pages

Taken by `scripts/screenshots` from the application itself in Debian's Chromium, each in a known state of
the tests (tests/dashboard/boards.py, desk_boards.py); this list is written by it too. Phone is 390 px wide,
laptop 1366, desktop 1280, wall 1920, frame 340.

- **live**: measured; at the desk also one bound and one closed stream. **at-least**: queues beyond the view.
  **unknown**, **closed**, and **stale**: the last figures are too old to show.
- **several**: more than one crossing. **crowded**: long names, twenty lanes, waits of hours.
  **first-day**: no node yet. **orders**: a hold, a withdrawal, a notice and staffing in force.
  **past**: four weeks of history.

Pages of which nothing changes with the state of a stream (sign-in, account, an address without a page, the
API's reference, journal, accuracy) are there once; history shows measured, at-least, closed and unknown
stretches in one picture.
"""


def write_index(folder: Path) -> None:
    """List what lies in `folder`, page by page."""
    lines = [INTRO]
    for page, title in TITLES.items():
        rows = _rows(page, sorted(path.stem for path in folder.glob(f"{page}-*.png")))
        if rows:
            lines += [f"## {title}", "", "| state | pictures |", "|---|---|", *rows, ""]
    (folder / "README.md").write_text("\n".join(lines).rstrip() + "\n")


def _rows(page: str, names: Iterable[str]) -> list[str]:
    longer = [other for other in TITLES if other.startswith(f"{page}-")]
    states: dict[str, list[str]] = {}
    for name in names:
        if any(name.startswith(f"{other}-") for other in longer):
            continue
        words = name.removeprefix(f"{page}-").split("-")
        place = next((n for n, word in enumerate(words) if word in ("en", "fr")), len(words) - 1)
        state, look = "-".join(words[:place]), " ".join(words[place:])
        states.setdefault(state, []).append(f"[{look}]({name}.png)")
    return [f"| {state} | {', '.join(looks)} |" for state, looks in states.items()]
