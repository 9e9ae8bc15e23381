"""What one asker may cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from dashboard.web.limits import ADDRESSES, BodyLimit, RateLimit
from dashboard.web.problems import add_problems

AWAY = "203.0.113.7"


def app_with(layer: type, **options: object) -> FastAPI:
    app = FastAPI()
    add_problems(app)

    @app.put("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.put("/json")
    async def json(body: dict[str, str]) -> int:
        return len(body)

    app.add_middleware(layer, **options)
    return app


def put(app: FastAPI, path: str, size: int = 0, told: bool = True, client: str = AWAY) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(client, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as asker:
            return await asker.put(path, content=b"x" * size if told else in_parts(size))

    return asyncio.run(ask())


async def in_parts(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 10):
        yield b"0123456789"


@pytest.mark.parametrize("path", ["/length", "/json"])
@pytest.mark.parametrize("told", [True, False])
def test_a_long_body_is_refused(path: str, told: bool) -> None:
    reply = put(app_with(BodyLimit, limit=100), path, 110, told)
    assert reply.status_code == 413
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["detail"] == "A request may hold 100 bytes."


@pytest.mark.parametrize("told", [True, False])
def test_a_body_at_the_limit_is_taken(told: bool) -> None:
    assert put(app_with(BodyLimit, limit=100), "/length", 100, told).json() == 100


def test_an_address_may_save_up_a_burst_and_then_has_its_rate() -> None:
    now = [0.0]
    app = app_with(RateLimit, per_s=2, burst=3, tick=lambda: now[0])

    def statuses(count: int, client: str = AWAY) -> list[int]:
        return [put(app, "/length", client=client).status_code for _ in range(count)]

    assert statuses(5) == [200, 200, 200, 429, 429]
    assert statuses(1, "203.0.113.8") == [200]
    now[0] += 1
    assert statuses(3) == [200, 200, 429]
    assert statuses(2, "2001:db8::1") + statuses(2, "2001:db8::2") == [200, 200, 200, 429]
    assert statuses(10, "127.0.0.1") == [200] * 10
    reply = put(app, "/length")
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")


def test_addresses_without_end_take_bounded_memory() -> None:
    layer = RateLimit(app_with(BodyLimit), tick=lambda: 0.0)
    for number in range(ADDRESSES + 100):
        assert layer._may(str(number))
    assert len(layer._buckets) == ADDRESSES
