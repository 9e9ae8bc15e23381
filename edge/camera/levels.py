"""How a decoder's picture tells its brightness. Light."""

from __future__ import annotations

from typing import Literal

import av

Levels = Literal["full", "limited"]
"""From 0 to 255, or from 16 to 235."""

FULL, LIMITED = "yuvj420p", "yuv420p"
FULL_RANGE = 2
"""As FFmpeg calls them."""


def levels_of(frame: av.VideoFrame) -> Levels | None:
    """The levels of its first plane, where that is bytes of brightness."""
    if frame.format.name not in (FULL, LIMITED):
        return None
    return "full" if frame.format.name == FULL or frame.color_range == FULL_RANGE else "limited"
