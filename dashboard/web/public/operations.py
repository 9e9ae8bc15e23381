"""What each operation of the API is for, in both languages, and what it answers, by example."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dashboard.feeds import (
    cbp_json,
    cbp_rss,
    cbp_xml,
    cbsa,
    cbsa_html,
    drivebc,
    geojson,
    history_csv,
    wait_times,
    wsdot,
    wsdot_xml,
)
from dashboard.feeds.cbp import cbp_ports
from dashboard.feeds.clocks import Language
from dashboard.feeds.instants import iso_z
from dashboard.feeds.values import Published
from dashboard.recorder import minutes_of
from dashboard.web.feeds import WSDOT_SERVICE
from dashboard.web.public.ahead_operations import AHEAD_OPERATIONS
from dashboard.web.public.desk_operations import DESK_OPERATIONS
from dashboard.web.public.operation import OFFICIAL, PUBLIC, Operation
from dashboard.web.public.sample import sample

XML, RSS, CSV, HTML = "application/xml", "application/rss+xml", "text/csv", "text/html"

OnPaths = tuple[Operation, str]
"""What stands in the description of each of the paths, which are told with spaces between."""


def operations() -> Mapping[str, Operation]:
    """`GET /path` -> what stands in the description."""
    return {**_feeds(), **_official(), **DESK_OPERATIONS, **AHEAD_OPERATIONS}


def _feeds() -> dict[str, Operation]:
    said = sample()
    return {
        "GET /feed/v1/wait-times.json": Operation(
            PUBLIC,
            "All waits of all ports, with intervals, ages and forecasts",
            "Toutes les attentes de tous les postes, avec intervalles, âges et prévisions",
            wait_times.document(said),
            schema="WaitTimes",
        ),
        "GET /feed/v1/wait-times.geojson": Operation(
            PUBLIC,
            "The waits as points on a map",
            "Les attentes sous forme de points sur une carte",
            geojson.document(said),
            "application/geo+json",
            schema="WaitPoints",
        ),
        "GET /feed/v1/history.csv": Operation(
            PUBLIC,
            "What readers were told, minute by minute or hour by hour",
            "Ce qui a été publié, minute par minute ou heure par heure",
            _history(said),
            CSV,
        ),
        "GET /api/v1/stream": Operation(
            PUBLIC,
            "The board as server-sent events, with resume",
            "Le tableau en continu (server-sent events), avec reprise",
            f"id: 5f2c-7\nevent: stream\ndata: {_stream_data(said)}\n\n",
            "text/event-stream",
        ),
    }


def _history(said: Published) -> str:
    rows = history_csv.lines(minutes_of(said, said.at_s // 60 * 60.0))
    return (history_csv.header(history_csv.MINUTE_COLUMNS) + b"".join(rows)).decode()


def _official() -> dict[str, Operation]:
    said = sample()
    told = (*_as_cbp(said), *_as_cbsa(said), *_as_wsdot_and_drivebc(said))
    return {f"GET {path}": operation for operation, paths in told for path in paths.split()}


def _as_cbp(said: Published) -> tuple[OnPaths, ...]:
    crossings, xml = _like_sent(cbp_json.document(said)), cbp_xml.document(said).decode()
    numbered = [port for port in cbp_ports(said) if port.port_number]
    rss = cbp_rss.document(said, numbered, "all", "https://port.example/").decode()
    in_rss = Operation(OFFICIAL, "CBP-compatible RSS", "RSS compatible avec le CBP", rss, RSS)
    return (
        (
            Operation(OFFICIAL, "CBP-compatible JSON", "JSON compatible avec le CBP", crossings),
            "/feed/cbp/bwt.json /api/bwtnew /api/waittimes /api/bwtpublicmod",
        ),
        (
            Operation(OFFICIAL, "CBP-compatible XML", "XML compatible avec le CBP", xml, XML),
            "/feed/cbp/bwt.xml /xml/bwt.xml /bwt/bwt.xml",
        ),
        (in_rss, "/feed/cbp/rss/{port_number}.xml /api/bwtrss/rssbyportnum/html/{part}/{port_number}"),
        (in_rss, "/api/bwtrss/html/{pov}/{cov}/{ped} /api/bwtrss/getallportsrss/{country}"),
    )


def _as_cbsa(said: Published) -> tuple[OnPaths, ...]:
    def csv(language: Language, english: str, french: str) -> Operation:
        document = cbsa.document(said, language).decode()
        return Operation(
            OFFICIAL,
            f"CBSA-compatible CSV, in {english}",
            f"CSV compatible avec l’ASFC, en {french}",
            document,
            CSV,
        )

    def table(language: Language, english: str, french: str) -> Operation:
        document = cbsa_html.document(said, language).decode()
        return Operation(
            OFFICIAL,
            f"CBSA-compatible HTML table, in {english}",
            f"Tableau HTML compatible avec l’ASFC, en {french}",
            document,
            HTML,
        )

    return (
        (csv("en", "English", "anglais"), "/feed/cbsa/bwt-eng.csv /bwt-taf/bwt-eng.csv"),
        (csv("fr", "French", "français"), "/feed/cbsa/bwt-fra.csv /bwt-taf/bwt-fra.csv"),
        (table("en", "English", "anglais"), "/feed/cbsa/menu-eng.html /bwt-taf/menu-eng.html"),
        (table("fr", "French", "français"), "/feed/cbsa/menu-fra.html /bwt-taf/menu-fra.html"),
    )


def _as_wsdot_and_drivebc(said: Published) -> tuple[OnPaths, ...]:
    in_canada = _like_sent(wsdot.document(said))
    wsdot_json = Operation(
        OFFICIAL,
        "Waits into Canada, as WSDOT writes them",
        "Attentes vers le Canada, comme le WSDOT",
        in_canada,
        also=((200, "text/javascript", f"show({json.dumps(in_canada)});"),),  # with callback=show
    )
    in_wsdot_xml = Operation(
        OFFICIAL,
        "Waits into Canada, as WSDOT writes them in XML",
        "Attentes vers le Canada, comme le WSDOT les écrit en XML",
        wsdot_xml.document(said).decode(),
        XML,
    )
    in_drivebc = Operation(
        OFFICIAL,
        "Waits as DriveBC writes them",
        "Attentes comme DriveBC les écrit",
        _like_sent(drivebc.document(said)),
    )
    return (
        (wsdot_json, f"/feed/wsdot/crossings.json {WSDOT_SERVICE}json"),
        (in_wsdot_xml, f"/feed/wsdot/crossings.xml {WSDOT_SERVICE}xml"),
        (in_drivebc, "/feed/drivebc/bordercrossings.json /api/bordercrossings /api/bordercrossings/"),
    )


def _stream_data(said: Published) -> str:
    port = said.ports[0]
    entry = wait_times.stream_entry(port.directions[0].streams[0])
    return json.dumps({"port": port.config.id, "at": iso_z(said.at_s), **entry})


def _like_sent(document: object) -> Any:
    """As a reader gets it back from JSON."""
    return json.loads(json.dumps(document, ensure_ascii=False))
