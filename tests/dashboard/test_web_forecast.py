"""Forecast and what-if over HTTP: figures where they can be told, problem documents for bad questions."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest

from dashboard.board import Board, BoardHolder, DirectionView
from dashboard.feeds.instants import iso_z
from dashboard.waits.outlook import BoothOutlook, Outlook
from dashboard.waits.plan import Window
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import CONFIG, EMPTY, NOW_S, state, wait
from tests.dashboard.test_waits_forecasts import stream

FAST = "commercial/fast"
PATH = "/api/v1/ports/ambassador"


def board(kind: str = "measured") -> Board:
    """FAST waits 20 min at booth b5."""
    made = state(FAST, kind, wait(1200.0, 900.0, 1500.0))  # type: ignore[arg-type]
    always = ((FAST, (Window(NOW_S, float("inf")),)),)
    found = Outlook(
        NOW_S, "UTC", (stream(FAST, rate=0.01, working=1),), (BoothOutlook("b5", (FAST,), (FAST,), always),)
    )
    return Board(NOW_S, (DirectionView("ambassador", "us_bound", (made,), (), (), outlook=found),))


def asker(shown: Board) -> Asker:
    """A client on this machine."""
    return Asker(make_app(BoardHolder(shown), CONFIG, lambda: NOW_S))


def asked(
    shown: Board, after_s: float, more: str = "&direction=us_bound&stream=commercial/fast"
) -> dict[str, object]:
    """The one row of the answer."""
    reply = asker(shown).get(f"{PATH}/forecast?arrive_at={iso_z(NOW_S + after_s)}{more}")
    assert reply.status_code == 200, reply.text
    (row,) = reply.json()["streams"]
    return dict(row)


@pytest.mark.parametrize("later_s", [0.0, 1799.0, 1801.0, 86_400.0 * 365])
def test_the_described_example_can_be_asked_for(later_s: float) -> None:
    shown = board()
    site = Asker(make_app(BoardHolder(shown), CONFIG, lambda: NOW_S + later_s))
    described = site.get("/api/v1/openapi.json").json()["paths"]["/api/v1/ports/{port}/forecast"]["get"]
    (example,) = [one["example"] for one in described["parameters"] if one["name"] == "arrive_at"]
    assert site.get(f"{PATH}/forecast?arrive_at={example}").status_code == 200


def test_the_description_says_since_when_it_is_as_it_is() -> None:
    clock = [NOW_S]
    site = Asker(make_app(BoardHolder(board()), CONFIG, lambda: clock[0]))
    half_past = (NOW_S - 1800) // 3600 * 3600 + 1800 + 3600
    told = []
    for clock[0] in (NOW_S, half_past - 1, half_past, half_past + 3599):
        headers = site.get("/api/v1/openapi.json").headers
        told.append((headers["etag"], parsedate_to_datetime(headers["last-modified"]).timestamp()))
    (first, began), (second, moved) = told[0], told[2]
    assert told == [(first, began), (first, began), (second, moved), (second, moved)]
    assert first != second
    assert (began, moved) == (int(NOW_S), half_past)


def test_a_forecast_for_an_arrival() -> None:
    row = asked(board(), 5400.0)
    assert (row["direction"], row["stream"], row["state"], row["reason"]) == (
        "us_bound",
        FAST,
        "measured",
        None,
    )
    told = row["forecast"]
    assert isinstance(told, dict)
    assert told["basis"] == ["balance", "queue"]
    assert 0 <= told["low_s"] < told["wait_s"] < told["high_s"]


@pytest.mark.parametrize(
    ("case", "shown"),
    [("only a bound is known", board("at_least")), ("unknown", board("unknown")), ("no board", EMPTY)],
)
def test_what_cannot_be_told_is_null_with_its_reason(case: str, shown: Board) -> None:
    row = asked(shown, 1800.0)
    assert row["forecast"] is None
    assert row["reason"]


def test_all_streams_unless_one_is_named() -> None:
    reply = asker(board()).get(f"{PATH}/forecast?arrive_at={iso_z(NOW_S + 600)}")
    assert len(reply.json()["streams"]) == 7


@pytest.mark.parametrize(
    ("case", "path", "status"),
    [
        ("no time", f"{PATH}/forecast", 422),
        ("no zone", f"{PATH}/forecast?arrive_at=2026-11-25T16:00:00", 422),
        ("nonsense", f"{PATH}/forecast?arrive_at=soon", 422),
        ("in the past", f"{PATH}/forecast?arrive_at={iso_z(NOW_S - 600)}", 422),
        ("tomorrow", f"{PATH}/forecast?arrive_at={iso_z(NOW_S + 86400)}", 422),
        ("no such stream", f"{PATH}/forecast?arrive_at={iso_z(NOW_S + 600)}&stream=commercial/slow", 422),
        ("not here", f"{PATH}/forecast?arrive_at={iso_z(NOW_S + 600)}&stream=passenger/ready", 404),
        ("no such port", f"/api/v1/ports/none/forecast?arrive_at={iso_z(NOW_S + 600)}", 404),
    ],
)
def test_bad_questions_are_problem_documents(case: str, path: str, status: int) -> None:
    reply = asker(board()).get(path)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["detail"]


def test_what_if_the_booth_closed() -> None:
    reply = asker(board()).send("POST", f"{PATH}/whatif", {"lane": "b5", "state": "closed"})
    assert reply.status_code == 200, reply.text
    (row,) = reply.json()["streams"]
    assert row["stream"] == FAST
    assert len(row["points"]) == 7
    assert row["points"][-1]["change_s"] > 600


@pytest.mark.parametrize(
    ("case", "body", "status"),
    [
        ("no booth", {"lane": "b99", "state": "open"}, 422),
        ("no state", {"lane": "b5"}, 422),
        ("a state that is none", {"lane": "b5", "state": "ajar"}, 422),
        ("a stream that is not here", {"lane": "b5", "state": "open", "serves": ["passenger/ready"]}, 422),
        ("closed for somebody", {"lane": "b5", "state": "closed", "serves": [FAST]}, 422),
        ("more than is asked for", {"lane": "b5", "state": "open", "x": 1}, 422),
    ],
)
def test_bad_what_if_questions(case: str, body: dict[str, object], status: int) -> None:
    reply = asker(board()).send("POST", f"{PATH}/whatif", body)
    assert reply.status_code == status
    assert reply.json()["detail"]


def test_without_a_measurement_there_is_no_what_if() -> None:
    assert asker(EMPTY).send("POST", f"{PATH}/whatif", {"lane": "b5", "state": "open"}).status_code == 409
    late = replace(board(), at_s=NOW_S)
    client = Asker(make_app(BoardHolder(late), CONFIG, lambda: NOW_S + 901))
    assert client.send("POST", f"{PATH}/whatif", {"lane": "b5", "state": "open"}).status_code == 409


def test_what_if_waits_until_a_stream_was_counted_for_long_enough() -> None:
    young = board()
    views = [
        replace(
            view,
            outlook=view.outlook
            and replace(
                view.outlook, streams=tuple(replace(one, counted_s=60.0) for one in view.outlook.streams)
            ),
        )
        for view in young.directions
    ]
    client = asker(replace(young, directions=tuple(views)))
    reply = client.send("POST", f"{PATH}/whatif", {"lane": "b5", "state": "closed"})
    assert reply.status_code == 409
    assert "counted" in reply.json()["detail"]
