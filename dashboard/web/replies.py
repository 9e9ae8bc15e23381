"""Responses of the feeds: cross-origin readable, cacheable for a short while, answered 304 when unchanged."""

from __future__ import annotations

import hashlib
from email.utils import formatdate

from fastapi import Request, Response

from dashboard.web.conditions import holds


def feed_reply(request: Request, body: bytes, media_type: str, *, at_s: int, max_age_s: int) -> Response:
    """`body` as made at `at_s` (UTC seconds), or 304 where the reader already holds these very bytes."""
    tag = hashlib.sha256(body).hexdigest()[:32]
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": f"public, max-age={max_age_s}",
        "ETag": f'"{tag}"',
        "Last-Modified": formatdate(at_s, usegmt=True),
    }
    if holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
