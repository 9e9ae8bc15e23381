"""Opening hours as the official feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboard.feeds.hours import is_open


@pytest.mark.parametrize(
    ("hours", "clock", "expected"),
    [
        ("6 am-10 pm", "05:59", False),
        ("6 am-10 pm", "06:00", True),
        ("6 am-10 pm", "21:55", True),
        ("6 am-10 pm", "22:00", False),
        ("6 am-10 pm", "22:05", False),
        ("6 am-Midnight", "23:59", True),
        ("6 am-Midnight", "00:00", False),
        ("Noon-8 PM", "12:00", True),
        ("8 pm-6 am", "23:00", True),
        ("8 pm-6 am", "03:00", True),
        ("8 pm-6 am", "12:00", False),
        ("6:30 am - 10 pm", "06:15", False),
        ("24 hrs/day", "03:00", True),
        ("24 Hrs/day", "03:00", True),
        ("seasonal", "03:00", None),
        ("25 am-10 pm", "03:00", None),
        ("0 am-10 pm", "03:00", None),
        ("", "03:00", None),
        (None, "03:00", None),
    ],
)
def test_is_open(hours: str | None, clock: str, expected: bool | None) -> None:
    hour, minute = map(int, clock.split(":"))
    assert is_open(hours, datetime(2026, 11, 25, hour, minute, tzinfo=UTC)) is expected
