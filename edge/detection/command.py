"""`lanewatch-edge detect`: vehicle boxes on still pictures."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from edge.detection.detector import Detector
from edge.pictures import decoded, pictures_in
from edge.vision import Boxes, Image

DEFAULT_MODEL = "vehicles"


class PictureError(ValueError):
    """A picture that cannot be read; one line: the file, what is wrong, the fix."""


def detect(
    paths: Iterable[str], model: str = DEFAULT_MODEL, min_score: float | None = None
) -> list[dict[str, Any]]:
    """Boxes on each picture, an entry for each, boxes or not; a folder stands for the pictures in it.

    Gives `[{"image": path as given, "boxes": [{"xyxy": [x0, y0, x1, y1] px, "class", "score"}]}]`.
    Raises: ModelError or PictureError, if the model or a picture cannot be used.
    """
    detector = Detector.load(model)
    return [
        {"image": path, "boxes": rows(detector.boxes(read_picture(path), min_score))}
        for path in expand(paths)
    ]


def expand(paths: Iterable[str]) -> list[str]:
    """Replace folders by their pictures in name order.

    Raises: PictureError, if a folder holds none.
    """
    found: list[str] = []
    for path in paths:
        if not Path(path).is_dir():
            found.append(path)
            continue
        found += map(str, pictures_in(Path(path), PictureError))
    return found


def read_picture(path: str) -> Image:
    """A picture (height, width, 3) uint8 BGR.

    Raises: PictureError, if it is not there or not a picture.
    """
    try:
        image = decoded(Path(path).read_bytes())
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror}); give the path of a picture") from None
    if image is None:
        raise PictureError(f"{path}: not a picture that can be decoded; give a JPEG or PNG")
    return image


def rows(boxes: Boxes) -> list[dict[str, Any]]:
    """Boxes as plain rows, as `detect` writes them."""
    return [
        {"xyxy": [round(float(v), 2) for v in xyxy], "class": name, "score": round(float(score), 4)}
        for xyxy, name, score in zip(boxes.xyxy, boxes.classes, boxes.scores, strict=True)
    ]
