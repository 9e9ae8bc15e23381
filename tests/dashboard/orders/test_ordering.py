"""Orders over HTTP on a real database: what is taken, what is refused, what feeds and pages then show."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.guard import Caller, Guard, Person, Role
from dashboard.board import BoardHolder
from dashboard.orders.orders import Orders
from dashboard.store.store import Store
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import CONFIG, EVERY_STATE, MEASURED, NOW_S, board, state

PORT = "/api/v1/ports/ambassador"
HOLD = {"action": "hold", "direction": "us_bound", "stream": "commercial/fast"}
NOTICE = {"en": "Two lanes closed.", "fr": "Deux voies fermées."}


class Known:
    """Whoever asks is anna."""

    def __init__(self, role: Role) -> None:
        self._caller = Caller(Person("anna", role))

    def any(self) -> bool:
        return True

    def caller(self, request: object) -> Caller:
        return self._caller


class Port:
    """The application on a database file, with a clock of its own."""

    def __init__(self, folder: Path, role: Role = "manager") -> None:
        self.file = folder / "lanewatch.db"
        self.store = Store(f"sqlite:///{self.file}")
        self.store.upgrade()
        self.orders = Orders(self.store)
        self.now_s = NOW_S
        self.holder = BoardHolder(EVERY_STATE)
        app = make_app(self.holder, CONFIG, lambda: self.now_s, Guard(Known(role)), self.orders)
        self.asker = Asker(app)

    def put(self, path: str, body: object) -> Any:
        reply = self.asker.send("PUT", PORT + path, body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def fast(self) -> dict[str, Any]:
        lane: dict[str, Any] = self.asker.get("/feed/v1/wait-times.json").json()["ports"][0]["lanes"][0]
        return lane


@pytest.fixture
def port(tmp_path: Path) -> Iterator[Port]:
    made = Port(tmp_path)
    yield made
    made.store.close()


def test_a_held_figure_is_unknown_until_it_is_released(port: Port) -> None:
    assert port.fast()["state"] == "measured"
    (order,) = port.put("/publication", HOLD)["orders"]
    assert (order["who"], order["at"], order["until"]) == (
        "anna",
        "2026-11-25T15:14:30Z",
        "2026-11-25T16:14:30Z",
    )
    held = port.fast()
    assert (held["state"], held["reason"], held["expected"], held["queue"]) == ("unknown", "held", None, None)
    assert held["actual"] is None
    assert port.asker.get(PORT + "/publication").json()["orders"] == [order]
    port.now_s += 60
    assert port.put("/publication", {**HOLD, "action": "release"})["orders"] == [order]
    assert port.fast()["state"] == "measured"
    assert port.put("/publication", {**HOLD, "action": "release"})["orders"] == []


def test_a_hold_ends_by_itself(port: Port) -> None:
    port.put("/publication", {**HOLD, "for_min": 5})
    port.now_s += 299
    assert port.fast()["reason"] == "held"
    port.now_s += 1
    assert port.fast()["state"] == "measured"


def test_a_figure_is_withdrawn_until_the_next_measurement(port: Port) -> None:
    port.put("/publication", {**HOLD, "action": "withdraw"})
    assert (port.fast()["state"], port.fast()["reason"]) == ("unknown", "withdrawn")
    port.holder.post(board(state("commercial/fast", "measured", MEASURED), at_s=NOW_S + 30))
    port.now_s += 30
    assert port.fast()["state"] == "unknown", "the same figure on a newer board"
    newer = MEASURED.__class__(1320.0, 1080.0, 1560.0, ("queue",), NOW_S + 20, NOW_S + 920)
    port.holder.post(board(state("commercial/fast", "measured", newer), at_s=NOW_S + 30))
    assert port.fast()["state"] == "measured"


def test_a_withdrawal_of_the_port_takes_every_figure_that_is_shown(port: Port) -> None:
    orders = port.put("/publication", {"action": "withdraw"})["orders"]
    assert [order["stream"] for order in orders] == ["commercial/fast", "commercial/standard"]
    assert port.asker.send("PUT", PORT + "/publication", {"action": "withdraw"}).status_code == 409


def test_the_same_order_twice_is_kept_once(port: Port) -> None:
    for path, body in (
        ("/publication", HOLD),
        ("/lanes/b5/staffing", {"state": "open"}),
        ("/notices", NOTICE),
        ("/publication", {**HOLD, "until": "2026-11-25T12:00:00-05:00"}),
    ):
        first = port.put(path, body)
        port.now_s += 2
        assert port.put(path, body) == first
    assert len(port.asker.get(PORT + "/orders").json()["orders"]) == 4


@pytest.mark.parametrize(
    "until", [{}, {"until": "2026-11-25T19:00:00Z"}], ids=["as usual", "until the end of the shift"]
)
def test_a_booth_that_closed_meanwhile_opens_again(until: dict[str, str], port: Port) -> None:
    for said in ("open", "closed", "open"):
        port.put("/lanes/b5/staffing", {"state": said, **until})
        port.now_s += 2
    spans = port.orders.book().staffing("ambassador", port.now_s)
    assert [span.state for span in spans if span.in_force(port.now_s)] == ["open"]


def test_an_announced_opening_is_brought_forward(port: Port) -> None:
    body = {"state": "open", "until": "2026-11-25T19:00:00Z"}
    port.put("/lanes/b5/staffing", {**body, "from": "2026-11-25T18:00:00Z"})
    port.put("/lanes/b5/staffing", body)
    (said, *_) = port.orders.book().staffing("ambassador", port.now_s)
    assert said.in_force(port.now_s)


def test_another_note_is_kept(port: Port) -> None:
    port.put("/publication", HOLD)
    assert port.put("/publication", {**HOLD, "note": "glare"})["orders"][0]["note"] == "glare"


def test_an_order_given_again_later_holds_longer(port: Port) -> None:
    port.put("/publication", HOLD)
    port.now_s += 1800
    port.put("/publication", HOLD)
    port.now_s += 3599
    assert port.fast()["reason"] == "held"


def test_staffing_is_announced_for_later_and_taken_back(port: Port) -> None:
    body = {"state": "open", "serves": ["commercial/fast"], "from": "2026-11-25T19:00:00Z", "note": "shift C"}
    order = port.put("/lanes/b5/staffing", body)
    assert (order["from"], order["until"]) == ("2026-11-25T19:00:00Z", "2026-11-26T03:00:00Z")
    (said,) = port.orders.book().staffing("ambassador", NOW_S, "us_bound")
    assert (said.lane, said.state, said.serves, said.note) == ("b5", "open", ("commercial/fast",), "shift C")
    assert port.asker.get(PORT + "/staffing").json()["orders"] == [order]
    taken = port.asker.send("DELETE", PORT + "/lanes/b5/staffing").json()
    assert taken["orders"] == [order]
    assert port.asker.get(PORT + "/staffing").json()["orders"] == []


def test_a_notice_stands_in_every_feed_that_has_a_place_for_it(port: Port) -> None:
    port.put("/notices", {**NOTICE, "direction": "us_bound"})
    for path in (
        "/feed/cbp/bwt.json",
        "/feed/cbp/bwt.xml",
        "/feed/cbp/rss/380001.xml",
        "/feed/v1/wait-times.json",
        "/feed/v1/wait-times.geojson",
        PORT + "/notices",
    ):
        assert "Two lanes closed." in port.asker.get(path).text, path
    assert "anna" not in port.asker.get(PORT + "/notices").text
    port.put("/notices", {"en": "One lane closed.", "fr": "Une voie fermée.", "direction": "us_bound"})
    feed = port.asker.get("/feed/v1/wait-times.json").json()
    assert [notice["fr"] for notice in feed["ports"][0]["notices"]] == ["Une voie fermée."]
    port.asker.send("DELETE", PORT + "/notices?direction=us_bound")
    assert port.asker.get(PORT + "/notices").json() == {"notices": []}


@pytest.mark.parametrize(
    ("case", "path", "body", "status", "words"),
    [
        ("a port that is not there", "x/publication", HOLD, 404, "no port 'ambassadorx'"),
        (
            "a stream that is not there",
            "/publication",
            {**HOLD, "stream": "commercial/bus"},
            404,
            "no stream",
        ),
        (
            "a stream without direction",
            "/publication",
            {"action": "hold", "stream": "commercial/fast"},
            422,
            "direc",
        ),
        ("a lane that is not there", "/lanes/b9/staffing", {"state": "open"}, 404, "there is b5"),
        (
            "a class that the lane cannot serve",
            "/lanes/b5/staffing",
            {"state": "open", "serves": ["passenger/bus"]},
            404,
            "no stream 'passenger/bus'",
        ),
        ("a state that is none", "/lanes/b5/staffing", {"state": "ajar"}, 422, "state: "),
        ("a key that is none", "/publication", {**HOLD, "till": 5}, 422, "till: "),
        ("too long", "/publication", {**HOLD, "for_min": 1441}, 422, "24 h at most"),
        ("no length at all", "/publication", {**HOLD, "for_min": 0}, 422, "for_min: "),
        ("infinitely long", "/publication", {**HOLD, "for_min": "1e999"}, 422, "for_min: "),
        (
            "it ends before it begins",
            "/publication",
            {**HOLD, "until": "2026-11-25T15:14:00Z"},
            422,
            "later `until`",
        ),
        (
            "an instant without a zone",
            "/publication",
            {**HOLD, "until": "2026-11-25T17:14:00"},
            422,
            "until: ",
        ),
        (
            "two lengths",
            "/publication",
            {**HOLD, "for_min": 5, "until": "2026-11-25T16:14:00Z"},
            422,
            "keep one",
        ),
        (
            "a withdrawal with a time",
            "/publication",
            {"action": "withdraw", "for_min": 5},
            422,
            "takes no time",
        ),
        (
            "staffing far ahead",
            "/lanes/b5/staffing",
            {"state": "open", "from": "2027-11-25T19:00:00Z"},
            422,
            "7 days",
        ),
        ("one language only", "/notices", {"en": "Closed."}, 422, "fr: "),
        ("an empty sentence", "/notices", {**NOTICE, "fr": " \n "}, 422, "French"),
        ("an endless sentence", "/notices", {**NOTICE, "fr": "x" * 301}, 422, "301 letters"),
        ("no JSON", "/notices", None, 422, "body: "),
    ],
)
def test_what_is_refused(case: str, path: str, body: object, status: int, words: str, port: Port) -> None:
    reply = port.asker.send("PUT", PORT + path, body)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert words in reply.json()["detail"], reply.text
    assert port.asker.get("/api/v1/audit").json() == {"entries": [], "before": None}


def test_control_characters_never_reach_a_feed(port: Port) -> None:
    order = port.put("/notices", {"en": "Closed\r\n\x00until  noon", "fr": "Fermé"})
    assert order["en"] == "Closed until noon"


def test_a_hold_of_the_port_is_not_released_for_one_stream(port: Port) -> None:
    port.put("/publication", {"action": "hold"})
    reply = port.asker.send("PUT", PORT + "/publication", {**HOLD, "action": "release"})
    assert reply.status_code == 409
    assert "Order 1 holds the whole port" in reply.json()["detail"]


def test_a_viewer_sees_but_does_not_order(tmp_path: Path) -> None:
    port = Port(tmp_path, role="viewer")
    for method, path in (
        ("PUT", "/publication"),
        ("PUT", "/notices"),
        ("DELETE", "/notices"),
        ("GET", "/../../audit"),
    ):
        assert port.asker.send(method, PORT + path, HOLD).status_code == 403, path
    assert port.asker.get(PORT + "/publication").status_code == 200


def test_orders_and_the_audit_are_read_in_pages_newest_first(port: Port) -> None:
    for minute in range(5):
        port.now_s = NOW_S + 120 * minute
        port.put("/publication", {**HOLD, "for_min": 10 + minute})
    for path, key in ((PORT + "/orders", "orders"), ("/api/v1/audit", "entries")):
        first = port.asker.get(path + "?limit=2").json()
        assert [entry["id"] for entry in first[key]] == [5, 4]
        second = port.asker.get(f"{path}?limit=2&before={first['before']}").json()
        assert [entry["id"] for entry in second[key]] == [3, 2]
        last = port.asker.get(f"{path}?limit=2&before={second['before']}").json()
        assert ([entry["id"] for entry in last[key]], last["before"]) == ([1], None)
        assert port.asker.get(path + "?limit=0").status_code == 422


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("from=2026-11-25T15:18:30Z", [5, 4, 3]),
        ("to=2026-11-25T15:18:30Z", [2, 1]),
        ("from=2026-11-25T15:16:30Z&to=2026-11-25T10:20:30-05:00", [3, 2]),
        ("from=2026-11-25T15:16:30Z&limit=2", [5, 4]),
        ("from=2026-11-26T00:00:00Z", []),
    ],
)
def test_orders_and_the_audit_of_a_stretch_of_time(asked: str, found: list[int], port: Port) -> None:
    """Orders at 15:14:30 and every two minutes after it: `from` is inside, `to` is not."""
    for minute in range(5):
        port.now_s = NOW_S + 120 * minute
        port.put("/publication", {**HOLD, "for_min": 10 + minute})
    query = asked.replace("+", "%2B")
    for path, key in ((PORT + "/orders", "orders"), ("/api/v1/audit", "entries")):
        assert [entry["id"] for entry in port.asker.get(f"{path}?{query}").json()[key]] == found


@pytest.mark.parametrize("path", [PORT + "/orders", "/api/v1/audit"])
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("from=yesterday", "from: "),
        ("from=2026-11-25T15:00:00", "from: "),
        ("from=2026-11-25T15:00:00Z&to=2026-11-25T15:00:00Z", "before `to`"),
    ],
)
def test_a_stretch_that_is_none_is_refused(path: str, asked: str, words: str, port: Port) -> None:
    reply = port.asker.get(f"{path}?{asked}")
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert words in reply.json()["detail"]


def test_the_audit_says_who_ordered_what_from_where(port: Port) -> None:
    port.put("/publication", {**HOLD, "note": "for us alone"})
    port.put("/publication", {**HOLD, "action": "release"})
    released, held = port.asker.get("/api/v1/audit").json()["entries"]
    assert {key: held[key] for key in ("who", "address", "what", "outcome")} == {
        "who": "anna",
        "address": "127.0.0.1",
        "what": "hold",
        "outcome": "done",
    }
    assert held["detail"] == "1 ambassador us_bound commercial/fast until 2026-11-25T16:14:30Z"
    assert (released["what"], released["detail"].split(" ")[:3]) == ("release", ["2", "ambassador", "1"])


def test_the_audit_of_a_withdrawal_says_up_to_which_measurement(port: Port) -> None:
    port.put("/publication", {**HOLD, "action": "withdraw"})
    (line,) = port.asker.get("/api/v1/audit").json()["entries"]
    assert line["detail"].startswith("1 ambassador us_bound commercial/fast 2026-11-25T15:14:")


def test_orders_outlive_a_restart_and_are_never_rewritten(port: Port) -> None:
    port.put("/publication", HOLD)
    port.put("/publication", {**HOLD, "action": "release"})
    port.put("/publication", {**HOLD, "for_min": 7})
    again = Orders(port.store)
    assert not again.is_read
    again.refresh(port.now_s)
    assert again.book().orders == port.orders.book().orders
    assert [order.kind for order in again.book().orders] == ["hold", "release", "hold"]
    again.refresh(port.now_s + 3 * 86400)
    assert again.book().orders == ()
    assert len(again.page(None, None, 10)) == 3


def test_a_database_that_is_away_is_said_and_the_book_stays(port: Port) -> None:
    port.put("/publication", HOLD)
    other = sqlite3.connect(port.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    reply = port.asker.send("PUT", PORT + "/publication", {"action": "hold"})
    assert reply.status_code == 503
    assert "Nothing was ordered" in reply.json()["detail"]
    assert port.fast()["reason"] == "held"
    other.close()
