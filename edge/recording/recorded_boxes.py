"""Recorded boxes: one JSON line a picture, as `count --boxes` reads them."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np

from edge.vision import Boxes

FARTHEST_PX = 1e6
"""No corner lies farther from the picture's own; a vehicle that is cut off may reach beyond its edge."""

Pixel = Annotated[float, msgspec.Meta(ge=-FARTHEST_PX, le=FARTHEST_PX)]
Corners = tuple[Pixel, Pixel, Pixel, Pixel]


class BoxesError(ValueError):
    """A line that is not a picture's boxes: one line that names file, line, key and fix."""


class _Box(msgspec.Struct, frozen=True):
    xyxy: Corners
    cls: str = msgspec.field(name="class")
    score: float = 1.0


class _Picture(msgspec.Struct, frozen=True):
    frame: Annotated[int, msgspec.Meta(ge=0)]
    t_s: float
    width: Annotated[int, msgspec.Meta(gt=0)]
    height: Annotated[int, msgspec.Meta(gt=0)]
    boxes: list[_Box]


@dataclass(frozen=True, slots=True, eq=False)
class BoxedFrame:
    """The boxes (px) of one picture of `width` x `height` at `at` seconds."""

    number: int
    at: float
    width: int
    height: int
    boxes: Boxes


class Times:
    """The times of a recording's pictures, taken or not."""

    def __init__(self) -> None:
        self._seconds: list[float] = []

    def add(self, at: float) -> None:
        """One picture more, at `at` seconds."""
        self._seconds.append(at)

    @property
    def pictures(self) -> int:
        """How many pictures there are."""
        return len(self._seconds)

    @property
    def fps(self) -> float:
        """Pictures a second, from the median time between them; 0.0 for a single one."""
        gaps = np.diff(self._seconds)
        gaps = gaps[gaps > 0]
        return round(float(1 / np.median(gaps)), 3) if len(gaps) else 0.0


def read_boxes(path: Path) -> Iterator[BoxedFrame]:
    """The pictures of a file, in its order; empty lines and a byte order mark are passed over.

    Raises: BoxesError, for a missing or empty file, a line of another form, a box inside out, or times
    that fall.
    """
    decoder = msgspec.json.Decoder(_Picture)
    last: _Picture | None = None
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                text = line.removeprefix(BOM_UTF8) if number == 1 else line
                if text.strip():
                    picture = decoder.decode(text)
                    _check(path, number, last, picture)
                    last = picture
                    yield _boxed(picture)
    except OSError as error:
        raise BoxesError(f"{path}: cannot be read ({error.strerror}); give a file of boxes") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BoxesError(
            f'{path}:{number} is no picture\'s boxes: {error}; write {{"frame", "t_s", "width", "height", '
            '"boxes": [{"xyxy", "class", "score"}]}'
        ) from None
    if last is None:
        raise BoxesError(f"{path}: holds no picture; write one JSON line for each")


def _check(path: Path, number: int, last: _Picture | None, picture: _Picture) -> None:
    for box in picture.boxes:
        x0, y0, x1, y1 = box.xyxy
        if x0 > x1 or y0 > y1:
            raise BoxesError(
                f"{path}:{number} xyxy: {list(box.xyxy)} is inside out; write left, top, right, bottom"
            )
    if last is None:
        return
    if picture.t_s < last.t_s:
        raise BoxesError(f"{path}:{number} t_s: {picture.t_s} is before {last.t_s}; sort the lines by time")
    if (picture.width, picture.height) != (last.width, last.height):
        raise BoxesError(f"{path}:{number} width, height: changed within the file; split it there")


def _boxed(picture: _Picture) -> BoxedFrame:
    boxes = Boxes(
        np.array([box.xyxy for box in picture.boxes], np.float32).reshape(-1, 4),
        tuple(box.cls for box in picture.boxes),
        np.array([box.score for box in picture.boxes], np.float32),
    )
    return BoxedFrame(picture.frame, picture.t_s, picture.width, picture.height, boxes)
