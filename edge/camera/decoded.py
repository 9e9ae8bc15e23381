"""A picture as its decoder gives it: colours are made of it only when somebody looks at them.

Most looks (is the view as it was, does anything move) need the brightness alone, which is there already; a
picture that the gate holds is never made BGR.
"""

from __future__ import annotations

import av
import numpy as np

from edge.camera.levels import Levels, levels_of
from edge.camera.to_bgr import ToBgr
from edge.picture import Colours, grey_of
from edge.vision import Image, Luma, Picture, Region


def picture_of(frame: av.VideoFrame, to_bgr: ToBgr) -> Picture:
    """As planes where the first one is bytes of brightness, else in BGR; turned as its file says."""
    turns = round(frame.rotation / 90) % 4
    if turns:
        return Colours(np.ascontiguousarray(np.rot90(_image(to_bgr(frame)), turns)))
    levels = levels_of(frame)
    if levels is not None:
        return Decoded(frame, to_bgr, levels)
    return Colours(_image(to_bgr(frame)))


class Decoded:
    """A picture whose first plane is its brightness."""

    def __init__(self, frame: av.VideoFrame, to_bgr: ToBgr, levels: Levels) -> None:
        self._frame, self._to_bgr, self._levels = frame, to_bgr, levels
        self._bgr: Colours | None = None
        self._luma: Luma | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self._frame.height, self._frame.width

    @property
    def luma(self) -> Luma:
        """See `Picture.luma`."""
        if self._luma is None:
            plane = self._frame.planes[0]
            rows: Luma = np.frombuffer(memoryview(plane), np.uint8, self._frame.height * plane.line_size)
            self._luma = rows.reshape(self._frame.height, plane.line_size)[:, : self._frame.width]
        return self._luma

    def grey(self, luma: Luma) -> Luma:
        """See `Picture.grey`."""
        return grey_of(luma, self._levels)

    def bgr(self) -> Image:
        """See `Picture.bgr`."""
        if self._bgr is None:
            self._bgr = Colours(_image(self._to_bgr(self._frame)))
        return self._bgr.bgr()

    def scaled(self, region: Region, width: int, height: int) -> Image:
        """See `Picture.scaled`. The whole picture's colours are not kept for that."""
        whole = self._bgr or Colours(_image(self._to_bgr(self._frame)))
        return whole.scaled(region, width, height)


def _image(frame: av.VideoFrame) -> Image:
    """(height, width, 3) of a picture in BGR."""
    return np.asarray(frame.to_ndarray(), np.uint8)
