"""How a receiver checks that a message is ours: what stands in the documentation is run by a test."""

from __future__ import annotations

VERIFY = """\
import hashlib
import hmac
import time


def is_genuine(secret: bytes, signature: str, body: bytes) -> bool:
    sent = dict(part.split("=", 1) for part in signature.split(","))
    ours = hmac.new(secret, sent["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(ours, sent["v1"]) and abs(time.time() - int(sent["t"])) < 300
"""
