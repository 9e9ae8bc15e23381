"""ASGI layers for those who only read: HEAD wherever there is GET, and feeds that any origin may read."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.shield import ANY_CASE

OPEN = (*ANY_CASE, "/api/v1/openapi.json")
"""What stands under these is for all; it never depends on who asks, so no origin is kept out."""
OPEN_OF_PORT = re.compile(r"/api/v1/ports/[^/]+/(?:forecast|notices)")
"""So are these of a port, when they are read."""
STREAM = "/api/v1/stream"
"""Its public part says so itself; a browser that comes back with Last-Event-ID asks beforehand."""
EXPOSED = "ETag, Last-Modified, Retry-After"
"""What a page of another origin may see of an answer, beside its body."""
READS = ("GET", "HEAD")
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Last-Event-ID",
    "Access-Control-Max-Age": "86400",
}


class HeadAsGet:
    """Answers HEAD with the headers of GET, so that a route names one method."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, send_head)
        else:
            await self.app(scope, receive, send)


class OpenReading:
    """Lets every origin read what is OPEN, refusals too, and answers a browser's question beforehand."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Access-Control-Allow-Origin", "*")
                headers["Access-Control-Expose-Headers"] = EXPOSED
            await send(message)

        if scope["type"] == "http" and _is_asked_before(scope):
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send)
        elif scope["type"] != "http" or not is_open(scope["path"], scope["method"]):
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, send_open)


def _is_asked_before(scope: Scope) -> bool:
    """Whether a browser asks beforehand for something that it may read."""
    if scope["method"] != "OPTIONS":
        return False
    method = Headers(scope=scope).get("access-control-request-method", "OPTIONS")
    return is_open(scope["path"], method) or (scope["path"] == STREAM and method in READS)


def is_open(path: str, method: str) -> bool:
    """Whether the answer is for all, the same whoever asks."""
    if path.startswith(OPEN):
        return method != "OPTIONS"
    return method in READS and OPEN_OF_PORT.fullmatch(path) is not None
