"""A plate that was read, as a token; sent once, never kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from edge.messages.fields import Boot, LaneId


class Read(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A vehicle's plate as a token of the day: it crossed the `tail` line, or came to stand at the `booth`.

    Sent once, never kept: what is lost is lost. `key_id` names the key that made the token.
    """

    boot: Boot
    at: datetime
    lane: LaneId
    point: Literal["tail", "booth"]
    token: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    key_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
