"""`GET /api/v1/ports/P/events`: what happened to nodes and cameras, in pages."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from fastapi import Depends, FastAPI

from dashboard.feeds.instants import iso_z
from dashboard.orders.rules import port_of
from dashboard.store.events import NodeEvent
from dashboard.store.store import Store, StoreAwayError
from dashboard.web.paging import Before, Begins, Ends, Limit, stretch
from dashboard.web.problems import ProblemError
from dashboard.web.source import Source

Json = dict[str, Any]


def add_events(app: FastAPI, source: Source, store: Store) -> None:
    """The route."""
    viewer = Depends(source.guard.require("viewer"))

    @app.get("/api/v1/ports/{port}/events", dependencies=[viewer])
    def events(
        port: str, before: Before = None, limit: Limit = 100, begins: Begins = None, ends: Ends = None
    ) -> Json:
        from_s, to_s = stretch(begins, ends)
        port_of(source.config, port)
        try:
            found = store.events(port, before, limit, from_s, to_s)
        except StoreAwayError as error:
            raise ProblemError(503, f"The database is away: {error}.") from None
        return {
            "events": [{"id": number, **event_json(event)} for number, event in found],
            "before": found[-1][0] if len(found) == limit else None,
        }


def event_json(event: NodeEvent) -> Json:
    """An event; `detail` as the node gave it, or as text where it was cut."""
    detail: Any = event.detail
    if event.detail is not None:
        with suppress(ValueError):
            detail = json.loads(event.detail)
    return {
        "at": iso_z(event.at_s),
        "node": event.node,
        "type": event.kind,
        "camera": event.camera,
        "lane": event.lane,
        "detail": detail,
    }
