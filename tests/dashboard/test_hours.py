"""Opening hours as ports write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.hours import is_open

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
HOUR_S = 3600.0


@pytest.mark.parametrize(
    ("case", "hours", "hour_utc", "expected"),
    [
        ("round the clock", "24 hrs/day", 3.0, True),
        ("round the clock, other words", "24/7", 3.0, True),
        ("nothing said", None, 12.0, None),
        ("nothing written", "  ", 12.0, None),
        ("words that tell nothing", "by season", 12.0, None),
        ("closed", "Closed", 12.0, False),
        ("within", "8 am - 4 pm", 12.0, True),
        ("before", "8 am - 4 pm", 7.9, False),
        ("at opening", "8 am-4 pm", 8.0, True),
        ("at closing", "8 am-4 pm", 16.0, False),
        ("with minutes", "06:30-22:15", 22.2, True),
        ("with minutes, after", "06:30-22:15", 22.3, False),
        ("past midnight, in the evening", "6 pm to 2 am", 23.0, True),
        ("past midnight, in the night", "6 pm to 2 am", 1.0, True),
        ("past midnight, by day", "6 pm to 2 am", 12.0, False),
        ("from noon to midnight", "noon - midnight", 23.9, True),
        ("from noon to midnight, before", "noon - midnight", 11.0, False),
        ("twelve at night", "12 am - 6 am", 0.5, True),
        ("two spans", "6 am - 10 am, 2 pm - 6 pm", 15.0, True),
        ("between two spans", "6 am - 10 am, 2 pm - 6 pm", 12.0, False),
        ("a working day", "Mon-Fri 6 am - 10 pm", 12.0, True),
        ("the weekend only", "Sat-Sun 6 am - 10 pm", 12.0, False),
        ("a day by name", "Monday 6 am - 10 pm", 12.0, True),
        ("days, each with hours of their own", "Tue-Fri 6 am - 10 pm, Mon 8 am - noon", 13.0, False),
        ("days behind their hours", "6 am - 10 pm Tue-Fri; 8 am - noon Mon", 13.0, False),
        ("a day that is closed", "Mon closed; Tue-Sun 6 am - 10 pm", 12.0, False),
        ("days by name, one by one", "Mon, Wed and Fri 6 am - 10 pm", 12.0, True),
        ("round the clock on other days", "Tue-Fri 24 hours; Mon 6 am - 10 pm", 23.0, False),
        ("round the clock, in French", "24 h/24, 7 j/7", 23.0, True),
        ("from midnight, of the day that begins", "Mon-Fri midnight - 8 am", 3.0, True),
        ("from midnight, not of the day before", "Sun midnight - 8 am", 3.0, False),
        ("midnight to midnight", "00:00-00:00", 12.0, True),
        ("a season", "8 am - 8 pm May 1 - Oct 31", 12.0, None),
        ("two seasons", "Summer 8 am - 8 pm, winter 9 am - 5 pm", 18.0, None),
        ("an exception", "24 hrs/day except Monday", 12.0, None),
        ("a lane alone", "24 hours, NEXUS 6 am - 10 pm", 23.0, None),
        ("closed, it says not when", "8 am - 8 pm (closed)", 12.0, None),
        ("closed on days that stand behind it", "closed Mondays, 8 am - 8 pm", 12.0, None),
        ("what is closed says nothing of other days", "Sun closed", 12.0, None),
        ("hours without days among others", "8 am - 4 pm Tue-Fri, 9 am - noon", 12.0, None),
        ("morning or evening", "9-5", 20.0, None),
        ("half of it told", "6-10 pm", 12.0, None),
        ("a clock of 24 hours", "6-22", 21.0, True),
        ("an hour that no clock has", "8 am - 29 pm", 12.0, None),
    ],
)
def test_hours_of_a_monday(case: str, hours: str | None, hour_utc: float, expected: bool | None) -> None:
    assert is_open(hours, MONDAY_NOON + (hour_utc - 12.0) * HOUR_S, "UTC") is expected


def test_hours_are_local() -> None:
    assert is_open("8 am - 4 pm", MONDAY_NOON, "America/Detroit") is False
    assert is_open("8 am - 4 pm", MONDAY_NOON + 2 * HOUR_S, "America/Detroit") is True


@given(st.text(max_size=40), st.floats(0, 4e9))
def test_any_text_is_answered(text: str, at_s: float) -> None:
    assert is_open(text, at_s, "America/Vancouver") in (True, False, None)
