"""The public pages over HTTP, each in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse

from dashboard.feeds.clocks import Language
from dashboard.feeds.values import Published, PublishedForecast, PublishedStream
from dashboard.orders.rules import port_of
from dashboard.portconfig import DirectionConfig, LaneClass, PortConfig, Traffic
from dashboard.waits.roll import MOST_S
from dashboard.web.forecast import told_at
from dashboard.web.french import in_french
from dashboard.web.pages import render, traveller_page
from dashboard.web.problems import ProblemError
from dashboard.web.public.api_page import api_view
from dashboard.web.public.dispatch import dispatch_view
from dashboard.web.public.frame import LANGUAGES, address
from dashboard.web.public.guide import guide_view
from dashboard.web.public.lost import lost_view
from dashboard.web.public.openapi import describe, example_since, forecast_since
from dashboard.web.public.recent import Recent
from dashboard.web.public.widget import Choice, widget_view
from dashboard.web.replies import feed_reply
from dashboard.web.shield import FRAMED_POLICY
from dashboard.web.source import Source

MAX_AGE_S = 5
DOCS_MAX_AGE_S = 300


def add_public(app: FastAPI, source: Source) -> None:
    """Every public page."""
    recent = Recent(source.history, source.now)
    described = cache(lambda: describe(app, source.config))
    _add_openapi(app, source, described)
    for language in LANGUAGES:
        _add_waits(app, source, recent, language)
        _add_api(app, described, language)
        _add_guide(app, source, language)
        _add_dispatch(app, source, language)
    _add_widget(app, source)


def html_reply(html: str, language: Language, max_age_s: int = MAX_AGE_S) -> Response:
    """A public page."""
    headers = {"Content-Language": language, "Cache-Control": f"public, max-age={max_age_s}"}
    return HTMLResponse(html, headers=headers)


def add_page(app: FastAPI, path: str, answer: Callable[..., Response]) -> None:
    """A page is for people: it stands in no API document."""
    app.add_api_route(path, answer, include_in_schema=False)


def lost_page(request: Request, status: int, sentence: str) -> Response:
    """Where there is no page for this reader: why, and the way back, in the language of the address."""
    french = request.url.path == "/fr" or request.url.path.startswith("/fr/")
    language: Language = "fr" if french else "en"
    told = in_french(sentence) or sentence if french else sentence
    reply = html_reply(render("lost.html", lost_view(language, status, told)), language)
    reply.status_code = status
    return reply


def _add_waits(app: FastAPI, source: Source, recent: Recent, language: Language) -> None:
    def waits(said: Published, path: str) -> Response:
        html = traveller_page(
            said,
            language,
            valid_s=source.config.valid_s,
            in_trouble=source.trouble() is not None,
            path=path,
            past=recent.past,
        )
        return html_reply(html, language)

    def every_port() -> Response:
        return waits(source.published(), "/")

    def one_port(port: str) -> Response:
        port_of(source.config, port)
        said = source.published()
        chosen = tuple(one for one in said.ports if one.config.id == port)
        return waits(replace(said, ports=chosen), f"/p/{port}")

    add_page(app, address("/", language), every_port)
    add_page(app, address("/p/{port}", language), one_port)


def _add_openapi(app: FastAPI, source: Source, described: Callable[[], dict[str, Any]]) -> None:
    begun_s = source.now()

    @lru_cache(maxsize=1)
    def body(since_s: float) -> bytes:
        said = forecast_since(described(), since_s)
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    def openapi(request: Request) -> Response:
        since_s = example_since(source.now())
        at_s = int(max(begun_s, since_s))
        return feed_reply(request, body(since_s), "application/json", at_s=at_s, max_age_s=DOCS_MAX_AGE_S)

    add_page(app, "/api/v1/openapi.json", openapi)


def _add_api(app: FastAPI, described: Callable[[], dict[str, Any]], language: Language) -> None:
    def api() -> Response:
        return html_reply(render("api.html", api_view(described(), language)), language, DOCS_MAX_AGE_S)

    add_page(app, address("/api", language), api)


def _add_guide(app: FastAPI, source: Source, language: Language) -> None:
    def guide(request: Request) -> Response:
        view = guide_view(source.published(), source.config.terms, str(request.base_url), language)
        return html_reply(render("guide.html", view), language)

    add_page(app, address("/feed", language), guide)


def _add_dispatch(app: FastAPI, source: Source, language: Language) -> None:
    def ahead(
        port: PortConfig, direction: DirectionConfig, stream: PublishedStream, at_s: int
    ) -> PublishedForecast | None:
        if not 0 <= at_s - source.now() <= MOST_S:
            return None
        told, _ = told_at(source, port, direction, stream, at_s)
        if told is None:
            return None
        return PublishedForecast(at_s, round(told.wait_s), round(told.low_s), round(told.high_s))

    def dispatch(arrive_at: Annotated[str | None, Query(max_length=20)] = None) -> Response:
        view = dispatch_view(source.published(), language, arrive_at, source.config.valid_s, ahead)
        return html_reply(render("dispatch.html", view), language)

    add_page(app, address("/dispatch", language), dispatch)


def _add_widget(app: FastAPI, source: Source) -> None:
    def widget(
        port: str | None = None,
        direction: str | None = None,
        traffic: Traffic | None = None,
        lane_class: Annotated[LaneClass | None, Query(alias="class")] = None,
        lang: Language = "en",
    ) -> Response:
        said = source.published()
        chosen = [one for one in said.ports if port in (None, one.config.id)][:1]
        trouble = source.trouble() is not None
        choice = Choice(direction, traffic, lane_class)
        views = [
            widget_view(said, one, choice, lang, valid_s=source.config.valid_s, in_trouble=trouble)
            for one in chosen
        ]
        if not views or views[0] is None:
            raise ProblemError(404, "Nothing fits this choice; /feed says what can be asked for.")
        reply = html_reply(render("widget.html", views[0]), lang)
        reply.headers["Content-Security-Policy"] = FRAMED_POLICY
        return reply

    add_page(app, "/widget", widget)
