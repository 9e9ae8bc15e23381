"""The public pages over HTTP, each in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse

from dashboard.feeds.clocks import Language
from dashboard.feeds.values import Published
from dashboard.web.pages import traveller_page
from dashboard.web.problems import ProblemError
from dashboard.web.public.frame import LANGUAGES, address
from dashboard.web.public.recent import Recent
from dashboard.web.source import Source

METHODS = ["GET", "HEAD"]
MAX_AGE_S = 5


def add_public(app: FastAPI, source: Source) -> None:
    """Every public page."""
    recent = Recent(source.history, source.now)
    for language in LANGUAGES:
        _add_waits(app, source, recent, language)


def html_reply(html: str, language: Language, max_age_s: int = MAX_AGE_S) -> Response:
    """A public page."""
    headers = {"Content-Language": language, "Cache-Control": f"public, max-age={max_age_s}"}
    return HTMLResponse(html, headers=headers)


def add_page(app: FastAPI, path: str, answer: Callable[..., Response]) -> None:
    """A page is for people: it stands in no API document."""
    app.add_api_route(path, answer, methods=METHODS, include_in_schema=False)


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
        said = source.published()
        chosen = tuple(one for one in said.ports if one.config.id == port)
        if not chosen:
            raise ProblemError(404, f"port.yaml names no port {port!r}.")
        return waits(replace(said, ports=chosen), f"/p/{port}")

    add_page(app, address("/", language), every_port)
    add_page(app, address("/p/{port}", language), one_port)
