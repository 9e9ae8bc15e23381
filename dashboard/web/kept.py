"""Public answers are made once a second and kept for it: a rush on the border costs a look into a table.

Only what says `Cache-Control: public` itself is kept, and never beyond the second or the board that it was
made of, so no figure gets older by it. ETag, Last-Modified, 304, br, gzip and the words for caches in front
of us are added here, for feeds, pages and static files alike.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.conditions import held_copy, holds_since
from dashboard.web.encodings import IDENTITY, PACKERS, SUFFIXES, accepted
from dashboard.web.versions import Versions

STALE_IF_ERROR_S = 300
"""A cache in front may serve its copy for so long while central is down; the copy tells its own time."""

MOST_KEPT = 256
MOST_PACKED = 128
SMALLEST_TO_PACK = 600
_SHRINKS = re.compile(r"text/|json|xml|javascript")
"""Kinds of content that get smaller by packing; fonts are packed already."""

Key = tuple[str, str, bytes, str]
Pack = Callable[[str, bytes], bytes]


@dataclass(slots=True)
class Kept:
    """One answer, made in `second` and the same since `since`.

    `shrinks`: it is worth packing; `route` is what /metrics counts it as.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: str
    shrinks: bool
    second: int
    since: int
    route: object = None


class KeptReplies:
    """ASGI layer. `now` gives UTC seconds; `made_of` gives what answers are made of, compared by identity.

    Of the paths `streamed` the answers are too long to keep; their routes judge conditions themselves.
    Paths that are `for_all` give the same to everyone, also to those who are signed in. Any other may depend
    on who asks: one with a cookie or a token is answered by its route, and nothing of that is kept here.
    """

    def __init__(
        self,
        app: ASGIApp,
        now: Callable[[], float],
        made_of: Callable[[], tuple[object, ...]],
        streamed: frozenset[str] = frozenset(),
        for_all: Callable[[str], bool] = lambda path: False,
    ) -> None:
        self.app = app
        self._now, self._made_of, self._streamed, self._for_all = now, made_of, streamed, for_all
        self._pack: Pack = lru_cache(MOST_PACKED)(lambda coding, body: PACKERS[coding](body))
        self._second = -1
        self._of: tuple[object, ...] = ()
        self._kept: dict[Key, asyncio.Future[Kept | None]] = {}
        self._versions = Versions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] in self._streamed:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        signed_in = "cookie" in headers or "authorization" in headers
        of_one = signed_in and not self._for_all(scope["path"])
        if of_one or _is_of_bytes(headers.get("range", "")):
            await self.app(scope, receive, send)
            return
        self._forget_what_is_past()
        key = (scope["scheme"], headers.get("host", ""), scope["query_string"], scope["path"])
        known = self._kept.get(key)
        if known is not None:
            kept = await asyncio.shield(known)
            if kept is not None:
                scope["route"] = kept.route
                await _answer(kept, headers, self._pack, send)
                return
        await self._make(key, scope, receive, send, headers)

    def _forget_what_is_past(self) -> None:
        second, of = math.floor(self._now()), self._made_of()
        same = len(of) == len(self._of) and all(a is b for a, b in zip(of, self._of, strict=True))
        if second != self._second or not same:
            self._second, self._of = second, of
            self._kept = {}

    async def _make(self, key: Key, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Have it made; others who ask for the same meanwhile wait for it."""
        made: asyncio.Future[Kept | None] = asyncio.get_running_loop().create_future()
        if key not in self._kept and len(self._kept) < MOST_KEPT:
            self._kept[key] = made
        catch = _Catch(send, self._second, made)
        _ask_for_all(scope)
        try:
            await self.app(scope, receive, catch.send)
        finally:
            if catch.kept is not None:
                catch.kept.route = scope.get("route")
                catch.kept.since = self._versions.since(key, catch.kept.tag, catch.kept.second)
            if not made.done():
                made.set_result(catch.kept)
        if catch.kept is not None:
            await _answer(catch.kept, headers, self._pack, send)


class _Catch:
    """Holds back an answer that may be kept; lets any other pass, and nobody wait for it."""

    def __init__(self, send: Send, second: int, made: asyncio.Future[Kept | None]) -> None:
        self._send, self._second, self._made = send, second, made
        self._start: Message | None = None
        self.kept: Kept | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_kept(message):
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            start, self._start = self._start, None
            if message.get("more_body", False):
                self._release()
                await self._send(start)
                await self._send(message)
            else:
                self.kept = _kept(start, message.get("body", b""), self._second)
        else:
            self._release()
            await self._send(message)

    def _release(self) -> None:
        """A stream may go on for hours: nobody waits for its end."""
        if not self._made.done():
            self._made.set_result(None)


def _may_be_kept(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    public = headers.get("cache-control", "").startswith("public")
    return bool(start["status"] == 200 and public and "set-cookie" not in headers)


def _kept(start: Message, body: bytes, second: int) -> Kept:
    headers = MutableHeaders(raw=list(start["headers"]))
    tag = hashlib.sha256(body).hexdigest()[:32]  # of files starlette makes one of date and size
    age_s = headers["cache-control"].rpartition("max-age=")[2].partition(",")[0] or "5"
    headers["cache-control"] += f", stale-while-revalidate={age_s}, stale-if-error={STALE_IF_ERROR_S}"
    headers.add_vary_header("Accept-Encoding")
    for name in ("etag", "last-modified", "content-length"):
        del headers[name]
    shrinks = len(body) >= SMALLEST_TO_PACK and _SHRINKS.search(headers.get("content-type", "")) is not None
    return Kept(start["status"], headers.raw, body, tag, shrinks, second, since=second)


async def _answer(kept: Kept, asked: Headers, pack: Pack, send: Send) -> None:
    codings = accepted(asked.get("accept-encoding", "")) if kept.shrinks else (IDENTITY,)
    held = _held(kept, asked, codings)
    changed = formatdate(min(kept.since, kept.second), usegmt=True).encode()
    common = [*kept.headers, (b"last-modified", changed)]
    if held is not None:
        headers = [*common, (b"etag", f'"{held}"'.encode())]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    coding = codings[0]
    body = kept.body if coding == IDENTITY else pack(coding, kept.body)
    headers = [*common, (b"etag", f'"{kept.tag}{SUFFIXES[coding]}"'.encode())]
    headers.append((b"content-length", str(len(body)).encode()))
    if coding != IDENTITY:
        headers.append((b"content-encoding", coding.encode()))
    await send({"type": "http.response.start", "status": kept.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _held(kept: Kept, asked: Headers, codings: tuple[str, ...]) -> str | None:
    """The tag of the copy that the reader holds; of the two conditions the one that names tags decides."""
    tags = asked.get("if-none-match")
    if tags is not None:
        return held_copy(tags, kept.tag, codings)
    same = holds_since(asked.get("if-modified-since", ""), kept.since, kept.second)
    return kept.tag + SUFFIXES[codings[0]] if same else None


def _ask_for_all(scope: Scope) -> None:
    """What is kept is whole. In place: what routing writes into the scope is read outside, by /metrics."""
    left_out = (b"if-none-match", b"if-modified-since", b"range")
    scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in left_out]


def _is_of_bytes(asked: str) -> bool:
    """Whether a part is asked for in the one unit there is; of another the header is to be ignored.

    Source: RFC 9110, section 14.2.
    """
    unit, is_one, _ = asked.partition("=")
    return bool(is_one) and unit.strip().lower() == "bytes"
