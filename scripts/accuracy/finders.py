"""The detectors that are compared: our packs and public references, at stated inputs and suppression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edge.detection.detector import Detector
from edge.detection.identify import identify
from edge.detection.layouts import PLATE, Array, Candidates, InputSpec, Layout
from edge.detection.packs import Pack, find_model, verify
from edge.detection.runtime import ort
from edge.detection.session import open_session, signature_of

REFERENCE_SCORE = 0.3
SUPPRESSIONS = (0.45, 0.65)
"""References are run at both: the figures that others give lie between them."""


@dataclass(frozen=True, slots=True)
class Finder:
    """A detector, what it is called on the page, and the score at which precision and recall are read."""

    name: str
    setting: str
    detector: Detector
    score: float
    ours: bool


def pack_at(pack: Pack, file: Path, size: tuple[int, int] | None) -> Detector:
    """A graph of a pack, at the card's own input or at a fixed width and height."""
    card = pack.card
    session = open_session(file, 1)
    layout = identify(str(file), signature_of(session), card.classes)
    if size is not None:
        width, height = size
        layout = replace(layout, input=replace(layout.input, width=width, height=height, step=None))
    return Detector(card.name, session, layout, card.min_score, card.iou, card.least_inside)


def of_pack(name: str, sizes: list[tuple[int, int] | None]) -> list[Finder]:
    """Every graph of a pack at every size; None is the pack's own, shaped like the picture."""
    pack = find_model(name)
    if not isinstance(pack, Pack):
        raise ValueError(f"{name}: a bare file; give a pack's name or folder")
    verify(pack)
    found = []
    for graph in pack.graphs:
        for size in sizes:
            shape = f"{size[0]}x{size[1]}" if size else f"{pack.card.width}x{pack.card.height} in area"
            setting = f"{shape}, NMS {pack.card.iou:g}"
            label = f"{pack.card.name} {graph.precision}"
            found.append(Finder(label, setting, pack_at(pack, graph.path, size), pack.card.min_score, True))
    return found


def vehicle_references(folder: Path) -> list[Finder]:
    """YOLOX-nano, a COCO net, at its fixed 416x416."""
    path = folder / "yolox_nano.onnx"
    return at_suppressions(path, lambda session: identify(str(path), signature_of(session)))


def plate_references(folder: Path) -> list[Finder]:
    """HyperLPR's plate finder at 320 and 640."""
    files = [folder / f"y5fu_{side}x_sim.onnx" for side in (320, 640)]
    return [finder for path in files for finder in at_suppressions(path, y5fu_layout, SUPPRESSIONS[:1])]


def at_suppressions(
    path: Path,
    layout_of: Callable[[ort.InferenceSession], Layout],
    suppressions: tuple[float, ...] = SUPPRESSIONS,
) -> list[Finder]:
    """A file that was fetched, at each suppression; nothing where it is not here."""
    if not path.is_file():
        return []
    session = open_session(path, 1)
    layout = layout_of(session)
    size = f"{layout.input.width}x{layout.input.height}"
    return [
        Finder(
            path.stem,
            f"{size}, NMS {iou:g}",
            Detector(path.stem, session, layout, REFERENCE_SCORE, iou),
            REFERENCE_SCORE,
            False,
        )
        for iou in suppressions
    ]


def y5fu_layout(session: ort.InferenceSession) -> Layout:
    """RGB of 0 to 1 in the middle; (1, n, 15) of centre, size, objectness, corners, two scores."""
    height, width = session.get_inputs()[0].shape[2:4]
    spec = InputSpec(height, width, "float32", False, True, 1 / 255, centred=True)
    return Layout("yolox", spec, (0,), (PLATE,), decode_y5fu)


def decode_y5fu(outputs: list[Array], _rows: Array, min_score: float) -> Candidates:
    """Score = objectness times the better of one-line and two-line plate."""
    raw = outputs[0][0]
    scores = raw[:, 4] * raw[:, 13:15].max(axis=1)
    keep = scores >= min_score
    centre, half = raw[keep, :2], raw[keep, 2:4] / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    return Candidates(boxes, np.zeros(len(boxes), np.intp), scores[keep])
