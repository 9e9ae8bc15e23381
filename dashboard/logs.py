"""Central's logs: structlog's events, through the same stream of JSON lines as the node's."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog

from edge.daemon import logs


def configure_logs() -> None:
    """Send structlog's events, and warnings of libraries, to stderr as JSON lines."""
    lines = logs.configure_logs()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _rendered,
        ],
        logger_factory=lambda *_: structlog.WriteLogger(lines),  # type: ignore[arg-type]
    )


def _rendered(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    return logs.json_line(dict(event))
