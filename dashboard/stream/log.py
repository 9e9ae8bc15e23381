"""What changed, in order, so that a reader may go on from wherever it was. Bounded: one frame per thing.

Only the newest frame of each thing is kept. A reader that was away, or is slow, therefore skips what it
missed and gets each thing once, as it is now; there is nothing that could pile up for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Part = Literal["public", "manager"]
"""Whose events: the published waits, or those and what lies behind them."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A thing, named by `key`, is now `data` (JSON); `public`: everybody may read it."""

    key: Key
    event: str
    data: bytes
    public: bool = False


class EventLog:
    """Changes become numbered frames. `epoch` names this log: numbers of another one mean nothing here."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self._version = 0
        self._lock = threading.Lock()
        self._frames: dict[Part, dict[Key, tuple[int, bytes]]] = {"public": {}, "manager": {}}
        self._last: dict[Part, tuple[int, int, bytes]] = {}

    @property
    def version(self) -> int:
        """The number of the newest frame; 0 before the first."""
        return self._version

    def add(self, changes: Iterable[Change]) -> None:
        """Number the changes and keep them in place of what was said of the same things before."""
        with self._lock:
            for change in changes:
                self._version += 1
                frame = (self._version, self._frame(change))
                for part in _PARTS[change.public]:
                    frames = self._frames[part]
                    frames.pop(change.key, None)
                    frames[change.key] = frame

    def since(self, version: int, part: Part) -> tuple[int, bytes]:
        """All frames after `version` as one piece, and the number to ask with next time.

        Readers that stand at the same place get the very same bytes.
        """
        with self._lock:
            known = self._last.get(part)
            if known is not None and known[:2] == (version, self._version):
                return self._version, known[2]
            newer: list[bytes] = []
            for number, frame in reversed(self._frames[part].values()):
                if number <= version:
                    break
                newer.append(frame)
            piece = b"".join(reversed(newer))
            self._last[part] = (version, self._version, piece)
            return self._version, piece

    def position(self, last_event_id: str) -> int | None:
        """The number in a `Last-Event-ID` of this log; None for anything else."""
        epoch, _, number = last_event_id.partition("-")
        if epoch != self.epoch or not number.isascii() or not number.isdigit() or len(number) > 18:
            return None
        version = int(number)
        return version if version <= self._version else None

    def _frame(self, change: Change) -> bytes:
        head = f"id: {self.epoch}-{self._version}\nevent: {change.event}\ndata: "
        return b"".join((head.encode(), change.data, b"\n\n"))


_PARTS: dict[bool, tuple[Part, ...]] = {True: ("public", "manager"), False: ("manager",)}
