"""What a broker refused, read from its log: who, what, how often. Its lines hold names, no secrets.

NATS and Mosquitto are known by their lines. Mosquitto tells of refused writes with `log_type debug` alone,
and of refused reads never: it takes the subscription and gives nothing.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

Kind = Literal["tls", "unknown", "publish", "subscribe"]
READ_BYTES = 1 << 20
TOLD_OF_A_KIND = 100
"""So many refusals of a kind are logged one by one; all are counted."""

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("publish", "Publish Violation"),
    ("subscribe", "Subscription Violation"),
    ("tls", "TLS handshake error"),
    ("unknown", "authentication error"),
)
_NO_REFUSAL = ("unable to connect", "TLS handshake error: EOF")
"""Said again, or who hung up without a word: so does whoever looks whether the broker answers."""

_LINE = re.compile(
    r'\[ERR\] (?P<address>\S+) - \w+:\d+ - (?:"(?P<who>[^"]*)" - )?(?P<what>[^"]*)(?:"(?P<topic>[^"]*)")?'
)
_MOSQUITTO: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("publish", re.compile(r"Denied PUBLISH from (?P<who>\S+) \([^']*'(?P<detail>[^']*)'")),
    ("tls", re.compile(r"Client connection from (?P<address>\S+) failed: (?P<detail>.*)")),
    ("unknown", re.compile(r"Client (?P<who>\S+).* disconnected, (?P<detail>not authorised)")),
)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal; `who` is the client's name as the broker knows it, `topic` as NATS writes it."""

    kind: Kind
    address: str
    who: str
    detail: str


def refusal_of(line: str) -> Refusal | None:
    """What a line of the server's log refuses; None when nothing."""
    return _nats_refusal(line) or _mosquitto_refusal(line)


def _mosquitto_refusal(line: str) -> Refusal | None:
    for kind, pattern in _MOSQUITTO:
        if found := pattern.search(line):
            said = found.groupdict()
            return Refusal(kind, said.get("address", ""), said.get("who", ""), said["detail"].strip())
    return None


def _nats_refusal(line: str) -> Refusal | None:
    found = _LINE.search(line)
    if found is None or found["what"].startswith(_NO_REFUSAL):
        return None
    for kind, words in _KINDS:
        if words in found["what"]:
            detail = found["topic"] or found["what"].partition(words)[2].strip(" :-")
            return Refusal(kind, found["address"], found["who"] or "", detail)
    return None


class Refusals:
    """Follows the log at `path` from where it ends now; any thread may look."""

    def __init__(self, path: Path) -> None:
        self.counts: Counter[Kind] = Counter()
        self._path = path
        self._at = path.stat().st_size if path.exists() else 0
        self._rest = b""
        self._lock = threading.Lock()

    def look(self) -> bool:
        """Read on; logs and counts what was refused. A log that was begun anew is read from its start.

        False when it cannot be read.
        """
        with self._lock:
            while (size := self._read_on()) == READ_BYTES:
                pass
        return size is not None

    def _read_on(self) -> int | None:
        try:
            size = self._path.stat().st_size
            self._at = self._at if size >= self._at else 0
            with self._path.open("rb") as log:
                log.seek(self._at)
                read = log.read(READ_BYTES)
        except OSError:
            return None
        self._at += len(read)
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            self._note(refusal_of(line.decode("utf-8", errors="replace")))
        return len(read)

    def _note(self, refusal: Refusal | None) -> None:
        if refusal is None:
            return
        self.counts[refusal.kind] += 1
        if self.counts[refusal.kind] <= TOLD_OF_A_KIND:
            _log.warning(
                "broker_refused",
                kind=refusal.kind,
                who=refusal.who,
                address=refusal.address,
                detail=refusal.detail,
                times=self.counts[refusal.kind],
            )
