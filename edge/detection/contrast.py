"""Pictures that fog, snow, rain or a low sun have washed out, with their contrast brought back.

Networks learn from pictures of usual contrast. A vehicle that is a shade of grey in another shade of grey is
there for the eye and not for them, until the picture is stretched; before a low sun, until its veil is taken
off. A picture that uses its levels is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from edge.vision import Image, Luma, Picture, Region

Clearing = Callable[[Picture], Picture]

USUAL_SPAN = 120
"""Grey levels between the darkest and brightest hundredth of a picture that is left alone."""

LEAST_DETAIL, USUAL_GREY = 60, 110
"""Levels by which things differ from what is about them: less before a low sun, whose veil spans many."""

ABOUT = 0.12
"""What is about a place: so much of the picture's longer side."""

LEAST_SPAN = 6
"""A picture of fewer levels shows nothing that could be brought out."""

MOST_GAIN = 4.0
"""More would show noise for things."""

SAMPLE = 8
"""Of so many rows and columns one is looked at."""

HUNDREDTH = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class _Clearer:
    """A picture made out of another one: of the same size, and its luma is the other's."""

    of: Picture

    @property
    def shape(self) -> tuple[int, int]:
        """See `Picture.shape`."""
        return self.of.shape

    @property
    def luma(self) -> Luma:
        """See `Picture.luma`."""
        return self.of.luma


@dataclass(frozen=True, slots=True, eq=False)
class Stretched(_Clearer):
    """A picture with the levels of `table` (256,) uint8 for its own."""

    table: Luma

    def grey(self, luma: Luma) -> Luma:
        """See `Picture.grey`."""
        return self._told(self.of.grey(luma))

    def bgr(self) -> Image:
        """See `Picture.bgr`."""
        return self._told(self.of.bgr())

    def scaled(self, region: Region, width: int, height: int) -> Image:
        """See `Picture.scaled`."""
        return self._told(self.of.scaled(region, width, height))

    def _told(self, levels: Image) -> Image:
        return np.asarray(cv2.LUT(levels, self.table), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Unveiled(_Clearer):
    """A picture without its `veil` (rows, columns) of slow changes; what remains is `gain` times stronger."""

    veil: Luma
    gain: float

    def grey(self, luma: Luma) -> Luma:
        """See `Picture.grey`; a veil has a place, levels have none."""
        return self.of.grey(luma)

    def bgr(self) -> Image:
        """See `Picture.bgr`."""
        height, width = self.shape
        return self.scaled((0, 0, width, height), width, height)

    def scaled(self, region: Region, width: int, height: int) -> Image:
        """See `Picture.scaled`."""
        (rows, columns), (all_rows, all_columns) = self.veil.shape, self.shape
        x0, y0, x1, y1 = region
        across = np.linspace(x0, x1, width, endpoint=False, dtype=np.float32) * (columns / all_columns)
        down = np.linspace(y0, y1, height, endpoint=False, dtype=np.float32) * (rows / all_rows)
        columns_at, rows_at = np.meshgrid(across, down)
        veil = cv2.remap(self.veil, columns_at, rows_at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        part = self.of.scaled(region, width, height).astype(np.float32)
        shown = (part - np.asarray(veil)[:, :, None]) * self.gain + USUAL_GREY
        return np.asarray(np.clip(np.round(shown), 0, 255), np.uint8)


def with_contrast(picture: Picture, region: Region | None = None) -> Picture:
    """The picture, or a clearer one if what is seen in `region` spans few grey levels, or a veil's."""
    return clearing(picture, region)(picture)


def clearing(picture: Picture, region: Region | None = None) -> Clearing:
    """What makes this picture clearer, and those of the same moment."""
    height, width = picture.shape
    x0, y0, x1, y1 = (edge // SAMPLE for edge in region or (0, 0, width, height))
    grey = picture.grey(np.ascontiguousarray(picture.luma[::SAMPLE, ::SAMPLE]))
    low, high = _span(grey[y0:y1, x0:x1])
    if high - low < LEAST_SPAN:
        return as_it_is
    if high - low < USUAL_SPAN:
        gain = min(USUAL_SPAN / (high - low), MOST_GAIN)
        table = np.clip(np.round((np.arange(256) - low) * gain + low / gain), 0, 255)
        return partial(Stretched, table=table.astype(np.uint8))
    side = max(3, round(ABOUT * max(grey.shape)))
    veil = np.asarray(cv2.blur(grey, (side, side)), np.uint8)
    veil_low, veil_high = _span(veil[y0:y1, x0:x1])
    apart = np.clip(grey[y0:y1, x0:x1].astype(np.int16) - veil[y0:y1, x0:x1] + 128, 0, 255)
    low, high = _span(apart.astype(np.uint8), 2 * HUNDREDTH)
    if high - low >= LEAST_DETAIL or veil_high - veil_low < USUAL_SPAN:
        return as_it_is
    return partial(Unveiled, veil=veil, gain=min(USUAL_SPAN / max(high - low, 1), MOST_GAIN))


def as_it_is(picture: Picture) -> Picture:
    """A picture that uses its levels."""
    return picture


def _span(grey: Luma, rarest: float = HUNDREDTH) -> tuple[int, int]:
    """The levels below and above which the rarest pixels lie; (0, 255) of none."""
    if not grey.size:
        return 0, 255
    below = np.cumsum(np.bincount(grey.ravel(), minlength=256))
    low, high = np.searchsorted(below, np.array([rarest, 1 - rarest]) * grey.size)
    return int(low), int(high)
