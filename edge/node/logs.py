"""Logs of a node: one JSON object a line on stderr, without secrets."""

from __future__ import annotations

import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]*@")


def configure_logs() -> None:
    """Send structlog's events to stderr; user and password of any address in them are left out."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_credentials,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def without_credentials(text: str) -> str:
    """`rtsp://user:secret@host` becomes `rtsp://host`, anywhere in the text."""
    return _CREDENTIALS.sub("", text)


def _without_credentials(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: without_credentials(v) if isinstance(v, str) else v for key, v in event.items()}
