"""Responses of the feeds: cross-origin readable, cacheable for a short while, answered 304 when unchanged."""

from __future__ import annotations

import hashlib
from email.utils import formatdate

from fastapi import Request, Response


def feed_reply(request: Request, body: bytes, media_type: str, *, at_s: int, max_age_s: int) -> Response:
    """`body` as made at `at_s` (UTC seconds), or 304 where the reader already holds these very bytes."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Last-Modified",
        "Cache-Control": f"public, max-age={max_age_s}",
        "ETag": tag,
        "Last-Modified": formatdate(at_s, usegmt=True),
    }
    if _holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _holds(if_none_match: str, tag: str) -> bool:
    held = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return tag in held or held == ["*"]
