"""How many plates of the plate sets (real vehicles, labelled boxes) give a text, and a steady one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge.plates.quality import fits, quality_of
from edge.plates.reader import PlateReader
from edge.plates.sight import ROUND_PLATE, cut
from edge.plates.text import fold
from edge.vision import Image

SHARED = Path(__file__).parents[3] / "shared"
SETS = {"plates (dash camera, day)": "valid.txt", "plates (dash camera, night)": "night.txt"}


@dataclass(slots=True)
class SetScore:
    """Labelled plates of a set, those that are large enough to be read, and those that give a text.

    `steady`: three cuts, a little shifted, give the same text. What stands on them is in no label and is
    neither kept nor printed.
    """

    plates: int = 0
    large: int = 0
    read: int = 0
    steady: int = 0


def plate_set(listed: str, reader: PlateReader) -> SetScore | None:
    """Crops of one list of ../shared/data/plates; None where it is not here."""
    folder = SHARED / "data" / "plates"
    if not (folder / listed).is_file():
        return None
    score = SetScore()
    for name in (folder / listed).read_text().split():
        image = cv2.imread(str(folder / "images" / Path(name).name))
        notes = folder / "annots" / f"{Path(name).stem}.xml"
        for box in ET.parse(notes).iter("bndbox"):  # nosec B314 - our own copy of a data set
            x0, y0, x1, y1 = (float(box.findtext(key) or 0) for key in ("xmin", "ymin", "xmax", "ymax"))
            score.plates += 1
            if image is None or not fits(x1 - x0, y1 - y0):
                continue
            score.large += 1
            shifts = [np.array([0, 0, 0, 0]), np.array([-1, 0, 1, 0]), np.array([0, -1, 0, 1])]
            texts = [_counted(np.array([x0, y0, x1, y1]) + shift, image, reader) for shift in shifts]
            score.read += texts[0] is not None
            score.steady += texts[0] is not None and len(set(texts)) == 1
    return score


def _counted(xyxy: Sequence[float], image: Image, reader: PlateReader) -> str | None:
    plate = cut(image, xyxy, ROUND_PLATE)
    look = reader.look(plate, quality_of(plate))
    return fold(look.text.characters) if look.counts else None
