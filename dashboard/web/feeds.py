"""One table of the feeds with a fixed address, and the routes that answer with a choice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds import (
    cbp_json,
    cbp_rss,
    cbp_xml,
    cbsa,
    cbsa_html,
    drivebc,
    geojson,
    wait_times,
    wsdot,
    wsdot_xml,
)
from dashboard.feeds.bound import Country, bound_for, carries
from dashboard.feeds.cbp import CbpPort, cbp_ports
from dashboard.feeds.cbp_rss import Part
from dashboard.feeds.values import Published
from dashboard.web.problems import ProblemError
from dashboard.web.replies import feed_reply
from dashboard.web.source import Source

OWN_MAX_AGE_S = 5
MAX_AGE_S = 30
JSON, XML = "application/json", "application/xml"
CSV, HTML = "text/csv; charset=utf-8", "text/html; charset=utf-8"
METHODS = ["GET"]
WSDOT_SERVICE = "/traffic/api/bordercrossings/bordercrossingsrest.svc/getbordercrossingsas"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Feed:
    """A document with its addresses, all in lower case (shield.AnyCaseFeeds).

    `country`: it carries directions into that country only; without one all its rows are unknown.
    """

    paths: tuple[str, ...]
    media_type: str
    render: Callable[[Published], bytes]
    max_age_s: int = MAX_AGE_S
    country: Country | None = None


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


FEEDS = (
    Feed(("/feed/v1/wait-times.json",), JSON, lambda said: _json(wait_times.document(said)), OWN_MAX_AGE_S),
    Feed(
        ("/feed/v1/wait-times.geojson",),
        "application/geo+json",
        lambda said: _json(geojson.document(said)),
        OWN_MAX_AGE_S,
    ),
    Feed(
        ("/feed/cbp/bwt.json", "/api/bwtnew", "/api/waittimes", "/api/bwtpublicmod"),
        JSON,
        lambda said: _json(cbp_json.document(said)),
        country="us",
    ),
    Feed(("/feed/cbp/bwt.xml", "/xml/bwt.xml", "/bwt/bwt.xml"), XML, cbp_xml.document, country="us"),
    Feed(("/feed/cbsa/bwt-eng.csv", "/bwt-taf/bwt-eng.csv"), CSV, lambda said: cbsa.document(said, "en")),
    Feed(("/feed/cbsa/bwt-fra.csv", "/bwt-taf/bwt-fra.csv"), CSV, lambda said: cbsa.document(said, "fr")),
    Feed(
        ("/feed/cbsa/menu-eng.html", "/bwt-taf/menu-eng.html"),
        HTML,
        lambda said: cbsa_html.document(said, "en"),
    ),
    Feed(
        ("/feed/cbsa/menu-fra.html", "/bwt-taf/menu-fra.html"),
        HTML,
        lambda said: cbsa_html.document(said, "fr"),
    ),
    Feed(("/feed/wsdot/crossings.xml", f"{WSDOT_SERVICE}xml"), XML, wsdot_xml.document, country="ca"),
    Feed(
        ("/feed/drivebc/bordercrossings.json", "/api/bordercrossings", "/api/bordercrossings/"),
        JSON,
        lambda said: _json(drivebc.document(said)),
    ),
)


def add_feeds(app: FastAPI, source: Source) -> None:
    """Every feed that the web serves."""
    for feed in FEEDS:
        for path in feed.paths:
            app.add_api_route(path, _answer(source, feed), methods=METHODS)
    _add_wsdot(app, source)
    _add_rss(app, source)


def _answer(source: Source, feed: Feed) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        said = source.published()
        body = feed.render(bound_for(said, feed.country) if feed.country else said)
        return feed_reply(request, body, feed.media_type, at_s=said.at_s, max_age_s=feed.max_age_s)

    return answer


def served_here(said: Published, feed: Feed) -> bool:
    """Whether the feed can carry figures of these ports at all."""
    return feed.country is None or carries(said, feed.country)


Callback = Annotated[
    str | None,
    Query(description="a plain JavaScript name, for JSONP; any other, an empty one too, is refused with 400"),
]


def _add_wsdot(app: FastAPI, source: Source) -> None:
    def crossings(request: Request, callback: Callback = None) -> Response:
        said = source.published()
        body, media_type = _json(wsdot.document(bound_for(said, "ca"))), JSON
        if callback is not None:
            if not _CALLBACK.fullmatch(callback):
                raise ProblemError(400, "callback: write a plain JavaScript name.")
            body, media_type = f"{callback}(".encode() + body + b");", "text/javascript; charset=utf-8"
        return feed_reply(request, body, media_type, at_s=said.at_s, max_age_s=MAX_AGE_S)

    for path in ("/feed/wsdot/crossings.json", f"{WSDOT_SERVICE}json"):
        app.add_api_route(path, crossings, methods=METHODS)


def _add_rss(app: FastAPI, source: Source) -> None:
    def answer(request: Request, part: Part, choose: Callable[[CbpPort], bool]) -> Response:
        said = source.published()
        ports = [port for port in cbp_ports(said) if port.port_number and choose(port)]
        if not ports:
            raise ProblemError(404, "No port here has this number or lies at this border.")
        body = cbp_rss.document(said, ports, part, str(request.base_url))
        return feed_reply(request, body, "application/rss+xml", at_s=said.at_s, max_age_s=MAX_AGE_S)

    @app.api_route("/feed/cbp/rss/{port_number}.xml", methods=METHODS)
    def own_rss(request: Request, port_number: str) -> Response:
        return answer(request, "all", lambda port: port.port_number == port_number)

    @app.api_route("/api/bwtrss/rssbyportnum/html/{part}/{port_number}", methods=METHODS)
    def rss_by_number(request: Request, part: Part, port_number: str) -> Response:
        return answer(request, part, lambda port: port.port_number == port_number)

    @app.api_route("/api/bwtrss/html/{pov}/{cov}/{ped}", methods=METHODS)
    def rss_by_numbers(request: Request, pov: str, cov: str, ped: str) -> Response:
        asked: dict[Part, str] = {"pov": pov, "cov": cov, "ped": ped}
        wanted = {part: {number.strip() for number in numbers.split(",")} for part, numbers in asked.items()}
        parts = {part for part, numbers in wanted.items() if numbers - {"-1", "0", ""}}
        part = parts.pop() if len(parts) == 1 else "all"
        return answer(request, part, lambda port: any(port.port_number in one for one in wanted.values()))

    @app.api_route("/api/bwtrss/getallportsrss/{country}", methods=METHODS)
    def rss_of_border(request: Request, country: str) -> Response:
        border = {"canada": "Canadian Border", "mexico": "Mexican Border"}.get(country)
        return answer(request, "all", lambda port: port.border == border)
