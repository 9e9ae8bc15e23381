"""A decoder's picture made BGR. Light."""

from __future__ import annotations

import av
from av.video.reformatter import VideoReformatter


class ToBgr:
    """Kept from picture to picture: to set the conversion up, and threads for it, cost as much as it does."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The picture as one plane of BGR."""
        return self._reformatter.reformat(frame, format="bgr24", threads=1)
