"""Trend, hour ahead and advice: given waits -> words in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.feeds.values import PublishedForecast, PublishedStream, PublishedWait
from dashboard.history import StreamMinute
from dashboard.web.public.outlook import trend
from dashboard.web.public.outlook_words import outlook, short_range
from dashboard.web.strings import BY_LANGUAGE
from tests.dashboard.feed_cases import NOW_S

NOW = round(NOW_S)
ZONE = "America/Detroit"


def stream(now_min: float | None, *ahead_min: float) -> PublishedStream:
    """A stream with a wait, and its forecasts of each quarter of an hour."""
    low = 5.0 if now_min is None else now_min
    wait_s = None if now_min is None else round(60 * now_min)
    expected = PublishedWait(wait_s, round(60 * low), wait_s, ("queue",), NOW, 0, NOW + 900)
    points = tuple(
        PublishedForecast(NOW + 900 * n, round(60 * m), round(54 * m), round(66 * m))
        for n, m in enumerate(ahead_min, start=1)
    )
    kind = "at_least" if now_min is None else "measured"
    return PublishedStream("us_bound", "commercial", "fast", kind, expected=expected, forecast=points)


def past(before_min: float | None, minutes: int = 10, ago_min: float = 30) -> list[StreamMinute]:
    """`minutes` in a row around `ago_min` ago."""
    wait_s = None if before_min is None else 60 * before_min
    first_s = NOW - 60 * (ago_min + minutes / 2)
    blank = StreamMinute(
        *("ambassador", "us_bound", "commercial/fast", first_s, "measured", None, wait_s, wait_s, wait_s),
        *(("queue",), None, None, None, None, None, None),
    )
    state = "unknown" if before_min is None else "measured"
    return [replace(blank, start_s=first_s + 60 * n, state=state) for n in range(minutes)]


@pytest.mark.parametrize(
    ("case", "told", "history", "expected"),
    [
        ("more than half an hour ago", stream(20), past(10), ("rising", 600)),
        ("less than half an hour ago", stream(10), past(20), ("falling", 1200)),
        ("two minutes are no change", stream(12), past(10), ("steady", 600)),
        ("five of fifty minutes are no change", stream(55), past(50), ("steady", 3000)),
        ("history goes before the forecast", stream(20, 30, 40), past(30), ("falling", 1800)),
        ("too few minutes: the forecast tells", stream(20, 30, 40), past(30, minutes=3), ("rising", None)),
        ("minutes of an hour ago are another time", stream(20), past(40, ago_min=60), None),
        ("unknown minutes tell nothing", stream(20), past(None), None),
        ("a lower bound has no trend", stream(None, 30), past(10), None),
        ("nothing to tell from", stream(20), [], None),
    ],
)
def test_trend(
    case: str, told: PublishedStream, history: list[StreamMinute], expected: tuple[str, int | None] | None
) -> None:
    found = trend(told, history)
    assert (found and (found.direction, found.before_s)) == expected


@pytest.mark.parametrize(
    ("case", "told", "english", "french"),
    [
        (
            "it will be longer",
            stream(12, 14, 19, 24),
            "Crossing now is quicker: about 24 minutes is expected at 10:59 EST.",
            "Mieux vaut passer maintenant : environ 24 minutes d’attente à 10 h 59 (HNE), "
            "selon les prévisions.",
        ),
        (
            "it will be shorter: the first of the shortest",
            stream(40, 30, 10, 10),
            "Crossing later is quicker: about 10 minutes is expected at 10:44 EST.",
            "Mieux vaut passer plus tard : environ 10 minutes d’attente à 10 h 44 (HNE), "
            "selon les prévisions.",
        ),
        (
            "the queue will be gone",
            stream(10, 5, 0),
            "Crossing later is quicker: no wait is expected at 10:44 EST.",
            "Mieux vaut passer plus tard : pas d’attente à 10 h 44 (HNE), selon les prévisions.",
        ),
        ("no change: the trend says so", stream(12, 13, 12), None, None),
        ("no forecast", stream(12), None, None),
    ],
)
def test_when_to_cross(case: str, told: PublishedStream, english: str | None, french: str | None) -> None:
    for language, words in BY_LANGUAGE.items():
        said = outlook(words, told, [], ZONE).advice
        expected = english if language == "en" else french
        assert (said and said.replace("\u00a0", " ").replace("\u202f", " ")) == expected


def test_no_change_is_said_beside_a_trend_of_the_past() -> None:
    said = outlook(BY_LANGUAGE["en"], stream(20, 21, 20), past(10), ZONE)
    assert said.trend is not None
    assert (said.trend.lead, said.trend.rest) == ("Rising", "about 10\u00a0minutes half an hour ago")
    assert said.advice == "Little change is expected over the next hour."


@pytest.mark.parametrize(
    ("low_s", "high_s", "words"),
    [(600, 1200, "10–20"), (601, 659, "10–11"), (600, 600, "10"), (0, 840, "≤\u00a014"), (0, 0, "≤\u00a01")],
)
def test_the_hour_ahead_never_writes_a_zero(low_s: int, high_s: int, words: str) -> None:
    assert short_range(PublishedForecast(NOW, low_s, low_s, high_s)) == words
