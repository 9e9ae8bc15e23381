"""What is refused, as a program and as a person read it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from dashboard.board import BoardHolder
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import CONFIG, EMPTY, NOW_S


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S)

    def broken() -> None:
        raise RuntimeError("secret words")

    app.add_api_route("/api/v1/broken", broken)
    return app


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/api/v1/nothing", 404, "Not Found"),
        ("GET", "/feed/v1/nothing.json", 404, "Not Found"),
        ("GET", "/feed/cbp/rss/000000.xml", 404, "No port here has this number"),
        ("GET", "/feed/wsdot/crossings.json?callback=alert(1)", 400, "plain JavaScript name"),
        ("DELETE", "/feed/v1/wait-times.json", 405, "Method Not Allowed"),
        ("POST", "/api/bwtnew", 405, "Method Not Allowed"),
        ("GET", "/api/bwtrss/rssbyportnum/html/zzz/1", 422, "part: "),
        ("GET", "/widget?class=none", 422, "class: "),
        ("GET", "/api/v1/broken", 500, "a fault of ours"),
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
