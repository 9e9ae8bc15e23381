"""How well a net finds vehicles: average precision at IoU 0.5, whatever their class."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

from models.training.pictures import UNKNOWN, Labelled, listed, read_labelled

MOST_BOXES = 300
FLOOR = 0.01
SUPPRESS_IOU = 0.5
STEP = 32

Finder = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""A picture to boxes xyxy (n, 4) px and scores (n,), strongest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """All boxes of a set, strongest first: score, whether it is right; and how many vehicles there are."""

    scores: np.ndarray
    right: np.ndarray
    vehicles: int

    def average_precision(self) -> float:
        """Area under the precision envelope, sampled at 101 recalls as COCO does."""
        hits = np.cumsum(self.right)
        recall, precision = hits / self.vehicles, hits / np.arange(1, len(hits) + 1)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(recall, np.linspace(0, 1, 101))
        return float(np.mean([envelope[k] if k < len(envelope) else 0.0 for k in at]))

    def best(self, beta: float = 1.0) -> tuple[float, float, float]:
        """Score, precision and recall where F-beta is largest; below 1 a false box weighs most."""
        hits = np.cumsum(self.right)
        precision, recall = hits / np.arange(1, len(hits) + 1), hits / self.vehicles
        f = (1 + beta**2) * precision * recall / np.maximum(beta**2 * precision + recall, 1e-9)
        best = int(f.argmax())
        return float(self.scores[best]), float(precision[best]), float(recall[best])


def size_for(wide: int, tall: int, area: int) -> tuple[int, int]:
    """Width and height in multiples of 32 that show a picture largest within 1.05 x area."""
    best = max(
        min(side / wide, int(1.05 * area / side) // STEP * STEP / tall)
        for side in range(STEP, int(1.05 * area) // STEP, STEP)
    )
    width, height = (int(np.ceil(side * best / STEP - 1e-6)) * STEP for side in (wide, tall))
    return width, height


def letterbox(image: np.ndarray, width: int, height: int) -> tuple[np.ndarray, float]:
    """The picture scaled into the upper left corner of width x height, the rest 114; and the scale."""
    scale = min(width / image.shape[1], height / image.shape[0])
    inner = min(width, round(image.shape[1] * scale)), min(height, round(image.shape[0] * scale))
    canvas = np.full((height, width, 3), 114, np.uint8)
    canvas[: inner[1], : inner[0]] = cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
    return canvas, scale


def session_of(path: Path) -> ort.InferenceSession:
    """A session on two threads that do not spin while they wait."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def pack_finder(path: Path, area: int | None = None, size: tuple[int, int] | None = None) -> Finder:
    """Boxes by a pack's graph, at the size that suits each picture within `area`, or at a fixed size."""
    session = session_of(path)

    def find(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        width, height = size or size_for(image.shape[1], image.shape[0], area or 416 * 256)
        canvas, scale = letterbox(image, width, height)
        boxes, scores = session.run(["boxes", "scores"], {"images": canvas[None]})
        return strongest(boxes[0] / scale, scores[0].max(axis=1))

    return find


def strongest(boxes: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Boxes after suppression across classes, strongest first, 300 at most."""
    keep = scores >= FLOOR
    boxes, scores = boxes[keep], scores[keep]
    chosen = suppressed(boxes, scores)[:MOST_BOXES]
    return boxes[chosen], scores[chosen]


def suppressed(boxes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Rows of the boxes xyxy (n, 4) that suppression leaves, strongest first."""
    rects = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    return np.asarray(cv2.dnn.NMSBoxes(rects, scores, 0.0, SUPPRESS_IOU), int).ravel()


def iou_table(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union (n, m) of boxes (n, 4) and (m, 4)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inside = np.maximum(high - low, 0).prod(-1)
    area_a, area_b = ((box[:, 2:] - box[:, :2]).prod(-1) for box in (a, b))
    return inside / np.maximum(area_a[:, None] + area_b[None] - inside, 1e-9)


def matched(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Which boxes (n,), strongest first, take a vehicle of their own at IoU 0.5 or more."""
    table = iou_table(found, truth)
    right = np.zeros(len(found), bool)
    for k in range(len(found)):
        best = int(table[k].argmax()) if table.shape[1] else -1
        if best >= 0 and table[k, best] >= 0.5:
            right[k] = True
            table[:, best] = 0
    return right


def judge(pictures: list[Labelled], find: Finder) -> Found:
    """Run a finder over a set."""
    scores, right, vehicles = [], [], 0
    for picture in pictures:
        image = picture.image()
        boxes, strength = find(image)
        truth = picture.boxes * np.array([image.shape[1], image.shape[0]] * 2)
        scores.append(strength)
        right.append(matched(boxes, truth))
        vehicles += len(truth)
    order = np.argsort(-np.concatenate(scores), kind="stable")
    return Found(np.concatenate(scores)[order], np.concatenate(right)[order], vehicles)


def test_sets(shared: Path) -> dict[str, list[Labelled]]:
    """The sets that are for judgement only."""
    data = shared / "data"
    atl = sorted((data / "atl/images").glob("*.jpg"))
    kinds = {1: UNKNOWN, 2: UNKNOWN, 3: UNKNOWN, 0: UNKNOWN}
    return {
        "topview valid": listed(data / "topview", "valid", {0: UNKNOWN}),
        "atl": [read_labelled(p, data / "atl/labels" / f"{p.stem}.txt", kinds) for p in atl],
    }


def main() -> None:
    """Print average precision and best F1 of a pack on the test sets."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    for name, pictures in test_sets(arguments.shared).items():
        for label, finder in (
            ("416x256 in area", pack_finder(arguments.model)),
            ("416x416", pack_finder(arguments.model, size=(416, 416))),
        ):
            found = judge(pictures, finder)
            score, precision, recall = found.best()
            print(
                f"{name}, {label}: AP50 {found.average_precision():.3f}, "
                f"best F1 at {score:.2f}: P {precision:.2f} R {recall:.2f}"
            )


if __name__ == "__main__":
    main()
