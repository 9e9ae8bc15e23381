"""`lanewatch-edge plates`: plate boxes on still pictures, a tool for set-up; it is never part of `run`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from edge.detection.command import expand, read_picture, rows
from edge.detection.detector import Detector
from edge.plates.finder import DEFAULT_MODEL, load_finder
from edge.plates.quality import quality_of
from edge.plates.reader import PlateReader
from edge.plates.sight import ROUND_PLATE, cut
from edge.vision import Boxes, Image


def find_plates(
    paths: Iterable[str], model: str = DEFAULT_MODEL, min_score: float | None = None, text: bool = False
) -> list[dict[str, Any]]:
    """Plates on each picture, an entry for each, boxes or not; a folder stands for the pictures in it.

    Gives `[{"image": path as given, "boxes": [{"xyxy": [x0, y0, x1, y1] px, "class", "score", "text"?}]}]`;
    texts only if asked for. Raises: ModelError or PictureError, if a model or a picture cannot be used.
    """
    finder = load_finder(model)
    reader = PlateReader.load() if text else None
    return [
        {"image": path, "boxes": _boxes(read_picture(path), finder, min_score, reader)}
        for path in expand(paths)
    ]


def _boxes(
    image: Image, finder: Detector, min_score: float | None, reader: PlateReader | None
) -> list[dict[str, Any]]:
    boxes = finder.boxes(image, min_score, magnified=False)  # as `run` looks at a vehicle
    found = rows(boxes)
    if reader is not None:
        for row, text in zip(found, _texts(image, boxes, reader), strict=True):
            row["text"] = text
    return found


def _texts(image: Image, boxes: Boxes, reader: PlateReader) -> Iterable[str]:
    for xyxy in boxes.xyxy:
        plate = cut(image, xyxy.tolist(), ROUND_PLATE)
        yield reader.look(plate, quality_of(plate)).text.characters if plate.size else ""
