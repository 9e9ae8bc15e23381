"""What is refused, as a program and as a person read it."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.board import BoardHolder
from dashboard.orders.rules import port_of
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.browser.served import Served
from tests.dashboard.feed_cases import CONFIG, EMPTY, NOW_S


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S)

    def broken() -> None:
        raise RuntimeError("secret words")

    def lost() -> None:
        port_of(CONFIG, "nowhere")

    app.add_api_route("/api/v1/lost", lost)
    app.add_api_route("/api/v1/broken", broken)
    app.add_api_route("/broken", broken)
    return app


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/api/v1/nothing", 404, "There is nothing at this address"),
        ("GET", "/feed/v1/nothing.json", 404, "There is nothing at this address"),
        ("GET", "/feed/cbp/rss/000000.xml", 404, "No port here has this number"),
        ("GET", "/feed/wsdot/crossings.json?callback=alert(1)", 400, "plain JavaScript name"),
        ("DELETE", "/feed/v1/wait-times.json", 405, "does not take that method"),
        ("POST", "/api/bwtnew", 405, "does not take that method"),
        ("GET", "/api/bwtrss/rssbyportnum/html/zzz/1", 422, "part: "),
        ("GET", "/widget?class=none", 422, "class: "),
        ("GET", "/api/v1/lost", 404, "There is no port 'nowhere'; there is ambassador."),
        ("GET", "/api/v1/ports/nowhere/forecast?arrive_at=2026-11-25T15:20:00Z", 404, "There is no port"),
        ("GET", "/manager/ports/nowhere", 404, "There is no port"),
        ("GET", "/api/v1/broken", 500, "a fault of ours"),
        ("GET", "/static/none.css", 404, "There is nothing at this address"),
        ("GET", "/%00", 404, "There is nothing at this address"),
        ("BREW", "/", 405, "does not take that method"),
        ("POST", "/api/v1/ports/ambassador/whatif", 422, "body: "),
    ],
)
def test_every_refusal_is_a_problem_document(
    method: str, path: str, status: int, words: str, app: FastAPI
) -> None:
    reply = Asker(app, raises=False).ask(method, path)
    assert reply.headers["content-type"] == "application/problem+json"
    told = reply.json()
    assert (reply.status_code, told["status"], told["type"]) == (status, status, "about:blank")
    assert words in told["detail"]
    assert "secret words" not in reply.text


@pytest.mark.parametrize(
    ("path", "language", "words", "home"),
    [("/nowhere", "en", "No such page", "/"), ("/fr/p/nowhere", "fr", "Page introuvable", "/fr")],
)
def test_a_person_who_is_lost_finds_the_way_back(
    path: str, language: str, words: str, home: str, app: FastAPI
) -> None:
    reply = Asker(app).get(path, {"Accept": "text/html,application/xhtml+xml"})
    assert (reply.status_code, reply.headers["content-language"]) == (404, language)
    assert words in reply.text
    assert f'<a href="{home}">' in reply.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/widget?class=none", 422, "That did not work"),
        ("/fr/p/nowhere", 404, "Page introuvable"),
        ("/broken", 500, "a fault of ours"),
    ],
)
def test_a_person_reads_a_page(path: str, status: int, words: str, app: FastAPI) -> None:
    reply = Asker(app, raises=False).get(path, {"Accept": "text/html"})
    assert (reply.status_code, reply.headers["cache-control"]) == (status, "no-store")
    assert reply.headers["content-type"].startswith("text/html")
    assert words in reply.text


def test_who_reads_french_is_refused_in_french(app: FastAPI) -> None:
    reply = Asker(app).get("/api/v1/nothing", {"Accept-Language": "fr-CA"})
    assert reply.headers["content-language"] == "fr"
    assert reply.json()["detail"].startswith("Il n’y a rien à cette adresse")


def test_who_sends_far_too_much_hears_so_over_a_real_socket(app: FastAPI) -> None:
    served = Served(lambda _holder, _now: app, EMPTY, NOW_S)
    served.start()
    try:
        url = f"{served.url}/api/v1/ports/ambassador/whatif"
        reply = httpx.post(url, content=b"x" * 4_000_000, trust_env=False)
    finally:
        served.stop()
    assert (reply.status_code, reply.json()["status"]) == (413, 413)


@pytest.mark.parametrize(
    ("language", "detail"),
    [("en", "body: JSON is malformed: Expecting value"), ("fr", "body : JSON mal formé (Expecting value)")],
)
def test_a_body_that_is_no_json_is_told_in_words(app: FastAPI, language: str, detail: str) -> None:
    client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000))
    headers = {"Content-Type": "application/json", "Accept-Language": language}
    reply = client.post("/api/v1/ports/ambassador/whatif", content=b"no JSON", headers=headers)
    assert (reply.status_code, reply.json()["detail"].replace("\u202f", " ")) == (422, detail)
