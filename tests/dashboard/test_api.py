"""The description of the API: valid, complete, and true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from openapi_spec_validator import validate

from dashboard.access.guard import Guard
from dashboard.access.pages import add_access
from dashboard.access.sign_in import SignIn
from dashboard.accuracy.pairs import Pairs
from dashboard.board import Board, BoardHolder
from dashboard.feeds.wait_times import wait_times
from dashboard.metrics.metrics import Metrics
from dashboard.official.figures import Figures
from dashboard.orders.orders import Orders
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.web.app import make_app
from dashboard.web.public.openapi import describe
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import SCENES
from tests.dashboard.feed_cases import CONFIG, EMPTY, EVERY_STATE, NOW_S

Json = dict[str, Any]
OPENAPI = "/api/v1/openapi.json"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application with everything that it can have, and what `serve` adds to it."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('api') / 'lanewatch.db'}")
    store.upgrade()
    holder = BoardHolder(EVERY_STATE)
    people = SignIn(store, lambda: NOW_S)
    guard = Guard(people)
    app = make_app(
        holder,
        CONFIG,
        lambda: NOW_S,
        guard,
        orders=Orders(store),
        history=History(store),
        figures=Figures(store),
        pairs=Pairs(store),
        store=store,
    )
    add_access(app, people, guard)
    Metrics(CONFIG, holder, lambda: NOW_S, lambda: NOW_S).add_to(app, guard)
    yield app
    store.close()


@pytest.fixture(scope="module")
def document(app: FastAPI) -> Json:
    return dict(Asker(app).get(OPENAPI).json())


def test_it_is_valid_openapi(document: Json) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_route_is_described_or_is_a_page(app: FastAPI, document: Json) -> None:
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    described = {
        f"{method} {route.path}"
        for route in routes
        if route.include_in_schema
        for method in route.methods or ()
    }
    assert described == {
        f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods
    }
    pages = {route.path for route in routes if not route.include_in_schema} - {OPENAPI}
    assert not [path for path in pages if path.startswith(("/feed/", "/api/", "/xml/", "/bwt-taf/"))]


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_says_what_it_is_for_in_both_languages_with_an_example(document: Json) -> None:
    for name, operation in operations(document):
        where = f"{name}: say it in dashboard/web/public/operations.py or desk_operations.py"
        assert operation.get("tags"), where
        assert operation["x-summary-fr"] != operation["summary"], where
        content = operation["responses"]["200"]["content"]
        assert all(told["example"] for told in content.values()), where


def test_what_changes_something_asks_for_sign_in_and_shows_what_to_send(document: Json) -> None:
    for name, operation in operations(document):
        if name.startswith(("PUT", "POST", "PATCH")):
            body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[
                -1
            ]
            assert document["components"]["schemas"][body]["examples"], name
        if not name.startswith("GET"):
            assert operation["security"], name


@pytest.mark.parametrize(
    ("case", "board", "now_s"),
    [
        ("every state", EVERY_STATE, NOW_S),
        ("nothing measured", EMPTY, NOW_S),
        ("stale", EVERY_STATE, NOW_S + 901),
        *((name, scene.board, scene.now_s) for name, scene in SCENES.items() if scene.config is CONFIG),
    ],
)
def test_the_feed_has_the_described_shape(case: str, board: Board, now_s: float, document: Json) -> None:
    schema = {"$ref": "#/components/schemas/WaitTimes", "components": document["components"]}
    jsonschema.validate(wait_times(board, CONFIG, now_s), schema)


def test_the_example_has_the_described_shape_and_every_key(document: Json) -> None:
    content = document["paths"]["/feed/v1/wait-times.json"]["get"]["responses"]["200"]["content"]
    example = content["application/json"]["example"]
    schema = {"$ref": "#/components/schemas/WaitTimes", "components": document["components"]}
    jsonschema.validate(example, schema)
    states = [lane["state"] for lane in example["ports"][0]["lanes"]]
    assert states == ["measured", "at_least", "closed"]
    assert (
        document["components"]["schemas"]["Lane"]["properties"].keys()
        == example["ports"][0]["lanes"][0].keys()
    )


WITHOUT_END = {"/api/v1/stream"}


def test_every_answer_without_parameters_is_as_described(app: FastAPI, document: Json) -> None:
    asked = 0
    for path, methods in document["paths"].items():
        told = methods.get("get", {"security": True})
        if "{" in path or "security" in told or path in WITHOUT_END:
            continue
        reply = Asker(app).get(path)
        content = told["responses"][str(reply.status_code)]["content"]
        described = content[reply.headers["content-type"].partition(";")[0]]["schema"]
        body = reply.json() if "json" in reply.headers["content-type"] else reply.text
        jsonschema.validate(body, {**described, "components": document["components"]})
        asked += 1
    assert asked > 20


def test_every_parameter_of_a_path_has_an_example_and_what_is_public_answers_it(
    app: FastAPI, document: Json
) -> None:
    asked = 0
    for path, methods in document["paths"].items():
        for told in methods.values():
            taken = [one for one in told.get("parameters", ()) if one["in"] == "path"]
            assert {one["name"] for one in taken if one.get("example")} == set(re.findall(r"{(\w+)}", path))
        get = methods.get("get", {"security": True})
        if "{" in path and "security" not in get:
            needed = {one["name"]: one["example"] for one in get["parameters"] if one.get("required")}
            query = urlencode({name: value for name, value in needed.items() if f"{{{name}}}" not in path})
            reply = Asker(app).get(f"{path.format(**needed)}?{query}")
            assert (path, reply.status_code) == (path, 200)
            asked += 1
    assert asked >= 5


def test_an_example_is_of_what_is_served_here() -> None:
    other = CONFIG.ports[0].model_copy(update={"id": "elsewhere"})
    app = make_app(BoardHolder(EMPTY), CONFIG.model_copy(update={"ports": (other,)}), lambda: NOW_S)
    parameters = Asker(app).get(OPENAPI).json()["paths"]["/api/v1/ports/{port}/forecast"]["get"]["parameters"]
    assert {one["name"]: one["example"] for one in parameters} == {
        "port": "elsewhere",
        "arrive_at": "2026-11-25T16:00:00Z",
        "direction": "us_bound",
        "stream": "commercial/fast",
    }


@pytest.mark.parametrize("callback", ["show", None])
def test_the_two_kinds_of_wsdot_are_described(callback: str | None, app: FastAPI, document: Json) -> None:
    path = "/feed/wsdot/crossings.json"
    reply = Asker(app).get(f"{path}?callback={callback}" if callback else path)
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    assert reply.headers["content-type"].partition(";")[0] in content


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        ("/feed/v1/wait-times.json", "GET, HEAD"),
        ("/FEED/cbp/bwt.xml", "GET, HEAD"),
        ("/manager", "GET, HEAD"),
        ("/api/v1/ports/ambassador/notices", "DELETE, GET, HEAD, PUT"),
        ("/api/v1/ports/ambassador/publication", "GET, HEAD, PUT"),
        ("/api/v1/ports/ambassador/lanes/b5/staffing", "DELETE, PUT"),
        ("/api/v1/ports/ambassador/whatif", "POST"),
    ],
)
def test_who_uses_another_method_is_told_all_that_the_address_takes(
    path: str, takes: str, app: FastAPI
) -> None:
    reply = Asker(app).ask("PATCH", path)
    assert (reply.status_code, reply.headers["allow"]) == (405, takes)


@pytest.mark.parametrize(("path", "language"), [("/api", "en"), ("/fr/api", "fr")])
def test_the_reference_is_a_page_in_both_languages(
    path: str, language: str, app: FastAPI, document: Json
) -> None:
    html = Asker(app).get(path).text
    assert f'<html lang="{language}">' in html
    assert html.count('<section class="operation"') == len(list(operations(document)))
    assert not re.findall(r'(?:src|href|action)="(?![/#])', html)


@pytest.mark.parametrize(
    "path", ["/feed/v1/wait-times.json", "/API/bwtnew", OPENAPI, "/feed/cbp/rss/none.xml"]
)
def test_any_origin_may_read_what_is_public_also_a_refusal(path: str, app: FastAPI) -> None:
    reply = Asker(app).get(path, {"Origin": "https://elsewhere.example"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers


@pytest.mark.parametrize(
    "path",
    ["/api/v1/ports/ambassador/forecast?arrive_at=2026-11-25T16:00:00Z", "/api/v1/ports/ambassador/notices"],
)
def test_what_is_public_of_a_port_is_open_and_cacheable_like_a_feed(path: str, app: FastAPI) -> None:
    elsewhere = {"Origin": "https://elsewhere.example"}
    reply = Asker(app).get(path, elsewhere)
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, "*")
    assert reply.headers["cache-control"].startswith("public, max-age=5")
    assert Asker(app).get(path, {"If-None-Match": reply.headers["etag"]}).status_code == 304
    for method, status in (("GET", 204), ("PUT", 405)):
        asked = {**elsewhere, "Access-Control-Request-Method": method}
        before = Asker(app).ask("OPTIONS", path, asked)
        assert (before.status_code, "access-control-allow-origin" in before.headers) == (
            status,
            method == "GET",
        )


@pytest.mark.parametrize(
    "path",
    [
        *("/manager", "/api/v1/audit", "/api/v1/ports/ambassador/staffing"),
        *("/api/v1/ports/ambassador/orders", "/api/v1/ports/ambassador/official", "/api/v1/nothing"),
    ],
)
def test_no_other_origin_may_read_the_desk_and_no_cache_keeps_it(path: str, app: FastAPI) -> None:
    reply = Asker(app).get(path, {"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in reply.headers
    assert reply.headers["cache-control"] == "no-store"


def test_a_browser_may_ask_before_it_reads_with_an_etag(app: FastAPI) -> None:
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    reply = Asker(app).ask("OPTIONS", "/feed/v1/wait-times.json", asked)
    assert (reply.status_code, reply.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    assert "If-None-Match" in reply.headers["access-control-allow-headers"]


def test_a_browser_may_come_back_to_the_stream_from_any_origin(app: FastAPI) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Headers": "last-event-id"}
    before = {
        method: Asker(app).ask(
            "OPTIONS", "/api/v1/stream", {**asked, "Access-Control-Request-Method": method}
        )
        for method in ("GET", "POST")
    }
    assert {method: reply.status_code for method, reply in before.items()} == {"GET": 204, "POST": 405}
    assert "Last-Event-ID" in before["GET"].headers["access-control-allow-headers"]


def test_a_page_of_another_origin_sees_the_etag_of_all_that_is_public(app: FastAPI, document: Json) -> None:
    seen = 0
    for path, methods in document["paths"].items():
        told = methods.get("get", {"security": True})
        if "security" in told or path in WITHOUT_END or path in ("/healthz", "/readyz"):
            continue
        needed = {one["name"]: one["example"] for one in told.get("parameters", ()) if one.get("required")}
        reply = Asker(app).get(f"{path.format(**needed)}?{urlencode(needed)}")
        assert "ETag" in reply.headers.get("access-control-expose-headers", ""), path
        assert reply.headers["etag"], path
        seen += 1
    assert seen > 25


def test_an_example_is_one_of_the_words_that_are_taken(document: Json) -> None:
    for name, operation in operations(document):
        for one in operation.get("parameters", ()):
            kinds = one["schema"].get("anyOf", [one["schema"]])
            words = [word for kind in kinds for word in kind.get("enum", ())]
            assert not words or one.get("example", words[0]) in words, (name, one)


@pytest.mark.parametrize("path", ["/", "/feed/v1/wait-times.json", "/static/public.css", "/api", OPENAPI])
def test_head_has_the_headers_of_get_and_no_body(path: str) -> None:
    client = Asker(make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S))
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


def test_the_description_is_the_same_each_time(app: FastAPI) -> None:
    assert describe(app, CONFIG) == describe(app, CONFIG)
