"""A patch of a vehicle, laid over later pictures until it fits: how much it grew, read from its pixels.

Whoever drives along a straight road keeps its looks and grows or shrinks about the point in which the road
vanishes. Growth is told to some quarter of a pixel, where the edges of boxes are off by one or two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, sqrt

import cv2
import numpy as np

from edge.measure.geometry import XYXY, Floats, Point
from edge.measure.sway import Swayed

SAMPLES = 600
"""A patch is sampled at about so many places, or at each pixel where it has fewer."""

MARGIN = 0.08
"""What lies nearer to the border of a box than this share of it may be road."""

NEARER_MARGIN = 0.1
"""The box of a nearer vehicle may begin by this share of its height too low."""

FINE, COARSE = (3, 3), (5, 5)
"""A patch is what is finer than the second and no finer than the first, samples: light that lies on the road,
of a lamp or the sun, stays where it is while a vehicle drives through it."""

LEAST_SAMPLES = 30
LEAST_SIDE_PX = 8.0

TURNS = 6
DONE_PX = 0.1
FAR_PX = 0.15
STEP_PX = 2.0
"""The fit is found when it moves less than the first, is not found when it still moves more than the second;
no turn moves it by more than the third."""

MOST_NOISE_PX = 0.5
"""A patch without edges fits anywhere: the error that the samples' differences leave, px."""

OUTLIERS, OF_MEAN = 2.5, 1.25
LEAST_LEVELS = 2.0
"""Samples that differ by more than so many standard deviations show something else; one of these is so many
times the mean difference, which is this at least."""

MOST_LEVELS = 60.0
UNLIKE, UNLIKE_LEVELS2 = 0.75, 9.0
"""Nothing fits that leaves more than this share of the variance, and so many levels^2, unexplained."""

Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Part of a vehicle as it looked once, sampled each `step` px from `corner` on.

    `rows`: those of the samples that show it; `levels`: theirs; `slopes`: how these change with growth.
    `lever_px`: how far below the vanishing point it lies.
    """

    corner: tuple[int, int]
    size: tuple[int, int]
    step: int
    vanishing: Point
    rows: np.ndarray[tuple[int], np.dtype[np.intp]]
    levels: Samples
    slopes: Samples
    variance: float
    lever_px: float

    def growth(self, picture: Swayed, guess: float) -> float | None:
        """Logarithm of how much larger the vehicle is in this picture, near a guess; None: not found.

        Source: inverse compositional image alignment, Baker and Matthews, Lucas-Kanade 20 years on (2004), of
        one parameter, with outliers left out.
        """
        found, moved, most = guess, 0.0, STEP_PX / self.lever_px
        weights: Samples = np.ones(len(self.rows), np.float32)
        for _ in range(TURNS):
            off = self._laid_over(picture, found)
            off -= np.float32(_mean(off, weights))
            apart = np.abs(off)
            usual = max(_mean(apart, weights), LEAST_LEVELS)
            weights = (apart < OUTLIERS * OF_MEAN * usual).astype(np.float32)
            weighted = self.slopes * weights
            strength = float(weighted @ self.slopes)
            if strength <= 0:
                return None
            moved = min(max(float(weighted @ off) / strength, -most), most)
            found -= moved
            if abs(moved) * self.lever_px < DONE_PX:
                break
        if abs(moved) * self.lever_px > FAR_PX or usual * self.lever_px > MOST_NOISE_PX * sqrt(strength):
            return None
        left = float(np.mean(np.minimum(apart, MOST_LEVELS) ** 2))
        return None if left > UNLIKE * self.variance + UNLIKE_LEVELS2 else found

    def _laid_over(self, picture: Swayed, growth: float) -> Samples:
        """What the picture shows at the samples, less what the patch has there, were it grown so much."""
        sampled = _sampled(picture, self.corner, self.size, self.step, self.vanishing, growth)
        return sampled.ravel()[self.rows] - self.levels


def patch_of(picture: Swayed, xyxy: XYXY, nearer: Iterable[XYXY], vanishing: Point) -> Patch | None:
    """A patch of the vehicle in a box that no nearer one hides; None: too little of it is to be seen.

    Boxes and vanishing point as they lie in the average picture, px.
    """
    x0, y0, x1, y1 = xyxy
    width, height = x1 - x0, y1 - y0
    rows, columns = picture.luma.shape
    left, right = max(round(x0 + MARGIN * width), 1), min(round(x1 - MARGIN * width), columns - 1)
    top, bottom = max(round(y0 + MARGIN * height), 1), min(round(y1 - MARGIN * height), rows - 1)
    if min(right - left, bottom - top) < LEAST_SIDE_PX:
        return None
    step = max(1, round(((right - left) * (bottom - top) / SAMPLES) ** 0.5))
    size = (right - left) // step, (bottom - top) // step
    xs, ys = left + step * np.arange(size[0]), top + step * np.arange(size[1])
    shown = np.ones((size[1], size[0]), np.bool_)
    shown[[0, -1]] = shown[:, [0, -1]] = False
    for a0, b0, a1, b1 in nearer:
        covers = (ys >= b0 - NEARER_MARGIN * (b1 - b0)) & (ys <= b1)
        shown[np.ix_(covers, (xs >= a0 - 1) & (xs <= a1 + 1))] = False
    which = np.flatnonzero(shown)
    if len(which) < LEAST_SAMPLES:
        return None
    levels = _sampled(picture, (left, top), size, step, vanishing, 0.0)
    across, down = np.gradient(levels, axis=1) / step, np.gradient(levels, axis=0) / step
    slopes = (across * (xs - vanishing[0]) + down * (ys - vanishing[1])[:, None]).astype(np.float32)
    own = levels.ravel()[which]
    lever = max(abs(float(ys.mean()) - vanishing[1]), 1.0)
    return Patch(
        (left, top), size, step, vanishing, which, own, slopes.ravel()[which], float(np.var(own)), lever
    )


def _sampled(
    picture: Swayed,
    corner: tuple[int, int],
    size: tuple[int, int],
    step: int,
    vanishing: Point,
    growth: float,
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """What differs from its surroundings (rows, columns, in levels) at each `step` px from a corner on, grown
    about the vanishing point."""
    scale = exp(growth)
    (x, y), (x0, y0) = vanishing, corner
    grown: Floats = np.array(
        [
            [scale * step, 0.0, x + scale * (x0 - x)],
            [0.0, scale * step, y + scale * (y0 - y)],
            [0.0, 0.0, 1.0],
        ]
    )
    taken = cv2.warpAffine(
        picture.luma, picture.lies @ grown, size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    levels = np.asarray(taken, np.float32)
    return np.asarray(cv2.GaussianBlur(levels, FINE, 0) - cv2.blur(levels, COARSE), np.float32)


def _mean(values: Samples, weights: Samples) -> float:
    return float(values @ weights) / max(float(weights.sum()), 1.0)
