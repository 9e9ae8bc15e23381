"""The description of the API: FastAPI's, completed with words, examples and problem documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from importlib import metadata
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from dashboard.access.guard import CSRF_HEADER
from dashboard.access.sign_in import COOKIE
from dashboard.config import CentralConfig
from dashboard.feeds.instants import iso_z
from dashboard.web.problems import MEDIA_TYPE
from dashboard.web.public.examples import IDS, parameter_examples
from dashboard.web.public.operation import DESK, JSON, TAGS, Operation
from dashboard.web.public.operations import operations
from dashboard.web.public.shapes import schemas

Json = dict[str, Any]
HOUR_S = 3600.0
EXAMPLE_MOST_S = 1.5 * HOUR_S
"""The described arrival is at most this far ahead, and at least an hour less."""

DESCRIPTION = """\
Waits at border crossings, measured by cameras beside the lanes.

Times are UTC (`2026-11-25T15:34:30Z`), durations seconds. A figure that is not known is null with its reason,
never 0 and never the last value again. Ranges of time are `from` (inclusive) and `to` (exclusive). Lists that
can grow are paged: `limit` entries, newest first; the answer's `before` asks for the next page, null ends it.
Feeds carry `Cache-Control` and `ETag`, answer `If-None-Match` or `If-Modified-Since` with 304, and may be
read from any origin.
`/api/v1/stream?part=public` sends a `stream` event for each stream that changed, the entry of wait-times.json
with its `port` and `at`, and a `beat` every 5 s. With `Last-Event-ID` it goes on from there (`hello` says
`resumed`), else it begins with all that is known.
What is refused is told by a problem document (RFC 9457).
"""
PROBLEM: Json = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "one sentence for the one who asked"},
    },
}
PROBLEM_EXAMPLE: Json = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no port 'nowhere'; there is ambassador.",
}
TEXT: Json = {"type": "string"}
SIGN_IN: Json = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": f"as given at sign-in; changes need {CSRF_HEADER} too, or our own page",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "as `lanewatch-port token add` printed it",
    },
}


def operation_id(route: APIRoute) -> str:
    """`put-api-v1-ports-port-notices`: one for each method and path."""
    method = min(route.methods or {"GET"}).lower()
    return f"{method}{re.sub(r'[^a-z0-9]+', '-', route.path.lower())}"


def describe(app: FastAPI, config: CentralConfig) -> Json:
    """The OpenAPI document of all routes that are no pages; examples of parameters are those of `config`."""
    document = get_openapi(
        title="lanewatch",
        version=metadata.version("lanewatch"),
        summary="Waits at border crossings",
        description=DESCRIPTION,
        routes=app.routes,
        tags=[
            {"name": tag, "description": words[0], "x-description-fr": words[1]}
            for tag, words in TAGS.items()
        ],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/"}],
    )
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update({**schemas(), "Problem": PROBLEM})
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["securitySchemes"] = SIGN_IN
    components["responses"] = {
        "Problem": {
            "description": "Refused",
            "content": {MEDIA_TYPE: {"schema": _reference("Problem"), "example": PROBLEM_EXAMPLE}},
        }
    }
    told, examples = operations(), parameter_examples(config)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, told.get(f"{method.upper()} {path}"))
            _give_examples(operation.get("parameters", ()), examples)
    return document


def _give_examples(parameters: Iterable[Json], examples: Mapping[str, str]) -> None:
    for parameter in parameters:
        if parameter["name"] in examples and (parameter["in"] == "path" or parameter["name"] in IDS):
            parameter["example"] = examples[parameter["name"]]


def example_since(now_s: float) -> float:
    """Since when (UTC seconds) the described arrival is what it is: it moves on at half past each hour."""
    return (now_s + EXAMPLE_MOST_S) // HOUR_S * HOUR_S - EXAMPLE_MOST_S


def forecast_since(document: Json, since_s: float) -> Json:
    """The document with an arrival that can be asked for from `since_s` for an hour: a whole hour."""
    said = deepcopy(document)
    for parameter in said["paths"]["/api/v1/ports/{port}/forecast"]["get"]["parameters"]:
        if parameter["name"] == "arrive_at":
            parameter["example"] = iso_z(since_s + EXAMPLE_MOST_S)
    return said


def _complete(operation: Json, told: Operation | None) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    if told is None:
        return
    operation["summary"], operation["x-summary-fr"], operation["tags"] = told.en, told.fr, [told.tag]
    schema = _reference(told.schema) if told.schema else {} if told.media_type == JSON else TEXT
    content = {told.media_type: {"schema": schema, "example": told.example}}
    responses["200"] = {"description": "Answered", "content": content}
    for status, media_type, example in told.also:
        other = responses.setdefault(f"{status}", {"description": "Answered, as text", "content": {}})
        other["content"][media_type] = {"schema": TEXT, "example": example}
    if told.tag == DESK:
        operation["security"] = [{"session": []}, {"token": []}]


def _reference(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}
