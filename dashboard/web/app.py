"""The HTTP side of central: pages, feeds and health, computed at request time from the newest board."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles

from dashboard import zones
from dashboard.board import BoardHolder
from dashboard.config import CentralConfig
from dashboard.feeds import wait_times
from dashboard.feeds.published import published
from dashboard.feeds.values import Published
from dashboard.web.replies import feed_reply
from dashboard.web.shield import AnyCaseFeeds, SecurityHeaders

STATIC = Path(__file__).parent / "static"
OWN_MAX_AGE_S = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Where every route takes its figures from; `now` gives UTC seconds."""

    holder: BoardHolder
    config: CentralConfig
    now: Callable[[], float]

    def published(self) -> Published:
        """What may be said at this moment."""
        return published(self.holder.newest(), self.config, self.now())

    def trouble(self) -> str | None:
        """One sentence when figures cannot be trusted to be fresh, None when all is well."""
        board = self.holder.newest()
        if board.trouble is not None:
            return board.trouble
        age_s = self.now() - board.at_s
        if age_s > self.config.valid_s:
            return f"No figures were computed for {age_s:.0f} s."
        return None


def make_app(holder: BoardHolder, config: CentralConfig, now: Callable[[], float]) -> FastAPI:
    """The application; `now` gives UTC seconds since 1970.

    Raises: zones.ZoneDataError, if the installed zone data would print wrong local times.
    """
    zones.require_current_data()
    source = Source(holder, config, now)
    app = FastAPI(title="lanewatch", docs_url=None, redoc_url=None, openapi_url=None)
    _add_health(app, source)
    _add_own_feed(app, source)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(AnyCaseFeeds)
    app.add_middleware(SecurityHeaders)
    return app


def _add_health(app: FastAPI, source: Source) -> None:
    @app.api_route("/healthz", methods=["GET", "HEAD"])
    def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @app.api_route("/readyz", methods=["GET", "HEAD"])
    def readyz() -> Response:
        trouble = source.trouble()
        return PlainTextResponse(trouble or "ready", status_code=503 if trouble else 200)


def _add_own_feed(app: FastAPI, source: Source) -> None:
    @app.api_route("/feed/v1/wait-times.json", methods=["GET", "HEAD"])
    def own_feed(request: Request) -> Response:
        said = source.published()
        body = json.dumps(wait_times.document(said), ensure_ascii=False, separators=(",", ":")).encode()
        return feed_reply(request, body, "application/json", at_s=said.at_s, max_age_s=OWN_MAX_AGE_S)
