"""The desk over HTTP: every page in both languages, for people with the role viewer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Depends, FastAPI, Response
from fastapi.responses import HTMLResponse

from dashboard import zones
from dashboard.access.guard import Person
from dashboard.orders.rules import port_of
from dashboard.portconfig import PortConfig
from dashboard.store.store import StoreAwayError
from dashboard.web.desk.equipment import equipment
from dashboard.web.desk.frame import frame, zone_of
from dashboard.web.desk.history import Choice, choice, history_csv, history_page
from dashboard.web.desk.journal import journal
from dashboard.web.desk.live import live_page
from dashboard.web.desk.official import Official
from dashboard.web.desk.outlook import ask_of, outlook_page
from dashboard.web.desk.overview import overview
from dashboard.web.desk.quality import quality_page
from dashboard.web.desk.wall import wall
from dashboard.web.desk.words import TONGUES, Tongue
from dashboard.web.pages import fill_template
from dashboard.web.paging import Before
from dashboard.web.problems import ProblemError
from dashboard.web.source import Source

OFFSET_DAYS = 3
WHAT_IF = "/api/v1/ports/{port}/whatif"

Values = dict[str, Any]
Page = Callable[[Tongue, PortConfig], Values]


def add_desk(app: FastAPI, source: Source) -> None:
    """Every page of the desk."""
    official = Official(source)

    def live(t: Tongue, port: PortConfig) -> Values:
        return _live(source, t, port, official)

    def outlook(t: Tongue, port: PortConfig) -> Values:
        may_ask = any(getattr(route, "path", "") == WHAT_IF for route in app.routes)
        ask = ask_of(t, port, source.now()) if may_ask else None
        return {"page": outlook_page(source, t, port), "ask": ask}

    def accuracy(t: Tongue, port: PortConfig) -> Values:
        with _or_503():
            return {"page": quality_page(source, t, port, official)}

    for t in TONGUES.values():
        _add_front(app, source, t, official)
        _add_wall(app, source, t, official)
        _add_port_page(app, source, t, "live", "", live)
        _add_port_page(app, source, t, "outlook", "/outlook", outlook)
        _add_port_page(app, source, t, "accuracy", "/accuracy", accuracy)
        _add_port_page(
            app, source, t, "equipment", "/equipment", lambda t, port: {"page": equipment(source, t, port)}
        )
        _add_history(app, source, t)
        _add_journal(app, source, t)


def _add_front(app: FastAPI, source: Source, t: Tongue, official: Official) -> None:
    """With one port its page, with several all of them side by side."""

    def front(person: Person = Depends(source.guard.require("viewer"))) -> Response:  # noqa: B008
        if len(source.config.ports) == 1:
            port = source.config.ports[0]
            return _page("live", source, t, person, port, _live(source, t, port, official))
        return _page("overview", source, t, person, None, {"page": overview(source, t, official)})

    app.add_api_route(t.root, front, include_in_schema=False)


def _add_wall(app: FastAPI, source: Source, t: Tongue, official: Official) -> None:
    def walls(
        port: str | None = None,
        person: Person = Depends(source.guard.require("viewer")),  # noqa: B008
    ) -> Response:
        ports = source.config.ports
        place = port_of(source.config, port) if port else ports[0] if len(ports) == 1 else None
        return _page("wall", source, t, person, place, {"page": wall(source, t, place, official)})

    app.add_api_route(f"{t.root}/wall", walls, include_in_schema=False)


def _add_port_page(app: FastAPI, source: Source, t: Tongue, name: str, path: str, make: Page) -> None:
    def port_page(port: str, person: Person = Depends(source.guard.require("viewer"))) -> Response:  # noqa: B008
        place = port_of(source.config, port)
        return _page(name, source, t, person, place, make(t, place))

    app.add_api_route(f"{t.root}/ports/{{port}}{path}", port_page, include_in_schema=False)


def _add_history(app: FastAPI, source: Source, t: Tongue) -> None:
    viewer = Depends(source.guard.require("viewer"))

    def chosen(
        port: str, direction: str | None = None, stream: str | None = None, period: str | None = None
    ) -> tuple[PortConfig, Choice]:
        place = port_of(source.config, port)
        return place, choice(place, direction, stream, period)

    def page(
        asked: tuple[PortConfig, Choice] = Depends(chosen),
        person: Person = viewer,
    ) -> Response:
        with _or_503():
            shown = history_page(source, t, *asked)
        return _page("history", source, t, person, asked[0], {"page": shown}, asked[1].query())

    def table(asked: tuple[PortConfig, Choice] = Depends(chosen)) -> Response:
        if source.history is None:
            raise ProblemError(404, "Nothing is stored here.")
        with _or_503():
            body = history_csv(source.history, *asked, source.now())
        name = (
            f"{asked[0].id}-{asked[1].direction.id}-{asked[1].stream.replace('/', '-')}-{asked[1].period}.csv"
        )
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)

    app.add_api_route(f"{t.root}/ports/{{port}}/history", page, include_in_schema=False)
    app.add_api_route(
        f"{t.root}/ports/{{port}}/history.csv", table, include_in_schema=False, dependencies=[viewer]
    )


def _add_journal(app: FastAPI, source: Source, t: Tongue) -> None:
    def page(
        port: str,
        before: Before = None,
        person: Person = Depends(source.guard.require("manager")),  # noqa: B008
    ) -> Response:
        place = port_of(source.config, port)
        with _or_503():
            shown = journal(source, t, place, before)
        return _page("journal", source, t, person, place, {"page": shown})

    app.add_api_route(f"{t.root}/ports/{{port}}/journal", page, include_in_schema=False)


@contextmanager
def _or_503() -> Iterator[None]:
    try:
        yield
    except StoreAwayError as error:
        raise ProblemError(503, f"The database is away: {error}. Try again in a while.") from None


def _page(
    name: str,
    source: Source,
    t: Tongue,
    person: Person,
    port: PortConfig | None,
    values: Values,
    query: str = "",
) -> Response:
    """`query`: what is chosen on the page, for its address in the other language."""
    f = frame(source, t, person, name, port, query)
    html = fill_template(f"desk/{name}.html", f=f, **values)
    return HTMLResponse(html, headers={"Content-Language": t.language, "Cache-Control": "no-store"})


def _live(source: Source, t: Tongue, port: PortConfig, official: Official) -> Values:
    streams = {stream.id: t.stream(stream.id) for one in port.directions for stream in one.streams}
    return {
        "page": live_page(source, t, port, official),
        "stream_names": tuple(streams.items()),
        "offsets": json.dumps(offsets(zone_of(source, port), source.now())),
    }


def offsets(zone: str, now_s: float) -> list[tuple[float, float]]:
    """(since, seconds east of UTC) of `zone` from now on, for the days that the staffing form reaches."""
    found: list[tuple[float, float]] = []
    for hour in range(OFFSET_DAYS * 24):
        at_s = now_s if hour == 0 else (now_s // 3600 + hour) * 3600
        delta = zones.local(at_s, zone).utcoffset()
        offset_s = delta.total_seconds() if delta else 0.0
        if not found or found[-1][1] != offset_s:
            found.append((at_s, offset_s))
    return found
