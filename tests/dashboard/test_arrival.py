"""The dispatchers' page: given a time of arrival -> what FAST and standard trucks will meet."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from dashboard.board import Board, BoardHolder
from dashboard.config import CentralConfig
from dashboard.feeds.instants import utc_s
from dashboard.feeds.published import published
from dashboard.feeds.values import PublishedForecast, PublishedStream
from dashboard.web.app import make_app
from dashboard.web.public.arrival import arrival_s, at_arrival, clock_value
from dashboard.web.public.dispatch import dispatch_view
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import CA, FAST, LIVE, STANDARD, US, board_of, closed, measured, unknown
from tests.dashboard.feed_cases import CONFIG, NOW_S

NOW = round(NOW_S)
DETROIT, VANCOUVER = "America/Detroit", "America/Vancouver"


@pytest.mark.parametrize(
    ("clock", "zone", "minutes"),
    [
        ("10:14", DETROIT, -0.5),
        ("10:50", DETROIT, 35.5),
        ("10:13", DETROIT, 24 * 60 - 1.5),
        ("00:00", DETROIT, 13 * 60 + 45.5),
        ("08:50", VANCOUVER, 35.5),
    ],
)
def test_the_next_time_that_a_clock_shows(clock: str, zone: str, minutes: float) -> None:
    at_s = arrival_s(clock, NOW_S, zone)
    assert at_s is not None
    assert (at_s - NOW) / 60 == minutes
    assert clock_value(at_s, zone) == clock


@pytest.mark.parametrize(
    ("case", "now", "clock", "at"),
    [
        ("the hour comes again", "01:40-04:00", "01:10", "01:10-05:00"),
        ("its second half hour is ahead", "01:10-04:00", "01:40", "01:40-04:00"),
        ("it has come again", "01:10-05:00", "01:40", "01:40-05:00"),
        ("behind it", "01:40-04:00", "02:10", "02:10-05:00"),
    ],
)
def test_when_clocks_are_set_back_an_hour_comes_twice(case: str, now: str, clock: str, at: str) -> None:
    now_s, at_s = (utc_s(f"2026-11-01T{one}") for one in (now, at))
    assert arrival_s(clock, now_s, DETROIT) == at_s
    said = replace(published(LIVE, CONFIG, NOW_S), at_s=round(now_s))
    then = dispatch_view(said, "en", clock, 900).tables[0].then
    assert then == f"At {clock}"


def test_a_time_that_clocks_skip_is_the_one_they_would_have_shown() -> None:
    assert arrival_s("02:30", utc_s("2026-03-08T01:00-05:00"), DETROIT) == utc_s("2026-03-08T02:30-05:00")


@pytest.mark.parametrize("clock", ["", "soon", "25:00", "10:61", "10", "10:50:00", "-1:00", "１０:50x"])
def test_what_is_no_time_of_day(clock: str) -> None:
    assert arrival_s(clock, NOW_S, DETROIT) is None


def fast(board: Board = LIVE) -> PublishedStream:
    return published(board, CONFIG, NOW_S).ports[0].directions[0].streams[0]


@pytest.mark.parametrize(
    ("case", "after_min", "expected"),
    [
        ("now is the wait now", 0, (720, 480, 960)),
        ("earlier is now", -5, (720, 480, 960)),
        ("a point of the forecast", 15, (840, 480, 1200)),
        ("between now and the first point", 5, (760, 480, 1040)),
        ("between two points", 37.5, (1230, 690, 1770)),
        ("the last point", 60, (1440, 720, 2160)),
        ("beyond it", 61, None),
    ],
)
def test_the_wait_on_arrival(case: str, after_min: float, expected: tuple[int, int, int] | None) -> None:
    then = at_arrival(fast(), round(NOW + 60 * after_min), NOW)
    assert (then and (then.wait_s, then.low_s, then.high_s)) == expected


def test_nothing_is_told_of_a_stream_that_is_not_measured() -> None:
    stream = replace(fast(), expected=None)
    assert at_arrival(stream, NOW, NOW) is None
    assert isinstance(at_arrival(fast(), NOW, NOW), PublishedForecast)


def shown(board: Board, query: str, path: str = "/dispatch") -> list[list[list[str]]]:
    """Table, row, cell: the words of the page."""
    html = Asker(make_app(BoardHolder(board), CONFIG, lambda: NOW_S)).get(path + query).text
    plain = html.replace("\u00a0", " ").replace("\u202f", " ")

    def cells(row: str) -> list[str]:
        found: list[Any] = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        return [re.sub(r"<[^>]+>", "|", cell).strip("|").replace("||", "|") for cell in found]

    tables = re.findall(r"<table[^>]*>(.*?)</table>", plain, re.DOTALL)
    return [[cells(row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table)] for table in tables]


SENT_ON = board_of(
    (
        "ambassador",
        US,
        (closed(FAST, elsewhere=STANDARD), measured(STANDARD, 38, 47, 58, (44, 36, 28, 24))),
    ),
    ("ambassador", CA, (unknown(FAST, "held"), measured(STANDARD, 18, 22, 26))),
)


@pytest.mark.parametrize(
    ("case", "board", "path", "query", "expected"),
    [
        (
            "without a time only now",
            LIVE,
            "/dispatch",
            "",
            [
                ["Lanes", "FAST", "Standard"],
                ["Open?", "Open|saves about 35 minutes", "Open|2 of 6 lanes open"],
                ["Now", "8 to 16 minutes|20 seconds ago", "38 to 58 minutes|20 seconds ago"],
            ],
        ),
        (
            "in French, with a time",
            LIVE,
            "/fr/dispatch",
            "?arrive_at=10:44",
            [
                ["Voies", "EXPRES", "Voies ordinaires"],
                ["Ouverte ?", "Ouverte|gain d’environ 35 minutes", "Ouverte|2 voies ouvertes sur 6"],
                ["Maintenant", "8 à 16 minutes|il y a 20 secondes", "38 à 58 minutes|il y a 20 secondes"],
                ["À 10 h 44", "10 à 27 minutes", "22 à 51 minutes"],
            ],
        ),
        (
            "FAST is closed: its trucks meet the standard queue",
            SENT_ON,
            "/dispatch",
            "?arrive_at=10:44",
            [
                ["Lanes", "FAST", "Standard"],
                ["Open?", "Closed|use the standard lanes", "Open|2 of 6 lanes open"],
                ["Now", "Closed", "38 to 58 minutes|20 seconds ago"],
                ["At 10:44", "22 to 51 minutes|Standard", "22 to 51 minutes"],
            ],
        ),
        (
            "too far ahead",
            LIVE,
            "/dispatch",
            "?arrive_at=09:00",
            [
                ["Lanes", "FAST", "Standard"],
                ["Open?", "Open|saves about 35 minutes", "Open|2 of 6 lanes open"],
                ["Now", "8 to 16 minutes|20 seconds ago", "38 to 58 minutes|20 seconds ago"],
                ["At 09:00, tomorrow", "Too far ahead", "Too far ahead"],
            ],
        ),
    ],
)
def test_what_a_dispatcher_reads(
    case: str, board: Board, path: str, query: str, expected: list[list[str]]
) -> None:
    assert shown(board, query, path)[0] == expected


def test_unknown_is_not_open_and_has_no_forecast() -> None:
    held = [row[1] for row in shown(SENT_ON, "?arrive_at=10:44")[1]]
    assert held == ["FAST", "Not known", "Unknown", "No forecast"]


@pytest.mark.parametrize(
    ("path", "words"), [("/dispatch", "is no time of day"), ("/fr/dispatch", "n’est pas une")]
)
def test_a_time_that_is_none_is_told(path: str, words: str) -> None:
    html = (
        Asker(make_app(BoardHolder(LIVE), CONFIG, lambda: NOW_S)).get(f"{path}?arrive_at=%3Cscript%3E").text
    )
    assert words in html
    assert "<script>" not in html
    assert 'aria-invalid="true"' in html


def test_the_other_language_keeps_the_time() -> None:
    html = Asker(make_app(BoardHolder(LIVE), CONFIG, lambda: NOW_S)).get("/dispatch?arrive_at=10:44").text
    assert 'href="/fr/dispatch?arrive_at=10:44"' in html


def test_the_engines_own_forecast_goes_before_the_published_points() -> None:
    def ahead(_port: Any, _direction: Any, stream: PublishedStream, at_s: int) -> PublishedForecast | None:
        return PublishedForecast(at_s, 3000, 2400, 3600) if stream.id == FAST else None

    said = published(LIVE, CONFIG, NOW_S)
    for clock, standard in (("10:44", "22 to 51 minutes"), ("13:00", "Too far ahead")):
        table = dispatch_view(said, "en", clock, 900, ahead).tables[0]
        assert [stream.then.replace("\u00a0", " ") for stream in table.streams] == [
            "40 to 60 minutes",
            standard,
        ]


@pytest.mark.parametrize(
    ("clock", "fast"), [("10:40", "10 to 25 minutes"), ("10:50", "Closed"), ("10:14", "8 to 16 minutes")]
)
def test_behind_its_closing_time_a_stream_is_closed(clock: str, fast: str) -> None:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["directions"][0]["streams"][0]["hours"] = "6 am-10:45 am"
    said = published(LIVE, CentralConfig.model_validate(told), NOW_S)
    columns = dispatch_view(said, "en", clock, 900).tables[0].streams
    assert columns[0].then.replace("\u00a0", " ") == fast
    assert columns[1].then not in ("Closed", "No forecast")
