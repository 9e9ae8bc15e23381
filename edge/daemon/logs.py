"""Logs of a long-running process: one JSON object a line on stderr, without secrets.

A log line never waits and never fails: a reader that has gone away, a full disk or a stopped terminal must
not end (or hold up) the thread that had something to say.
"""

from __future__ import annotations

import atexit
import faulthandler
import io
import json
import logging
import os
import queue
import re
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

LINES_KEPT = 2000
"""Lines that wait for a slow reader; what comes beyond them is left out and counted."""
LAST_WORDS_S = 1.0

_CREDENTIALS = re.compile(r"(?<=://)[^/\s\"]*@")


class Log:
    """Events with facts, on Python's own logging; structlog, which central has, would be 8 MB of a node."""

    def __init__(self, name: str = "lanewatch") -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **facts: object) -> None:
        """Something happened as it should."""
        self._logger.info(event, extra={"facts": facts})

    def warning(self, event: str, **facts: object) -> None:
        """Something is odd; work goes on."""
        self._logger.warning(event, extra={"facts": facts})

    def error(self, event: str, **facts: object) -> None:
        """Something does not work; it is tried again, or done without."""
        self._logger.error(event, extra={"facts": facts})

    def critical(self, event: str, **facts: object) -> None:
        """A defect."""
        self._logger.critical(event, extra={"facts": facts})


def configure_logs() -> Lines:
    """Send our events, and warnings of libraries, to stderr as JSON lines; gives their stream."""
    lines = Lines(_writer(sys.stderr))
    atexit.register(lines.close)
    handler = logging.StreamHandler(lines)
    handler.setFormatter(_JsonLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("lanewatch").setLevel(logging.INFO)
    if sys.stderr is not None and _has_descriptor(sys.stderr):
        faulthandler.enable()
    return lines


class _JsonLine(logging.Formatter):
    """A record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = getattr(record, "facts", {})
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        told = facts | {"event": record.getMessage(), "level": record.levelname.lower(), "timestamp": at}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json_line(told)


def json_line(told: dict[str, object]) -> str:
    """The line, whatever stands in it: an address nested in a detail or in a traceback is cleaned as well."""
    return without_credentials(json.dumps(told, default=repr))


def without_credentials(text: str) -> str:
    """`rtsp://user:secret@host` becomes `rtsp://host`, anywhere in the text."""
    return _CREDENTIALS.sub("", text)


class Lines:
    """A text stream that never waits and never raises; a thread of its own hands the lines to `write`."""

    def __init__(self, write: Callable[[bytes], None], kept: int = LINES_KEPT) -> None:
        self._write = write
        self._waiting: queue.Queue[bytes | None] = queue.Queue(kept)
        self.lost = 0
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Take one or more whole lines."""
        try:
            self._waiting.put_nowait(text.encode(errors="backslashreplace"))
        except queue.Full:
            self.lost += 1
        return len(text)

    def flush(self) -> None:
        """Nothing waits here to be flushed."""

    def close(self) -> None:
        """Give the reader a moment to take what waits."""
        try:
            self._waiting.put(None, timeout=LAST_WORDS_S)
        except queue.Full:
            return
        self._thread.join(LAST_WORDS_S)

    def _run(self) -> None:
        told = 0
        while (line := self._waiting.get()) is not None:
            try:
                self._write(line)
                if self.lost > told:
                    told = self.lost
                    self._write(json.dumps({"event": "log_lines_lost", "lines": told}).encode() + b"\n")
            except (OSError, ValueError):  # the reader is gone, the disk is full, the stream is closed
                self.lost += 1


def _writer(sink: TextIO | None) -> Callable[[bytes], None]:
    """Past Python's buffers, which would keep what failed and fail again at exit."""
    if sink is None:
        return lambda _: None
    if not _has_descriptor(sink):
        return lambda line: _write_text(sink, line)
    number = sink.fileno()
    return lambda line: _write_all(number, line)


def _write_text(sink: TextIO, line: bytes) -> None:
    sink.write(line.decode())


def _write_all(number: int, line: bytes) -> None:
    while line:
        line = line[os.write(number, line) :]


def _has_descriptor(sink: TextIO) -> bool:
    try:
        sink.fileno()
    except (io.UnsupportedOperation, ValueError):
        return False
    return True
