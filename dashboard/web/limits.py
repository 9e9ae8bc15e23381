"""ASGI layers that bound what one asker may cost: bytes of a request, and requests a second."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.problems import ProblemError, problem_reply

BODY_BYTES = 64 * 1024
SWALLOWED_BYTES, SWALLOWED_WITHIN_S = 8 * 1024 * 1024, 5.0
PER_S, BURST = 50.0, 300.0
"""Requests a second from one address, and how many it may save up: a phone network has many behind one."""

ADDRESSES = 10_000


class BodyLimit:
    """413 for a request whose body is longer than BODY_BYTES, whether it says so or not."""

    def __init__(self, app: ASGIApp, limit: int = BODY_BYTES) -> None:
        self.app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = Request(scope).headers.get("Content-Length", "0")
        if not told.isdecimal() or int(told[:20]) > self._limit:
            await _swallow(receive)
            await problem_reply(self._too_long())(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                if message.get("more_body"):
                    await _swallow(receive)
                raise self._too_long()
            return message

        await self.app(scope, counted, send)

    def _too_long(self) -> ProblemError:
        return ProblemError(413, f"A request may hold {self._limit} bytes.", {"Connection": "close"})


async def _swallow(receive: Receive) -> None:
    """Take in what still comes, for a moment: a client that is cut off while it sends never hears why."""
    left = SWALLOWED_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(SWALLOWED_WITHIN_S):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return


class RateLimit:
    """429 for an address that asks more often than PER_S, after BURST. This machine is not limited."""

    def __init__(
        self,
        app: ASGIApp,
        per_s: float = PER_S,
        burst: float = BURST,
        tick: Callable[[], float] | None = None,
    ) -> None:
        self.app = app
        self._tick, self._per_s, self._burst = tick or _loop_time, per_s, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._may(network_of(Request(scope))):
            wait_s = max(1, round(1 / self._per_s))
            problem = ProblemError(429, "Too many requests from your address.", {"Retry-After": f"{wait_s}"})
            await problem_reply(problem)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _may(self, network: str | None) -> bool:
        if network is None:
            return True
        now_s = self._tick()
        left, at_s = self._buckets.pop(network, (self._burst, now_s))
        left = min(self._burst, left + (now_s - at_s) * self._per_s)
        self._buckets[network] = (max(0.0, left - 1), now_s)
        if len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
        return left >= 1


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def network_of(request: Request) -> str | None:
    """From where a request came: the address, of IPv6 the network that one household has; None: from here."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host or "unknown"
    if address.is_loopback:
        return None
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
