"""How a camera's view looks when it is right: learned while it is, and compared with each look. Pure.

What moves through the view points now here, now there, and so averages out; what stays are kerbs, booths,
poles and markings. Two views are compared at all shifts at once by the correlation of their edges'
directions, which day and night share.
Source: Fitch, Kadyrov, Christmas and Kittler, Orientation Correlation, BMVC 2002; the peak's height over the
rest of the correlation as the measure of trust: Bolme et al., MOSSE tracking, CVPR 2010.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.outline import HEIGHT, WIDTH, Field, Outline, power_of

LOOKS = 15
"""A view is known after so many looks."""

MEMORY = 300.0
"""A known view follows the light at the rate of one in so many looks."""

LEAST_POWER = 0.01
"""A view whose lasting edges are weaker or fewer (mean square) cannot be told from another."""

BLUNT = 0.25
"""A block with less than this share of its usual sharpness is smeared, covered or lost in fog."""


@dataclass(frozen=True, slots=True)
class Match:
    """The best place for the reference in a look (px of the outline; 0, 0 is right), and by how many standard
    deviations its correlation stands out of the rest, there and within a pixel of the right place."""

    x: int
    y: int
    best: float
    here: float


class Reference:
    """The lasting edges of one view, its usual sharpness, and how well it is recognised usually.

    `edges` follow the light. The `anchor` is how they were when the view became known and never changes, so
    that a camera that sinks by a hair a day is found out.
    """

    def __init__(self, anchor: Field | None = None) -> None:
        self.anchor = anchor
        self.edges: Field = np.zeros((HEIGHT, WIDTH), np.complex64) if anchor is None else anchor.copy()
        self._sharpness: NDArray[np.float32] | None = None
        self._looks = 0 if anchor is None else LOOKS
        self._spectra: list[NDArray[np.float32]] = []
        self.usual = 0.0

    @property
    def known(self) -> bool:
        """Whether it was looked at for long enough, and has edges enough, to be told from another view."""
        return self.anchor is not None

    def learn(self, outline: Outline, here: float = 0.0) -> None:
        """Take in one look at the right view, and how well it was recognised."""
        self._looks += 1
        share = max(1 / self._looks, 1 / MEMORY)
        self.edges += share * (outline.edges - self.edges)
        sharpness = outline.sharpness if self._sharpness is None else self._sharpness
        self._sharpness = sharpness + share * (outline.sharpness - sharpness)
        self.usual = here if not self.usual else self.usual + share * (here - self.usual)
        self._spectra.clear()
        if self.anchor is None and self._looks >= LOOKS and power_of(self.edges) >= LEAST_POWER:
            self.anchor = self.edges.copy()

    def is_blunt(self, outline: Outline) -> bool:
        """Whether the detail is gone all over the picture; something before the lens leaves some of it."""
        if self._sharpness is None:
            return False
        rich = self._sharpness >= np.median(self._sharpness)
        blunt = outline.sharpness < BLUNT * self._sharpness
        return int((rich & ~blunt).sum()) <= 1

    def match(self, outline: Outline) -> tuple[Match, ...]:
        """Where in a look the edges lie, and where the anchor."""
        if not self._spectra:
            self._spectra = [_spectrum(self.edges)]
            self._spectra += [] if self.anchor is None else [_spectrum(self.anchor)]
        look = _spectrum(outline.edges)
        return tuple(_match(look, own) for own in self._spectra)


def _match(look: NDArray[np.float32], own: NDArray[np.float32]) -> Match:
    found = cv2.idft(cv2.mulSpectrums(look, own, 0, conjB=True))[:, :, 0]
    mean, spread = float(found.mean()), float(found.std()) or 1.0
    y, x = divmod(int(found.argmax()), WIDTH)
    here = float(found[np.ix_([-1, 0, 1], [-1, 0, 1])].max())
    best = float(found[y, x])
    return Match(_signed(x, WIDTH), _signed(y, HEIGHT), (best - mean) / spread, (here - mean) / spread)


def _spectrum(edges: Field) -> NDArray[np.float32]:
    pairs = np.ascontiguousarray(edges).view(np.float32).reshape(HEIGHT, WIDTH, 2)
    return np.asarray(cv2.dft(pairs), np.float32)


def _signed(shift: int, size: int) -> int:
    return shift - size if shift > size // 2 else shift
