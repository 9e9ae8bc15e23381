"""Fitting a picture into a detector's input, and boxes back onto the picture."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where the picture lies in the input: its size there and its upper left corner, in input pixels.

    `source_width` and `source_height` are the picture's own size in pixels.
    """

    source_width: int
    source_height: int
    width: int
    height: int
    left: int
    top: int

    def to_source(self, xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes (n, 4) from input pixels to picture pixels; they may reach beyond the picture."""
        x, y = self.width / self.source_width, self.height / self.source_height
        shift = np.array([self.left, self.top, self.left, self.top], np.float32)
        return np.asarray((xyxy - shift) / np.array([x, y, x, y], np.float32), np.float32)


@lru_cache(maxsize=64)
def best_size(source_width: int, source_height: int, width: int, height: int, step: int) -> tuple[int, int]:
    """Width and height, multiples of `step`, that show the source largest at the cost of width x height.

    The area may be up to 5 % larger. A 16:9 picture gets 416x256 of 416x256, a square one 320x320.
    """
    budget = width * height * 1.05

    def scale(side: int) -> float:
        return min(side / source_width, budget // (side * step) * step / source_height)

    best = max(scale(side) for side in range(step, int(budget // step) + 1, step))
    columns, rows = (math.ceil(length * best / step - 1e-6) for length in (source_width, source_height))
    return columns * step, rows * step


def whole(length: int, step: int) -> int:
    """The least multiple of `step` that is not below `length`."""
    return math.ceil(length / step) * step


def fit(
    source_width: int, source_height: int, width: int, height: int, centred: bool, stretched: bool = False
) -> Letterbox:
    """The largest picture of the source's shape that fits into width x height, in its corner or centre.

    `stretched`: the whole of width x height, whatever the source's shape.
    """
    if stretched:
        return Letterbox(source_width, source_height, width, height, 0, 0)
    ratio = min(width / source_width, height / source_height)
    inner_width = min(width, max(1, round(source_width * ratio)))
    inner_height = min(height, max(1, round(source_height * ratio)))
    left = (width - inner_width) // 2 if centred else 0
    top = (height - inner_height) // 2 if centred else 0
    return Letterbox(source_width, source_height, inner_width, inner_height, left, top)
