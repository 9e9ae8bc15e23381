"""What of a picture stays when only the light changes: the directions of its edges, small. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision import Picture

WIDTH, HEIGHT = 160, 90
"""Every picture is looked at in this size, whatever its own; lanes lie in fractions of it as well."""

NOISE = 24.0
"""An edge of this strength (Sobel, grey levels) counts half, a stronger one more, up to 1."""

BRIGHTEST = 0.995
"""So much of a picture is no brighter than its brightest: a few lamps and a broken pixel are left out."""

COLUMNS, ROWS = 5, 4
LEAST_SPREAD = 2.0
"""Grey levels of a sensor's noise."""

Field = NDArray[np.complex64]
"""(HEIGHT, WIDTH): strength of the edge there, from 0 to 1, and twice its direction as the angle, so that an
edge from dark to light and one from light to dark are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """One picture: its edges; its mean and brightest grey (0-255); how sharp its (ROWS, COLUMNS) blocks are:
    fine detail over the whole picture's contrast."""

    edges: Field
    mean: float
    brightest: float
    sharpness: NDArray[np.float32]

    @property
    def power(self) -> float:
        """How much there is to be seen, 0 to 1: the mean square of the edges' strength."""
        return power_of(self.edges)


def outline_of(picture: Picture) -> Outline:
    """The outline of a picture."""
    fine = picture.grey(np.asarray(cv2.resize(picture.luma, (2 * WIDTH, 2 * HEIGHT)), np.uint8))
    grey = cv2.pyrDown(fine)
    detail = cv2.resize(
        cv2.absdiff(fine, cv2.pyrUp(grey)).astype(np.float32), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA
    )
    return Outline(
        edges=_edges_of(grey),
        mean=float(grey.mean()),
        brightest=_quantile(np.asarray(grey[::2, ::2], np.uint8), BRIGHTEST),
        sharpness=(detail / (float(grey.std()) + LEAST_SPREAD)).astype(np.float32),
    )


def _quantile(levels: NDArray[np.uint8], share: float) -> float:
    """As `np.percentile` has it, which loads masked arrays: a fortieth of a node's start."""
    place = share * (levels.size - 1)
    below = int(place)
    above = min(below + 1, levels.size - 1)
    parted = np.partition(levels, (below, above), axis=None)
    low, high = float(parted[below]), float(parted[above])
    return low + (high - low) * (place - below)


def power_of(edges: Field) -> float:
    """The mean square of the edges' strength, 0 to 1."""
    return float((np.abs(edges) ** 2).mean())


def _edges_of(grey: cv2.typing.MatLike) -> Field:
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    power = across * across + down * down + NOISE * NOISE
    edges = np.empty((HEIGHT, WIDTH), np.complex64)
    edges.real = (across * across - down * down) / power
    edges.imag = 2 * across * down / power
    return edges
