"""The messages of one boot: who sends them, when by which clock, and their numbers.

A message gets its number when it is kept, so that numbers have no gaps but for lost rows.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec

from edge.messages import Event, NodeReport, encode, utc_ms
from edge.node.outbox import NewRow, Offset


class Series:
    """Makes and numbers the messages of this boot. `newest` is the number given last, 0 before the first.

    Times (s) are the node's own; `shift_s` makes them UTC.
    """

    def __init__(self, port: str, node: str) -> None:
        self.boot = secrets.token_hex(8)
        self.shift_s = 0.0
        self.newest = 0
        self._port, self._node = port, node
        self._synced = False
        self._offset_s: float | None = None
        self._undated: list[tuple[int, float]] = []

    def set_clock(self, synced: bool, offset_s: float | None) -> None:
        """What the next messages say of this node's clock."""
        self._synced, self._offset_s = synced, offset_s

    def report(self, start: float, end: float, lanes: Sequence[object]) -> NodeReport:
        """A report of all lanes, not yet numbered."""
        return self._message(start, end, kind="report", lanes=list(lanes))

    def event(self, event: Event, at: float) -> NodeReport:
        """An event, not yet numbered."""
        return self._message(at, at, kind="event", event=event)

    def row(self, message: NodeReport) -> NewRow:
        """The message with the next number, to be kept."""
        self.newest += 1
        if not message.synced and message.clock_offset_s is None:
            self._add_undated(self.newest, self.shift_s)
        payload = encode(msgspec.structs.replace(message, seq=self.newest))
        return NewRow(self.boot, self.newest, message.kind, int(message.end.timestamp()), payload)

    def utc_known(self) -> list[Offset]:
        """UTC is known now: what those rows are off by that knew neither it nor an offset. Told once."""
        found = [
            Offset(self.boot, up_to, round(shift_s - self.shift_s, 3)) for up_to, shift_s in self._undated
        ]
        self._undated.clear()
        return found

    def _add_undated(self, seq: int, shift_s: float) -> None:
        """Rows under one shift, up to the newest of them, are off by the same."""
        if self._undated and self._undated[-1][1] == shift_s:
            self._undated.pop()
        self._undated.append((seq, shift_s))

    def _message(self, start: float, end: float, **body: object) -> NodeReport:
        fields = {
            "port": self._port,
            "node": self._node,
            "boot": self.boot,
            "seq": 1,
            "start": utc_ms(start + self.shift_s),
            "end": utc_ms(end + self.shift_s),
            "synced": self._synced,
            "clock_offset_s": self._offset_s,
        }
        return NodeReport(**fields, **body)  # type: ignore[arg-type]
