"""Vehicle boxes in a picture: one ONNX session, one small class, any known layout."""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.detection.identify import identify
from edge.detection.layouts import DEFAULT_IOU, DEFAULT_MIN_SCORE, PLATE, Candidates, Layout, ModelError
from edge.detection.letterbox import best_size, fit, whole
from edge.detection.packs import Pack, find_model, verify
from edge.detection.runtime import ort
from edge.detection.session import cores, open_session, signature_of
from edge.detection.turns import Turns
from edge.picture import Colours
from edge.vision import Boxes, Image, Picture, Region

TINY_SCORE = 1e-30  # OpenCV's suppression drops scores that are not above 0


class Detector:
    """Finds cars, trucks, buses and motorcycles; or plates. May be called from several threads at once."""

    def __init__(
        self,
        model: str,
        session: ort.InferenceSession,
        layout: Layout,
        min_score: float,
        iou: float,
        least_inside: float = 0.0,
    ) -> None:
        self.model = model
        self.min_score = min_score
        self.least_inside = least_inside
        self._session = session
        self._layout = layout
        self._iou = iou
        self._rows = np.array(layout.rows)
        self._names = dict(zip(layout.rows, layout.classes, strict=True))
        self._turns = Turns(layout.input, most=cores())
        self._input = session.get_inputs()[0].name
        self._outputs = ["boxes", "scores"] if layout.name == "lanewatch" else None

    @staticmethod
    def load(name_or_path: str, threads: int = 1) -> "Detector":
        """Load a pack by name or folder, or a bare ONNX file by path.

        A pack's card says its layout and thresholds; a bare file takes score 0.3 and IoU 0.5.
        Raises: ModelError, if there is no such model, or its digest or layout is not what it should be.
        """
        cv2.setNumThreads(1)
        found = find_model(name_or_path)
        if isinstance(found, Pack):
            return _from_pack(found, threads)
        session = open_session(found, threads)
        layout = identify(str(found), signature_of(session))
        return Detector(found.stem, session, layout, DEFAULT_MIN_SCORE, DEFAULT_IOU)

    @property
    def provider(self) -> str:
        """The execution provider that the session really uses."""
        return str(self._session.get_providers()[0])

    @property
    def layout(self) -> Layout:
        """The layout of the graph."""
        return self._layout

    def boxes(
        self,
        image: Image | Picture,
        min_score: float | None = None,
        region: Region | None = None,
        magnified: bool = True,
        cut: bool = False,
    ) -> Boxes:
        """Vehicle boxes in picture pixels, strongest first, after suppression across classes.

        image: a picture, or (height, width, 3) uint8 BGR. min_score: every box that reaches it is given,
        however low; None takes the model's own. region: look only there, at a larger scale; boxes at its
        edge are kept as they are, also those cut by it, and none reaches beyond the picture. magnified: False
        shows a small picture at about its own scale, and so at less cost, where the graph takes inputs of any
        size. cut: True also gives what the model's card leaves out since too little of it is in the picture.
        Raises: ValueError, if the image is of another kind, or the region is empty or outside of it.
        """
        picture = _checked(image, region)
        source_height, source_width = picture.shape
        x0, y0, x1, y1 = whole_or_part = region or (0, 0, source_width, source_height)
        spec = self._layout.input
        width, height = self._input_size(x1 - x0, y1 - y0, magnified)
        placing = fit(x1 - x0, y1 - y0, width, height, spec.centred, spec.stretched)
        threshold = self.min_score if min_score is None else min_score
        with self._turns.input_of(picture, whole_or_part, placing, (height, width)) as values:
            found = self._layout.decode(
                self._session.run(self._outputs, {self._input: values}), self._rows, threshold
            )
        found = suppress(found, self._iou)
        xyxy = placing.to_source(found.xyxy) + np.array([x0, y0, x0, y0], np.float32)
        inside = np.clip(xyxy, 0, [source_width, source_height] * 2)
        rows, scores = found.rows, found.scores
        if self.least_inside and not cut:
            kept = areas(inside) >= self.least_inside * areas(xyxy)
            inside, rows, scores = inside[kept], rows[kept], scores[kept]
        return Boxes(inside, tuple(self._names[int(row)] for row in rows), scores)

    def _input_size(self, source_width: int, source_height: int, magnified: bool) -> tuple[int, int]:
        spec = self._layout.input
        if spec.step is None:
            return spec.width, spec.height
        width, height = best_size(source_width, source_height, spec.width, spec.height, spec.step)
        if magnified:
            return width, height
        return min(width, whole(source_width, spec.step)), min(height, whole(source_height, spec.step))


def vehicle_detector(name_or_path: str) -> Detector:
    """Load a detector that can count. Raises: ModelError, also if the model finds plates."""
    detector = Detector.load(name_or_path)
    if PLATE in detector.layout.classes:
        raise ModelError(f"{name_or_path}: finds plates, not vehicles; give a model such as `vehicles`")
    return detector


def areas(xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Areas (n,) of boxes (n, 4)."""
    return np.asarray((xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1]), np.float32)


def suppress(candidates: Candidates, iou: float) -> Candidates:
    """Greedy suppression across classes: of two boxes that overlap more than `iou`, the stronger stays."""
    if not len(candidates.scores):
        return candidates
    corner, opposite = candidates.xyxy[:, :2], candidates.xyxy[:, 2:]
    rects: NDArray[np.float32] = np.concatenate([corner, opposite - corner], axis=1)
    scores = np.maximum(candidates.scores, np.float32(TINY_SCORE))
    kept = np.asarray(cv2.dnn.NMSBoxes(rects, scores, 0.0, iou), np.intp).ravel()  # type: ignore[arg-type]
    return Candidates(candidates.xyxy[kept], candidates.rows[kept], candidates.scores[kept])


def _from_pack(pack: Pack, threads: int) -> Detector:
    verify(pack)
    graph = pack.runs
    session = open_session(graph.path, threads)
    card = pack.card
    layout = identify(str(graph.path), signature_of(session), card.classes)
    if (layout.name, layout.input.width, layout.input.height) != (card.layout, card.width, card.height):
        raise ModelError(
            f"{graph.path}: the card says {card.layout} {card.width}x{card.height}, the graph is "
            f"{layout.name} {layout.input.width}x{layout.input.height}; take model and card from one source"
        )
    return Detector(card.name, session, layout, card.min_score, card.iou, card.least_inside)


def _checked(image: Image | Picture, region: Region | None) -> Picture:
    if isinstance(image, np.ndarray):
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            kind = f"{image.shape} {image.dtype}"
            raise ValueError(f"picture is {kind}; it must be (height, width, 3) uint8, BGR")
        image = Colours(image)
    height, width = image.shape
    x0, y0, x1, y1 = region or (0, 0, width, height)
    if not (0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height):
        raise ValueError(f"region {region} is not inside the picture of {width}x{height}")
    return image
