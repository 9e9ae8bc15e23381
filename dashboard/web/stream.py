"""`/api/v1/stream`: the board as server-sent events. The public reads waits, who may see the desk reads all.

A reader that comes back with `Last-Event-ID` gets what changed meanwhile; one that does not get along (a
full buffer for SLOW_S) is let go, and finds its place again when it returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from dashboard.access.guard import Person
from dashboard.stream.hub import CrowdedError, Hub, Reader
from dashboard.stream.log import Part
from dashboard.web.problems import ProblemError, problem_reply
from dashboard.web.source import Source
from edge.messages import instant, utc_ms

BEAT_S = 5.0
"""A reader that hears nothing for two beats has lost the stream."""

SLOW_S = 20.0
END_S = 0.5
LOOK_AGAIN_S = 60.0
"""So often it is asked whether the person may still read."""

PIECE_BYTES = 64 * 1024
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Ask = Callable[[Request], Person]


def add_stream(app: FastAPI, source: Source) -> None:
    """The route; one hub serves all readers of the application."""
    hub = Hub(source.holder, source.published)
    viewer = source.guard.require("viewer")

    @app.get("/api/v1/stream")
    def stream(request: Request, part: Part | None = None) -> Response:
        chosen = part or ("manager" if _may(viewer, request) else "public")
        if chosen == "public":
            return EventStream(hub, source, request, "public", None)
        viewer(request)
        return EventStream(hub, source, request, "manager", viewer)


def _may(ask: Ask, request: Request) -> bool:
    try:
        ask(request)
    except ProblemError:
        return False
    return True


class EventStream(Response):
    """One reader's connection; `ask` is None for the public."""

    def __init__(self, hub: Hub, source: Source, request: Request, part: Part, ask: Ask | None) -> None:
        public = {"Access-Control-Allow-Origin": "*"} if ask is None else {}
        super().__init__(media_type="text/event-stream", headers=HEADERS | public)
        del self.headers["content-length"]
        self._hub, self._source, self._request = hub, source, request
        self._part, self._ask = part, ask

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the reader leaves, may no longer read, or does not keep up."""
        known = self._hub.log.position(self._request.headers.get("last-event-id", ""))
        try:
            with self._hub.reading(self._part, known or 0) as reader:
                await _first_of(self._serve(reader, send, resumed=known is not None), _left(receive))
        except CrowdedError:
            crowded = ProblemError(503, "Too many readers; come back in a while.", {"Retry-After": "30"})
            await problem_reply(crowded)(scope, receive, send)
        except asyncio.CancelledError:  # the server ends; without a last word it would report a fault
            with suppress(TimeoutError):
                await _end(send)

    async def _serve(self, reader: Reader, send: Send, *, resumed: bool) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        wire = Wire(send)
        with suppress(TimeoutError):
            await wire.say(b"retry: 2000\n" + _event("hello", part=self._part, resumed=resumed))
            await _first_of(self._tell(reader, wire), self._beat(wire), self._while_allowed())
            await _end(send)

    async def _tell(self, reader: Reader, wire: Wire) -> None:
        """What changed, whenever something did."""
        while True:
            await reader.woken.wait()
            reader.woken.clear()
            reader.version, piece = self._hub.log.since(reader.version, reader.part)
            await wire.say(piece)

    async def _beat(self, wire: Wire) -> None:
        """The server's clock and the board's: without these a reader could not tell silence from loss."""
        while True:
            moments = self._source.now(), self._source.holder.newest().at_s
            at, board_at = (instant(utc_ms(at_s)) for at_s in moments)
            await wire.say(_event("beat", at=at, board_at=board_at))
            await asyncio.sleep(BEAT_S)

    async def _while_allowed(self) -> None:
        """Until the person may no longer read."""
        while self._ask is None or await run_in_threadpool(_may, self._ask, self._request):
            await asyncio.sleep(LOOK_AGAIN_S)


class Wire:
    """The way to one reader: one event after the other, none of them kept waiting for ever."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lock = asyncio.Lock()

    async def say(self, data: bytes) -> None:
        """Raises: TimeoutError, when the reader takes nothing for SLOW_S."""
        async with self._lock:
            for start in range(0, len(data), PIECE_BYTES):
                piece = data[start : start + PIECE_BYTES]
                async with asyncio.timeout(SLOW_S):
                    await self._send({"type": "http.response.body", "body": piece, "more_body": True})


async def _end(send: Send) -> None:
    async with asyncio.timeout(END_S):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _first_of(*jobs: Coroutine[Any, Any, None]) -> None:
    """Run until one job is done, then end the others."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(name: str, **data: object) -> bytes:
    return f"event: {name}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"
