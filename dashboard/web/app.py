"""The HTTP side of central: pages, feeds and health, computed at request time from the newest board."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from dashboard import zones
from dashboard.access.guard import Guard
from dashboard.accuracy.pairs import Pairs
from dashboard.board import BoardHolder
from dashboard.config import CentralConfig
from dashboard.official.figures import Figures
from dashboard.orders.orders import Orders
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.web.accuracy import add_accuracy
from dashboard.web.desk.routes import add_desk
from dashboard.web.events import add_events
from dashboard.web.feeds import add_feeds
from dashboard.web.forecast import add_forecast
from dashboard.web.history_feed import PATH as HISTORY
from dashboard.web.history_feed import add_history_feed
from dashboard.web.kept import KeptReplies
from dashboard.web.limits import BodyLimit, RateLimit
from dashboard.web.official import add_official
from dashboard.web.orders import add_orders
from dashboard.web.problems import add_problems
from dashboard.web.public.openapi import operation_id
from dashboard.web.public.routes import add_public, lost_page
from dashboard.web.public_files import PublicFiles
from dashboard.web.reading import HeadAsGet, OpenReading, is_open
from dashboard.web.shield import AnyCaseFeeds, SecurityHeaders
from dashboard.web.source import Source
from dashboard.web.stream import add_stream

STATIC, STATIC_PATH = Path(__file__).parent / "static", "/static"


def make_app(
    holder: BoardHolder,
    config: CentralConfig,
    now: Callable[[], float],
    guard: Guard | None = None,
    orders: Orders | None = None,
    history: History | None = None,
    figures: Figures | None = None,
    pairs: Pairs | None = None,
    store: Store | None = None,
) -> FastAPI:
    """The application; `now` gives UTC seconds since 1970. Without `guard` there are no accounts.

    Without `orders` nothing can be ordered, without `history` there is no past, nor, without
    `figures`, an agency's; without `pairs` there is no back-test, without `store` no event of a node.

    Raises: zones.ZoneDataError, if the installed zone data would print wrong local times.
    """
    zones.require_current_data()
    source = Source(holder, config, now, guard or Guard(), orders, history, figures, pairs, store)
    app = FastAPI(
        title="lanewatch",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=operation_id,
    )
    add_problems(app, lost_page)
    _add_health(app, source)
    add_public(app, source)
    add_desk(app, source)
    add_feeds(app, source)
    add_forecast(app, source)
    if orders is not None:
        add_orders(app, source, orders)
    if history is not None:
        add_history_feed(app, source, history)
    if pairs is not None:
        add_accuracy(app, source, pairs)
    if store is not None:
        add_events(app, source, store)
    if figures is not None:
        add_official(app, source, figures)
    add_stream(app, source)
    app.mount(STATIC_PATH, PublicFiles(STATIC), name="static")
    app.add_middleware(
        KeptReplies,
        now=now,
        made_of=lambda: (holder.newest(), source.book()),
        streamed=frozenset({HISTORY}),
        for_all=lambda path: path.startswith(f"{STATIC_PATH}/") or is_open(path, "GET"),
    )
    app.add_middleware(HeadAsGet)
    app.add_middleware(OpenReading)
    app.add_middleware(AnyCaseFeeds)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit)
    app.add_middleware(SecurityHeaders)
    return app


def _add_health(app: FastAPI, source: Source) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    def readyz() -> Response:
        trouble = source.trouble()  # anybody may ask, so nothing is told of addresses; desk and log do
        if trouble is None:
            return PlainTextResponse("ready")
        return PlainTextResponse(f"not ready: {trouble.part}", status_code=503)
