"""The sheets are apart, so that a page asks for few files; one name is one colour in all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard import web

STATIC = Path(web.__file__).parent / "static"
SHEETS = ("public.css", "desk/desk.css", "widget.css")
LIGHT, DARK = 0, 1


def colours(sheet: str) -> tuple[dict[str, str], dict[str, str]]:
    """The variables of the sheet's first two `:root`: in light, and what differs in the dark."""
    roots = re.findall(r":root\s*{([^{}]*)}", (STATIC / sheet).read_text())
    light, dark = (dict(re.findall(r"(--[\w-]+):\s*([^;]+);", root)) for root in roots[:2])
    return light, dark


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("sheet", SHEETS[1:])
def test_one_name_is_one_colour_in_every_sheet(sheet: str, scheme: int) -> None:
    first, other = colours(SHEETS[0])[scheme], colours(sheet)[scheme]
    shared = first.keys() & other.keys()
    assert len(shared) >= 4
    assert {name: other[name] for name in shared} == {name: first[name] for name in shared}
