"""What the plate net learns from, what is held back. It shows plates of real vehicles: never published."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np

from models.training.pictures import Labelled, listed
from models.training.sources import Source

HELD_SHARE = 0.12
"""The last part of each train list is not learnt from: the threshold is chosen on it."""


def voc(root: Path, split: str) -> list[Labelled]:
    """The pictures that `root/<split>.txt` names, in order of time, with their Pascal VOC boxes."""
    names = sorted((root / f"{split}.txt").read_text().split(), key=second_of)
    return [read_voc(root / "images" / name, root / "annots" / f"{Path(name).stem}.xml") for name in names]


def second_of(name: str) -> tuple[str, int]:
    """Film and second of `film_t123.jpg`."""
    film, _, second = Path(name).stem.rpartition("_t")
    return film, int(second)


def read_voc(image: Path, annotation: Path) -> Labelled:
    """One picture with the boxes of its annotation as fractions."""
    root = ElementTree.parse(annotation).getroot()
    size = [float(root.findtext(f"size/{side}", "nan")) for side in ("width", "height")] * 2
    boxes = [
        [float(box.findtext(side, "nan")) for side in ("xmin", "ymin", "xmax", "ymax")]
        for box in root.iterfind("object/bndbox")
    ]
    fractions = np.array(boxes, np.float32).reshape(-1, 4) / np.array(size, np.float32)
    return Labelled(image, fractions, np.zeros(len(boxes), np.int64), np.empty((0, 4), np.float32))


def split(pictures: list[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """What is learnt and what is held back."""
    learnt = round(len(pictures) * (1 - HELD_SHARE))
    return pictures[:learnt], pictures[learnt:]


def train_lists(shared: Path) -> tuple[list[Labelled], list[Labelled]]:
    """The train lists of the dash camera and of Open Images.

    The two other sets beside them are left out: their licence is only stated by who uploaded them, and their
    boxes are loose.
    """
    data = shared / "data"
    return voc(data / "plates", "train"), listed(data / "plates-extra/openimages-plates", "train", {0: 0})


def sources(shared: Path) -> list[Source]:
    """All training sets."""
    dash, street = (split(pictures)[0] for pictures in train_lists(shared))
    return [
        Source(
            "plates train, day film 001",
            dash,
            0.65,
            "MIT",
            "dash-camera pictures: Robert Lucian Chiriac, MIT",
        ),
        Source(
            "openimages-plates train",
            street,
            0.35,
            "CC BY 4.0, photographs CC BY 2.0",
            "Open Images photographs CC BY 2.0, annotations CC BY 4.0, from Roboflow samrat-sahoo",
        ),
    ]


def held_sets(shared: Path) -> dict[str, list[Labelled]]:
    """Pictures of the train lists that are not learnt from."""
    dash, street = (split(pictures)[1] for pictures in train_lists(shared))
    return {"plates held": dash, "openimages-plates held": street}


def test_sets(shared: Path) -> dict[str, list[Labelled]]:
    """The sets that are for judgement only."""
    data = shared / "data"
    return {"plates valid": voc(data / "plates", "valid"), "plates night": voc(data / "plates", "night")}
