"""Opening hours as the official feeds write them, read for printing."""

from __future__ import annotations

import pytest

from dashboard.feeds.hours import is_always, span_min


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("6 am-10 pm", (360, 1320)),
        ("6 am-Midnight", (360, 1440)),
        ("Midnight-Noon", (0, 720)),
        ("12 am-12 pm", (0, 720)),
        ("8 PM - 6 AM", (1200, 360)),
        ("6:30 am-10 pm", (390, 1320)),
        ("24 hrs/day", None),
        ("Mon-Fri 6 am-10 pm", None),
        ("25 am-10 pm", None),
        ("0 am-10 pm", None),
        ("6:75 am-10 pm", None),
        ("", None),
    ],
)
def test_span(hours: str, expected: tuple[int, int] | None) -> None:
    assert span_min(hours) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [("24 hrs/day", True), ("24 Hrs/Day", True), ("6 am-10 pm", False), ("", False)],
)
def test_always(hours: str, expected: bool) -> None:
    assert is_always(hours) is expected
