"""The hub: one thread turns boards into frames, once for all readers, and wakes them."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from dashboard.board import BoardHolder
from dashboard.feeds.values import Published
from dashboard.stream.changes import Changes
from dashboard.stream.log import Change, EventLog, Part

monotonic = time.monotonic  # noqa: TID251 - for intervals

SLOW_THINGS_EVERY_S = 1.0
"""Nodes and published streams change with the clock; they are compared this often, lanes at each board."""

READERS_AT_MOST = {"public": 2000, "manager": 200}


class CrowdedError(Exception):
    """There are as many readers as may be."""


@dataclass(eq=False, slots=True)
class Reader:
    """One connection: where it stands and what wakes it."""

    part: Part
    loop: asyncio.AbstractEventLoop
    version: int
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """Follows `holder` while anybody reads; `published` is asked on its thread."""

    def __init__(self, holder: BoardHolder, published: Callable[[], Published]) -> None:
        self.log = EventLog(secrets.token_hex(4))
        self._holder = holder
        self._published = published
        self._changes = Changes()
        self._slow_at_s = float("-inf")
        self._posted = threading.Event()
        self._lock = threading.Lock()
        self._readers: set[Reader] = set()
        self._thread: threading.Thread | None = None
        holder.watch(self._posted.set)

    @contextmanager
    def reading(self, part: Part, version: int) -> Iterator[Reader]:
        """A reader on the running loop that knows all up to `version`, while the block lasts.

        Raises: CrowdedError.
        """
        reader = Reader(part, asyncio.get_running_loop(), version)
        with self._lock:
            if sum(other.part == part for other in self._readers) >= READERS_AT_MOST[part]:
                raise CrowdedError
            self._readers.add(reader)
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="stream", daemon=True)
                self._thread.start()
        self._posted.set()
        try:
            yield reader
        finally:
            with self._lock:
                self._readers.discard(reader)
            self._posted.set()

    def _follow(self) -> None:
        while self._is_read():
            self._posted.clear()
            self.turn()
            self._posted.wait(SLOW_THINGS_EVERY_S)

    def _is_read(self) -> bool:
        """Whether to go on; when not, the next reader starts another thread."""
        with self._lock:
            if not self._readers:
                self._thread = None
            return bool(self._readers)

    def turn(self) -> None:
        """Compare the newest board with what was said, and tell the readers."""
        board = self._holder.newest()
        changes: list[Change] = list(self._changes.lanes(board))
        if monotonic() - self._slow_at_s >= SLOW_THINGS_EVERY_S:
            self._slow_at_s = monotonic()
            changes += self._changes.nodes(board)
            changes += self._changes.streams(self._published())
        if changes:
            self.log.add(changes)
        with self._lock:
            readers = [reader for reader in self._readers if reader.version != self.log.version]
        for loop in {reader.loop for reader in readers}:
            _wake(loop, [reader for reader in readers if reader.loop is loop])


def _wake(loop: asyncio.AbstractEventLoop, readers: list[Reader]) -> None:
    """One call across threads for all readers of a loop; a loop that ended has none to wake."""

    def wake() -> None:
        for reader in readers:
            reader.woken.set()

    with suppress(RuntimeError):
        loop.call_soon_threadsafe(wake)
