"""What several messages hold: identifiers and numbers, as the wire accepts them."""

from __future__ import annotations

from typing import Annotated

import msgspec

Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,32}$")]
LaneId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,32}$")]
Boot = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
