"""Requests counted by route, and the page /metrics."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Depends, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access.guard import Guard

FIRST_BYTE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class HttpCounts:
    """Counters of the web side; `route` is the pattern, never the path that somebody typed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "lanewatch_http_requests", "Requests answered.", ["route", "method", "code"], registry=registry
        )
        self.first_byte_s = Histogram(
            "lanewatch_http_first_byte_seconds",
            "From a request to the first byte of its answer.",
            ["route"],
            buckets=FIRST_BYTE_S,
            registry=registry,
        )
        self.limited = Counter(
            "lanewatch_http_limited",
            "Requests refused because they were too many (rate) or too long (size).",
            ["limit"],
            registry=registry,
        )
        self.sign_ins_refused = Counter(
            "lanewatch_sign_ins_refused",
            "Sign-ins with a wrong name or password, or locked out.",
            registry=registry,
        )
        self.too_slow = Counter(
            "lanewatch_http_slow_closed",
            "Connections closed because their request did not come in time.",
            registry=registry,
        )
        for limit in LIMITS.values():
            self.limited.labels(limit)

    def answered(self, scope: Scope, code: int, took_s: float) -> None:
        """An answer began."""
        route = _route_of(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.requests.labels(route, method, str(code)).inc()
        self.first_byte_s.labels(route).observe(took_s)
        if code in LIMITS:
            self.limited.labels(LIMITS[code]).inc()
        if method == "POST" and route.endswith("/sign-in") and code >= 400:
            self.sign_ins_refused.inc()


LIMITS = {429: "rate", 413: "size"}


class CountRequests:
    """The outermost layer: counts what everything inside it answers. `tick` gives monotonic seconds."""

    def __init__(self, app: ASGIApp, counts: HttpCounts, tick: Callable[[], float]) -> None:
        self.app = app
        self._counts, self._tick = counts, tick

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun_s = self._tick()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._counts.answered(scope, int(message["status"]), self._tick() - begun_s)
            await send(message)

        await self.app(scope, receive, counted)


def add_metrics(
    app: FastAPI, guard: Guard, registry: CollectorRegistry, counts: HttpCounts, tick: Callable[[], float]
) -> None:
    """Serve /metrics to viewers (before there are accounts: to this machine), and count every request."""
    viewer = Depends(guard.require("viewer"))

    @app.get("/metrics", dependencies=[viewer], include_in_schema=False)
    def metrics() -> Response:
        return Response(
            generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
        )

    app.add_middleware(CountRequests, counts=counts, tick=tick)


def _route_of(scope: Scope) -> str:
    pattern = getattr(scope.get("route"), "path", None)
    if isinstance(pattern, str):
        return pattern
    return "/static" if scope["path"].startswith("/static/") else "other"
