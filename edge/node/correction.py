"""Rows that were kept while UTC was not known get the offset of their clock when it is.

A kept row stays as it is: what it is off by is kept beside the rows, in a moment for any number of them, and
is given to each as it is read to be sent.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

import msgspec

from edge.messages import decode, encode
from edge.node.outbox import Offset, Row


class Offsets:
    """What rows are off by, of this boot and of earlier ones."""

    def __init__(self) -> None:
        self._by_boot: dict[str, list[Offset]] = {}

    def all(self) -> list[Offset]:
        """Every one, to be kept."""
        return list(chain.from_iterable(self._by_boot.values()))

    def add(self, offsets: Iterable[Offset]) -> None:
        """Some more; of what is known already, the first word counts."""
        for each in offsets:
            known = self._by_boot.setdefault(each.boot, [])
            place = bisect_left(known, each.up_to, key=_up_to)
            if place == len(known) or known[place].up_to != each.up_to:
                known.insert(place, each)

    def given(self, row: Row) -> Row:
        """The row with its offset, if there is one; a row that knew UTC, or an offset, as it is."""
        known = self._by_boot.get(row.boot, ())
        place = bisect_left(known, row.seq, key=_up_to)
        if place == len(known):
            return row
        message = decode(row.kind, row.payload)
        if message.synced or message.clock_offset_s is not None:
            return row
        return replace(
            row, payload=encode(msgspec.structs.replace(message, clock_offset_s=known[place].offset_s))
        )


def _up_to(offset: Offset) -> int:
    return offset.up_to
