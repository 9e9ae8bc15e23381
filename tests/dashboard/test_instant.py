"""Instants that people and programs give: with their zone, and never guessed from a number."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from dashboard.feeds.instants import iso_z, utc_s
from dashboard.web.instant import Instant

ASKED = TypeAdapter(Instant)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-25", "2026-11-25T00:00:00Z"),
        ("2026-11-25 10:14", "2026-11-25T10:14:00Z"),
        ("2026-11-25T10:14:03Z", "2026-11-25T10:14:03Z"),
        ("2026-11-25T10:14:03-05:00", "2026-11-25T15:14:03Z"),
        ("2026-11-25T10:14:03+02:00", "2026-11-25T08:14:03Z"),
    ],
)
def test_a_command_takes_utc_unless_a_zone_stands_there(text: str, utc: str) -> None:
    assert iso_z(utc_s(text)) == utc


@pytest.mark.parametrize("text", ["2026", "1764000000", "0.5", "", "soon", "2026-13-01"])
def test_a_command_guesses_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        utc_s(text)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-25T10:14:03Z", "2026-11-25T10:14:03Z"),
        ("2026-11-25T10:14:03.250Z", "2026-11-25T10:14:03Z"),
        ("2026-11-25t10:14:03-05:00", "2026-11-25T15:14:03Z"),
    ],
)
def test_a_request_gives_an_instant_with_its_zone(text: str, utc: str) -> None:
    assert iso_z(ASKED.validate_python(text).timestamp()) == utc


@pytest.mark.parametrize(
    "given",
    ["2026", "1764000000", "0.5", 1764000000, 0.5, True, "2026-11-25", "2026-11-25T10:14:03", "soon", ""],
)
def test_what_is_no_instant_is_refused_with_an_example(given: object) -> None:
    with pytest.raises(ValidationError, match="write an instant with its zone, as 2026-11-25T15:34:30Z"):
        ASKED.validate_python(given)


def test_it_is_described_as_any_instant() -> None:
    assert ASKED.json_schema() == {"type": "string", "format": "date-time"}
