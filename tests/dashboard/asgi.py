"""Asking an ASGI application without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Asker:
    """A client at address `client` of the application `app`."""

    app: Any
    client: str = "127.0.0.1"
    host: str = "127.0.0.1:8080"
    raises: bool = True

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """GET `path`."""
        return asyncio.run(self._ask("GET", path, headers or {}))

    def head(self, path: str) -> httpx.Response:
        """HEAD `path`."""
        return asyncio.run(self._ask("HEAD", path, {}))

    def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Send `body` as JSON."""
        return asyncio.run(self._ask(method, path, {}, body))

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Any method, without a body."""
        return asyncio.run(self._ask(method, path, headers or {}))

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: object = None
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, self.raises, client=(self.client, 50000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{self.host}") as client:
            return await client.request(method, path, headers=dict(headers), json=body)
