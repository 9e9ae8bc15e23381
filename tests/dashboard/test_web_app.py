"""Routes, headers and health of the web side."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard.board import Board, BoardHolder, Lack
from dashboard.orders.orders import Orders
from dashboard.store.store import Store
from dashboard.web.app import STATIC, make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import CONFIG, EMPTY, EVERY_STATE, NOW_S

AWAY = Lack("broker", "the broker at 10.0.0.7:8883 cannot be reached")


def client_of(board: Board, now_s: float = NOW_S) -> Asker:
    return Asker(make_app(BoardHolder(board), CONFIG, lambda: now_s))


def test_the_feed_is_computed_when_it_is_asked_for() -> None:
    holder, now = BoardHolder(EMPTY), [NOW_S]
    client = Asker(make_app(holder, CONFIG, lambda: now[0]))

    def state() -> str:
        return str(client.get("/feed/v1/wait-times.json").json()["ports"][0]["lanes"][0]["state"])

    assert state() == "unknown"
    holder.post(EVERY_STATE)
    assert state() == "measured"
    now[0] += 901
    assert state() == "unknown"


def test_feed_headers_and_not_modified() -> None:
    client = client_of(EVERY_STATE)
    first = client.get("/feed/v1/wait-times.json")
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["cache-control"].startswith("public, max-age=5, stale-while-revalidate=5")
    assert first.headers["last-modified"] == "Wed, 25 Nov 2026 15:14:30 GMT"
    again = client.get("/feed/v1/wait-times.json", headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/feed/v1/wait-times.json", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


SIGNED_IN = [{"Cookie": "session=x"}, {"Authorization": "Bearer x"}]


@pytest.mark.parametrize("who", [{}, *SIGNED_IN])
@pytest.mark.parametrize(
    "path",
    [
        "/feed/v1/wait-times.json",
        "/FEED/cbp/bwt.xml",
        "/bwt-taf/bwt-eng.csv",
        "/api/v1/ports/ambassador/notices",
        "/static/public.css",
    ],
)
def test_what_is_the_same_for_all_is_answered_by_date_whoever_asks(path: str, who: dict[str, str]) -> None:
    client = client_of(EVERY_STATE)
    if path.endswith("notices"):
        store = Store("sqlite://")
        store.upgrade()
        made = make_app(BoardHolder(EVERY_STATE), CONFIG, lambda: NOW_S, orders=Orders(store))
        client = Asker(made)
    anybody, first = client.get(path), client.get(path, {"Accept-Encoding": "br", **who})
    assert first.headers["cache-control"] == anybody.headers["cache-control"]
    assert first.headers["vary"] == "Accept-Encoding"
    again = client.get(path, {"If-Modified-Since": first.headers["last-modified"], **who})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("who", SIGNED_IN)
@pytest.mark.parametrize("path", ["/manager", "/", "/api/v1/ports/ambassador/events"])
def test_what_may_depend_on_who_asks_is_made_for_each(path: str, who: dict[str, str]) -> None:
    reply = client_of(EVERY_STATE).get(path, who)
    assert "last-modified" not in reply.headers
    since = {"If-Modified-Since": "Wed, 25 Nov 2026 15:14:30 GMT"}
    assert client_of(EVERY_STATE).get(path, {**who, **since}).status_code == reply.status_code


def test_feed_paths_are_read_in_any_letter_case() -> None:
    assert client_of(EMPTY).get("/Feed/V1/Wait-Times.JSON").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/feed/v1/wait-times.json"])
def test_head_is_answered(path: str) -> None:
    assert client_of(EMPTY).head(path).status_code == 200


@pytest.mark.parametrize(
    ("case", "board", "later_s", "status", "words"),
    [
        ("a fresh board is ready", EMPTY, 0.0, 200, "ready"),
        ("who is away is said, not where", replace(EMPTY, trouble=AWAY), 0.0, 503, "not ready: broker"),
        ("an old board is said", EMPTY, 1000.0, 503, "not ready: figures"),
    ],
)
def test_readyz(case: str, board: Board, later_s: float, status: int, words: str) -> None:
    reply = client_of(board, NOW_S + later_s).get("/readyz")
    assert (reply.status_code, reply.text) == (status, words)


def test_every_answer_is_shielded() -> None:
    for path in ("/healthz", "/nothing-here"):
        headers = client_of(EMPTY).get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("place", [0, 1])
def test_desk_and_public_pages_share_their_colours(place: int) -> None:
    """They stand in two files, since one more request costs a traveller more than a few lines cost us."""
    root, token = re.compile(r":root \{(.*?)\}", re.DOTALL), re.compile(r"(--[\w-]+): (#[0-9a-f]+);")
    sheets = [(STATIC / name).read_text() for name in ("public.css", "desk/desk.css")]
    public, desk = (dict(token.findall(root.findall(sheet)[place])) for sheet in sheets)
    shared = public.keys() & desk.keys()
    assert len(shared) >= 10
    assert {name: desk[name] for name in shared} == {name: public[name] for name in shared}
