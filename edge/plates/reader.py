"""Characters in the picture of a plate: the PP-OCR recogniser out of rapidocr's wheel, run by onnxruntime.

Of rapidocr only the model is used: its own code would bring further libraries into the node. Scores are held
against letters, digits, hyphen, space and nothing; what else the model knows cannot stand on a plate.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.detection.layouts import ModelError
from edge.detection.runtime import ort
from edge.detection.session import open_session
from edge.plates.agreement import Look
from edge.plates.quality import Quality
from edge.plates.text import ALPHABET, PlateText
from edge.vision import Image

HEIGHT_PX = 48
LEAST_WIDTH_PX = 96
BAND = (0.17, 0.86)
"""The number's part of a North American plate: above it stands the place, below a motto."""

GREY = 127.5
FIX = "install the extra: pip install 'lanewatch[edge,plates]'"


class PlateReader:
    """Reads one line of characters. One thread at a time.

    `columns` (1 + letters and digits + others,): those of the recogniser's scores that `decode` takes.
    """

    def __init__(self, session: ort.InferenceSession, columns: NDArray[np.intp]) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        self._columns = columns

    @staticmethod
    def load(path: Path | None = None) -> PlateReader:
        """Open the recogniser, rapidocr's own if no path is given. Raises: ModelError."""
        model = path or installed_model()
        session = open_session(model)
        known = session.get_modelmeta().custom_metadata_map.get("character", "").split("\n")
        if not set(ALPHABET) <= set(known):
            raise ModelError(f"{model}: names no characters of plates; take rapidocr's PP-OCR recogniser")
        others = [known.index("-") + 1] if "-" in known else []
        space = len(known) + 1
        return PlateReader(session, np.array([0, *(known.index(c) + 1 for c in ALPHABET), *others, space]))

    def look(self, plate: Image, quality: Quality) -> Look:
        """What stands on a plate (height, width, 3) uint8 BGR, cut out close round it."""
        height = plate.shape[0]
        strip = plate[round(BAND[0] * height) : max(round(BAND[0] * height) + 1, round(BAND[1] * height))]
        width = max(8, round(HEIGHT_PX * strip.shape[1] / strip.shape[0]))
        line = cv2.resize(strip, (width, HEIGHT_PX), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        if width < LEAST_WIDTH_PX:
            line = np.pad(line, ((0, 0), (0, LEAST_WIDTH_PX - width), (0, 0)), constant_values=GREY)
        tensor = np.ascontiguousarray((line / GREY - 1.0).transpose(2, 0, 1)[None])
        scores = self._session.run(None, {self._input: tensor})[0][0][:, self._columns]
        text, sure = decode(scores)
        return Look(PlateText(text), sure, quality.weight)


def decode(scores: NDArray[np.float32]) -> tuple[str, tuple[float, ...]]:
    """Characters and how sure each is, out of scores (steps, 1 + letters and digits + others).

    Column 0 is "nothing"; a character that goes on over several steps stands once.
    Source: Graves et al., Connectionist Temporal Classification, 2006, best path decoding.
    """
    best = scores.argmax(axis=1)
    begins = np.flatnonzero((best > 0) & (best <= len(ALPHABET)) & (np.append(-1, best[:-1]) != best))
    text = "".join(ALPHABET[best[step] - 1] for step in begins)
    return text, tuple(float(scores[step, best[step]]) for step in begins)


def installed_model() -> Path:
    """The recogniser in rapidocr's wheel. Raises: ModelError, with the fix, where there is none."""
    found = importlib.util.find_spec("rapidocr")
    if found is None or found.origin is None:
        raise ModelError(f"plates: rapidocr is not installed; {FIX}")
    models = sorted(Path(found.origin).parent.glob("models/*rec*.onnx"))
    if not models:
        raise ModelError(f"plates: {Path(found.origin).parent}: holds no recogniser; {FIX}")
    return models[-1]
