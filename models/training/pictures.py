"""Labelled pictures on disk: YOLO text labels, split lists, boxes to be left out of judgement."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

UNKNOWN = -1
"""Class of a box whose kind of vehicle is not labelled."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture's boxes: fractions xyxy (n, 4), classes (n,), boxes to ignore (m, 4).

    `aspect`: true width over height of the scene, where the file was stretched; None: as it is.
    """

    path: Path
    boxes: np.ndarray
    classes: np.ndarray
    ignore: np.ndarray
    aspect: float | None = None

    def image(self) -> np.ndarray:
        """The picture (height, width, 3) uint8 BGR.

        Raises: FileNotFoundError, if it cannot be read.
        """
        image = cv2.imread(str(self.path), cv2.IMREAD_COLOR)
        if image is None:
            raise FileNotFoundError(f"{self.path}: no picture that can be read")
        return image


def corners(rows: np.ndarray) -> np.ndarray:
    """Centre and size (n, 4) to xyxy (n, 4)."""
    centre, half = rows[:, :2], rows[:, 2:4] / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def read_rows(path: Path, columns: int) -> np.ndarray:
    """Numbers of a label file (n, columns); an absent or empty file has none."""
    lines = path.read_text().split("\n") if path.is_file() else []
    rows = [[float(v) for v in line.split()[:columns]] for line in lines if line.strip()]
    return np.array(rows, np.float32).reshape(-1, columns)


def read_labelled(
    image: Path,
    labels: Path,
    classes: Mapping[int, int],
    ignore: Path | None = None,
    aspect: float | None = None,
) -> Labelled:
    """One picture; `classes` maps the file's class numbers to ours (or UNKNOWN), others are left out."""
    rows = read_rows(labels, 5)
    rows = rows[np.isin(rows[:, 0], list(classes))]
    kinds = np.array([classes[int(row)] for row in rows[:, 0]], np.int64)
    left_out = read_rows(ignore, 4) if ignore else np.empty((0, 4), np.float32)
    return Labelled(image, corners(rows[:, 1:]), kinds, corners(left_out), aspect)


def listed(root: Path, split: str, classes: Mapping[int, int], aspect: float | None = None) -> list[Labelled]:
    """The pictures that `root/<split>.txt` names; labels beside them, boxes to ignore in `root/ignore`."""
    names = [
        Path(line.strip()).name for line in (root / f"{split}.txt").read_text().splitlines() if line.strip()
    ]
    return [
        read_labelled(
            root / "images" / name,
            root / "labels" / f"{Path(name).stem}.txt",
            classes,
            root / "ignore" / f"{Path(name).stem}.txt",
            aspect,
        )
        for name in names
    ]


def in_folder(folder: Path, classes: Mapping[int, int]) -> list[Labelled]:
    """All pictures below a folder that have their label file beside them."""
    found = sorted(path for path in folder.rglob("*.jpg") if path.with_suffix(".txt").is_file())
    return [read_labelled(path, path.with_suffix(".txt"), classes) for path in found]


def digest(pictures: list[Labelled]) -> str:
    """One SHA-256 over the files and labels of a set, to tell whether two runs saw the same data."""
    total = hashlib.sha256()
    for picture in pictures:
        total.update(picture.path.read_bytes())
        total.update(picture.boxes.tobytes() + picture.classes.tobytes() + picture.ignore.tobytes())
    return total.hexdigest()
