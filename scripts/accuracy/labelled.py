"""The labelled sets that detectors are held against; none of them is ever learnt from."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PLATE = "plate"
VEHICLES = ("car", "truck", "bus", "motorcycle")
NIGHT_BELOW = 75
"""Mean grey value under which a picture of a set without a word on it counts as night."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes xyxy (n, 4) px, a class name or None (not labelled) for each, boxes to ignore (m, 4) px."""

    path: Path
    boxes: Array
    classes: tuple[str | None, ...]
    ignore: Array
    night: bool

    def image(self) -> NDArray[np.uint8]:
        """The picture (height, width, 3) BGR."""
        return read(self.path)


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Pictures of one origin; `kind` says how near it is to what was learnt from."""

    name: str
    kind: str
    pictures: list[Picture]
    classed: bool


def read(path: Path) -> NDArray[np.uint8]:
    """A picture (height, width, 3) BGR. Raises: FileNotFoundError."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(f"{path}: no picture that can be read; take the data again")
    return np.asarray(image, np.uint8)


def numbers(path: Path, columns: int) -> Array:
    """Rows of a YOLO label file (n, columns); an absent or empty file has none."""
    lines = path.read_text().splitlines() if path.is_file() else []
    return np.array([[float(v) for v in line.split()[:columns]] for line in lines if line.strip()]).reshape(
        -1, columns
    )


def corners(rows: Array, image: NDArray[np.uint8]) -> Array:
    """Centre and size as fractions (n, 4) to xyxy in pixels."""
    centre, half = rows[:, :2], rows[:, 2:4] / 2
    size = np.array([image.shape[1], image.shape[0]] * 2)
    return np.concatenate([centre - half, centre + half], axis=1) * size


def yolo(
    path: Path, labels: Path, names: Mapping[int, str | None], ignore: Path | None, night: bool | None
) -> Picture:
    """One picture with YOLO labels; classes that `names` leaves out are left out."""
    image = read(path)
    rows = numbers(labels, 5)
    rows = rows[np.isin(rows[:, 0], list(names))]
    left_out = numbers(ignore, 4) if ignore else np.empty((0, 4))
    dark = bool(image.mean() < NIGHT_BELOW) if night is None else night
    kinds = tuple(names[int(row)] for row in rows[:, 0])
    return Picture(path, corners(rows[:, 1:], image), kinds, corners(left_out, image), dark)


def listed(
    root: Path, split: str, names: Mapping[int, str | None], night: Callable[[str], bool | None]
) -> list[Picture]:
    """The pictures that `root/<split>.txt` names."""
    files = [Path(line).name for line in (root / f"{split}.txt").read_text().split()]
    return [
        yolo(
            root / "images" / file,
            root / "labels" / f"{Path(file).stem}.txt",
            names,
            root / "ignore" / f"{Path(file).stem}.txt",
            night(file),
        )
        for file in files
    ]


def by_brightness(_file: str) -> None:
    """Day or night is not said; the picture's brightness decides."""


def vehicle_sets(shared: Path) -> list[LabelledSet]:
    """Real pictures of vehicles."""
    data, extra = shared / "data", shared / "data/vehicles-extra"
    ours = dict(enumerate(VEHICLES))
    atl = [
        yolo(p, data / "atl/labels" / f"{p.stem}.txt", {0: None, 1: "bus", 2: "car", 3: "truck"}, None, None)
        for p in sorted((data / "atl/images").glob("*.jpg"))
    ]
    return [
        LabelledSet(
            "topview valid",
            "in the family of the training data, other places",
            listed(data / "topview", "valid", {0: None}, lambda _: False),
            False,
        ),
        LabelledSet("atl", "out of the family of the training data", atl, True),
        LabelledSet(
            "rf100-highway valid",
            "the training data's own camera, later in each clip: reads high",
            listed(extra / "rf100-highway", "valid", ours, lambda file: "malam" in file),
            True,
        ),
        LabelledSet(
            "openimages-vehicles valid",
            "in the family of the training data; vehicles behind are often not labelled: precision reads low",
            listed(extra / "openimages-vehicles", "valid", ours, by_brightness),
            True,
        ),
    ]


def plate_sets(shared: Path) -> list[LabelledSet]:
    """Real pictures of plates: never to be shown unblurred."""
    data, extra = shared / "data", shared / "data/plates-extra"
    near, far = "in the family of the training data", "out of the family of the training data"
    return [
        LabelledSet("plates valid", f"{near}, other films", voc(data / "plates", "valid", False), True),
        LabelledSet(
            "plates night", f"{near}, by night (none learnt)", voc(data / "plates", "night", True), True
        ),
        *(
            LabelledSet(f"{name} valid", kind, listed(extra / name, "valid", {0: PLATE}, by_brightness), True)
            for name, kind in (
                ("openimages-plates", near),
                ("florida-plates", far),
                ("indonesia-plates", far),
            )
        ),
    ]


def voc(root: Path, split: str, night: bool) -> list[Picture]:
    """The pictures that `root/<split>.txt` names, with Pascal VOC boxes."""
    found = []
    for name in (root / f"{split}.txt").read_text().split():
        tree = ElementTree.parse(root / "annots" / f"{Path(name).stem}.xml").getroot()
        boxes = [
            [float(box.findtext(side, "nan")) for side in ("xmin", "ymin", "xmax", "ymax")]
            for box in tree.iterfind("object/bndbox")
        ]
        array = np.array(boxes).reshape(-1, 4)
        found.append(Picture(root / "images" / name, array, (PLATE,) * len(boxes), np.empty((0, 4)), night))
    return found


def rendered_set(folder: Path) -> LabelledSet:
    """Labelled pictures of the simulator below `folder`."""
    names = dict(enumerate(VEHICLES))
    pictures = [
        yolo(p, p.with_suffix(".txt"), names, None, None)
        for p in sorted(folder.rglob("*.jpg"))
        if p.with_suffix(".txt").is_file()
    ]
    return LabelledSet(
        "rendered port", "rendered by our simulator, a port that was not learnt from", pictures, True
    )
