"""ASGI layers around the routes: security headers on every answer, and feed paths in any letter case."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OWN_ONLY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; "
)
FRAMED_POLICY = f"{_OWN_ONLY}frame-ancestors *"
"""Of the one page that other sites may embed: it shows public figures and takes nothing."""

HEADERS = {
    "Content-Security-Policy": f"{_OWN_ONLY}frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

ANY_CASE = (
    "/feed/",
    "/xml/",
    "/bwt-taf/",
    "/bwt/",
    "/api/bwt",
    "/api/waittimes",
    "/api/bordercrossings",
    "/traffic/api/",
)


LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


def is_local(request: Request) -> bool:
    """Whether a browser on this machine asks: no other address, no proxy, no foreign name."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    asker = request.client.host if request.client else ""
    return asker in LOCAL_HOSTS and request.url.hostname in LOCAL_HOSTS


class SecurityHeaders:
    """Adds HEADERS to every answer; what the API does not call public, no cache may keep."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                framed = headers.get("Content-Security-Policy") == FRAMED_POLICY
                for name, value in HEADERS.items():
                    if not (framed and name == "X-Frame-Options"):
                        headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, send_shielded if scope["type"] == "http" else send)


class AnyCaseFeeds:
    """Readers write the official paths in several letter cases; all routes under ANY_CASE are lower case."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"].lower()
            if path.startswith(ANY_CASE):
                scope["path"], scope["raw_path"] = path, path.encode()
        await self.app(scope, receive, send)
