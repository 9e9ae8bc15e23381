"""What central says to a node."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from edge.messages.fields import Boot, Seq


class Receipt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Sent after central's COMMIT; the inclusive seq `ranges` of `boot` may leave the outbox."""

    boot: Boot
    ranges: list[tuple[Seq, Seq]]
    at: datetime


class Command(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """From central to a node; never a key, never a request for an image."""

    command: Literal["reload", "announce"]
