"""The route of the back-test: how right the figures were, counted anew every few minutes."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from dashboard.accuracy.document import document
from dashboard.accuracy.pairs import Pairs
from dashboard.feeds.instants import iso_z
from dashboard.store.store import StoreAwayError
from dashboard.web.problems import ProblemError
from dashboard.web.source import Source

SPAN_S = 30 * 86400.0
KEEP_S = 300.0
Json = dict[str, Any]


class _Counted:
    """The newest document, counted at most once in KEEP_S. Methods may be called from any thread."""

    def __init__(self, source: Source, pairs: Pairs) -> None:
        self._source, self._pairs = source, pairs
        self._lock = threading.Lock()
        self._at_s, self._document = float("-inf"), Json()

    def newest(self) -> Json:
        now_s = self._source.now()
        with self._lock:
            if not 0 <= now_s - self._at_s < KEEP_S:
                span = (now_s - SPAN_S, now_s)
                counts, actual = self._pairs.counts(*span), self._pairs.actual(*span)
                said = document(self._source.config, *span, counts, actual)
                self._document = {"generated_at": iso_z(now_s), **said}
                self._at_s = now_s
            return self._document


def add_accuracy(app: FastAPI, source: Source, pairs: Pairs) -> None:
    """`GET /feed/v1/accuracy.json`: the last 30 days."""
    counted = _Counted(source, pairs)

    @app.get("/feed/v1/accuracy.json")
    def accuracy() -> Response:
        try:
            found = counted.newest()
        except StoreAwayError:
            raise ProblemError(503, "The database is away; try again in a moment.") from None
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
        return JSONResponse(found, headers=headers)
