"""`/api/v1/stream` over real sockets: who reads what, resume, restart, slow and many readers."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI, Request

from dashboard.access.guard import Caller, Guard, Person
from dashboard.board import Board, BoardHolder, DirectionView, LaneView
from dashboard.stream.hub import READERS_AT_MOST
from dashboard.web import stream
from dashboard.web.app import make_app
from tests.dashboard.browser.served import Served
from tests.dashboard.feed_cases import CONFIG, EVERY_STATE, NOW_S
from tests.dashboard.nodes import until
from tests.dashboard.stream.readers import Event, Listener, refusal

pytestmark = pytest.mark.slow

DIRECTION = EVERY_STATE.directions[0]


class Passwords:
    """People known by a header."""

    def __init__(self) -> None:
        self.roles = {"v": Person("vera", "viewer"), "m": Person("max", "manager")}

    def any(self) -> bool:
        """There are."""
        return True

    def caller(self, request: Request) -> Caller | None:
        """By the header `X-Who`."""
        person = self.roles.get(request.headers.get("x-who", ""))
        return Caller(person) if person else None


PEOPLE = Passwords()


def guarded(holder: BoardHolder, now: Callable[[], float]) -> FastAPI:
    return make_app(holder, CONFIG, now, Guard(PEOPLE))


@pytest.fixture
def served() -> Iterator[Served]:
    """An application with accounts, at a time that stands still."""
    served = Served(guarded, EVERY_STATE, NOW_S)
    served.start()
    yield served
    served.stop()


def board_with(in_view: int) -> Board:
    lanes = (replace(DIRECTION.lanes[0], in_view=in_view), DIRECTION.lanes[1])
    return replace(EVERY_STATE, directions=(replace(DIRECTION, lanes=lanes),))


def is_beat(event: Event) -> bool:
    return event.name == "beat"


def shows(in_view: int) -> Callable[[Event], bool]:
    return lambda event: event.name == "lane" and event.data["in_view"] == in_view


@pytest.mark.parametrize(
    ("case", "who", "query", "part", "kinds"),
    [
        ("a stranger reads waits", "", "", "public", {"stream"}),
        ("a viewer reads all", "v", "", "manager", {"lane", "node", "central", "stream"}),
        ("a manager may read as the public does", "m", "?part=public", "public", {"stream"}),
    ],
)
def test_who_reads_what(case: str, who: str, query: str, part: str, kinds: set[str], served: Served) -> None:
    listener = Listener(served.url, {"X-Who": who}, query)
    assert listener.hello.data == {"part": part, "resumed": False}
    last = "canada_bound"
    seen = listener.until(
        lambda e: e.name == "stream" and (e.data["direction"], e.data["traffic"]) == (last, "passenger")
    )
    assert {event.name for event in seen} - {"beat"} == kinds
    listener.close()


@pytest.mark.parametrize(
    ("case", "who", "query", "status"),
    [
        ("a stranger asks for the manager's part", "", "?part=manager", 401),
        ("a part that is none", "m", "?part=everything", 422),
    ],
)
def test_who_is_refused(case: str, who: str, query: str, status: int, served: Served) -> None:
    assert refusal(served.url, query, {"X-Who": who}) == status


def test_a_new_board_tells_only_what_changed(served: Served) -> None:
    listener = Listener(served.url, {"X-Who": "v"})
    listener.until(lambda event: event.name == "stream" and event.data["class"] == "nexus")
    served.post(board_with(9))
    seen = listener.until(shows(9))
    assert [event.data["lane"] for event in seen if event.name == "lane"] == ["b5"]
    listener.close()


def test_a_reader_that_returns_gets_what_changed_meanwhile(served: Served) -> None:
    first = Listener(served.url, {"X-Who": "v"})
    stays = Listener(served.url, {"X-Who": "v"})
    last = [
        event for event in first.until(lambda e: e.name == "stream" and e.data["direction"] == "canada_bound")
    ][-1]
    first.close()
    for in_view in (7, 8, 9):
        served.post(board_with(in_view))
    stays.until(shows(9))
    again = Listener(served.url, {"X-Who": "v", "Last-Event-ID": last.id})
    assert again.hello.data == {"part": "manager", "resumed": True}
    seen = again.until(shows(9))
    assert [event.data["in_view"] for event in seen if event.name == "lane"] == [9]
    stays.close()
    again.close()


def test_after_a_restart_a_reader_gets_everything(served: Served) -> None:
    first = Listener(served.url)
    last = first.until(lambda event: bool(event.id))[-1]
    served.stop()
    served.start()
    again = Listener(served.url, {"Last-Event-ID": last.id})
    assert again.hello.data == {"part": "public", "resumed": False}
    assert again.until(lambda event: event.name == "stream")[-1].data["port"] == "ambassador"
    again.close()


def test_silence_is_told_from_loss_by_a_beat(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.1)
    listener = Listener(served.url)
    beats = [listener.until(is_beat)[-1] for _ in range(3)]
    assert {beat.data["board_at"] for beat in beats} == {"2026-11-25T15:14:30.000Z"}
    listener.close()


def test_who_loses_the_right_to_read_is_let_go(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOK_AGAIN_S", 0.1)
    monkeypatch.setitem(PEOPLE.roles, "g", Person("gone", "viewer"))
    listener = Listener(served.url, {"X-Who": "g"})
    del PEOPLE.roles["g"]
    assert list(listener.events())[-1].data is not None
    assert refusal(served.url, "?part=manager", {"X-Who": "g"}) == 401


def lanes_board(lanes: int, turn: int) -> Board:
    views = tuple(
        LaneView(
            f"b{number}", "booth", (), ("n1",), turn, turn, 10.0, False, "x" * 1000, 1, 1, 0.5, NOW_S + turn
        )
        for number in range(lanes)
    )
    return Board(NOW_S + turn, (DirectionView("ambassador", "us_bound", (), views, ()),))


def test_a_reader_that_takes_nothing_is_let_go_and_holds_nothing_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SLOW_S", 0.3)
    monkeypatch.setitem(READERS_AT_MOST, "manager", 2)
    sleeper = socket.create_connection(("127.0.0.1", served.port))
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sleeper.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Who: v\r\n\r\n")
    awake = Listener(served.url, {"X-Who": "v"})
    assert refusal(served.url, "", {"X-Who": "v"}) == 503
    for turn in range(1, 40):
        served.post(lanes_board(400, turn))
        awake.until(lambda event, turn=turn: event.name == "lane" and event.data["in_view"] == turn)

    assert until(lambda: refusal(served.url, "", {"X-Who": "v"}) == 200)
    awake.close()
    sleeper.close()


def test_many_readers_read_the_same(served: Served) -> None:
    listeners = [Listener(served.url, {"X-Who": "v"}) for _ in range(25)]
    served.post(board_with(11))
    seen = [[json.dumps(event.data) for event in listener.until(shows(11))][-1] for listener in listeners]
    assert len(set(seen)) == 1
    for listener in listeners:
        listener.close()


def test_beyond_the_limit_readers_are_asked_to_come_back(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READERS_AT_MOST, "public", 2)
    readers = [Listener(served.url), Listener(served.url)]
    assert refusal(served.url, "") == 503
    assert refusal(served.url, "?part=manager", {"X-Who": "v"}) == 200
    readers[0].close()
    assert until(lambda: refusal(served.url, "") == 200)
    readers[1].close()
