"""Number plates in a picture: the pack `plates`, or another finder from a file."""

from __future__ import annotations

import numpy as np

from edge.detection.detector import Detector
from edge.detection.layouts import PLATE, Array, Candidates, InputSpec, Layout, ModelError
from edge.detection.packs import Pack, find_model
from edge.detection.session import open_session, signature_of

DEFAULT_MODEL = "plates"
MIN_SCORE, IOU = 0.3, 0.5
Y5FU_COLUMNS = 15


def load_finder(name_or_path: str) -> Detector:
    """A detector whose only class is `plate`. Raises: ModelError."""
    found = find_model(name_or_path)
    if isinstance(found, Pack):
        return _of_plates(Detector.load(name_or_path), name_or_path)
    session = open_session(found)
    signature = signature_of(session)
    shape, sides = signature.outputs[0].shape, signature.inputs[0].shape[2:4]
    if len(shape) != 3 or shape[2] != Y5FU_COLUMNS or not all(isinstance(side, int) for side in sides):
        return _of_plates(Detector.load(name_or_path), name_or_path)
    height, width = (int(side or 0) for side in sides)
    spec = InputSpec(height, width, "float32", False, True, 1 / 255, centred=True)
    return Detector(found.stem, session, Layout("yolox", spec, (0,), (PLATE,), decode_y5fu), MIN_SCORE, IOU)


def decode_y5fu(outputs: list[Array], rows: Array, min_score: float) -> Candidates:
    """HyperLPR's finder: (1, n, 15) of centre, size, objectness, 4 corners, scores of one and two lines."""
    raw = outputs[0][0]
    raw = raw[raw[:, 4] >= min_score]
    scores = raw[:, 4] * raw[:, 13:15].max(axis=1)
    keep = np.flatnonzero(scores >= min_score)
    centre, half = raw[keep, :2], raw[keep, 2:4] / 2
    xyxy = np.concatenate([centre - half, centre + half], axis=1)
    return Candidates(xyxy, np.zeros(len(keep), np.intp), scores[keep])


def _of_plates(detector: Detector, name: str) -> Detector:
    if set(detector.layout.classes) != {PLATE}:
        raise ModelError(f"{name}: finds {', '.join(detector.layout.classes)}; give a model of number plates")
    return detector
