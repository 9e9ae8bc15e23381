"""The messages of one boot: who sends them, when by which clock, and their numbers.

A message gets its number when it is kept, so that numbers have no gaps but for lost rows.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec

from edge.messages import Event, NodeReport, decode, encode, utc_ms
from edge.node.outbox import NewRow, Row


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
        payload = encode(msgspec.structs.replace(message, seq=self.newest))
        return NewRow(self.boot, self.newest, message.kind, int(message.end.timestamp()), payload)

    def with_offset(self, row: Row, offset_s: float) -> bytes | None:
        """A row of this boot with its clock's offset; None for one that knew the time, or an offset."""
        if row.boot != self.boot:
            return None
        message = decode(row.kind, row.payload)
        if message.synced or message.clock_offset_s is not None:
            return None
        return encode(msgspec.structs.replace(message, clock_offset_s=round(offset_s, 3)))

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
