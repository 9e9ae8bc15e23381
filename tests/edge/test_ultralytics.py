"""Our boxes on Ultralytics exports are those of ultralytics' own predict.

Scores may differ by SCORES_WITHIN, so a box that reaches the threshold by less may be missing on one side: it
is among the weakest, and suppresses no other that is sure. That no two boxes overlap by so nearly the
suppression's IoU that a rounding decides which stays, is asserted.
"""

from __future__ import annotations

import json
import subprocess
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.detection.detector import Detector
from edge.detection.importing import exporter, import_model
from edge.detection.layouts import ModelError, plain_name
from edge.vision import Boxes
from tests.edge.tinymodels import CLASSES

ORACLE = Path(__file__).with_name("ultralytics_oracle.py")
OURS = {"car": "car", "lorry": "truck", "bus": "bus", "motorbike": "motorcycle"}

SCORE, IOU = 0.3, 0.5
SCORES_WITHIN = 0.01
ROUNDING = 5e-4
"""Of an IoU; between runtimes, and threads of one, it is some 1e-5."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python() -> str:
    try:
        return exporter()
    except ModelError:
        pytest.skip("ultralytics is not installed; scripts/setup --train makes .venv-train with it")


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blobs of many sizes: seeded nets answer to structure, whatever it shows."""
    rng = np.random.default_rng(5)
    image = np.full((540, 640, 3), 120, np.uint8)
    for _ in range(40):
        x, y, w, h = (int(v) for v in rng.integers([0, 0, 10, 10], [600, 500, 160, 120]))
        cv2.rectangle(image, (x, y), (x + w, y + h), [int(v) for v in rng.integers(0, 255, 3)], -1)
    path = tmp_path_factory.mktemp("picture") / "a.png"
    cv2.imwrite(str(path), image)
    return path


def iou(a: np.ndarray, b: np.ndarray) -> float:
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    inside = np.maximum(high - low, 0).prod()
    return float(inside / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - inside))


@pytest.mark.parametrize(
    ("recipe", "exports"),
    [
        ("yolov8.yaml", ["plain", "half", "nms", "dynamic"]),
        ("yolo11.yaml", ["plain", "nms"]),
        ("yolo26.yaml", ["plain"]),
    ],
)
def test_boxes_are_those_of_ultralytics_own_predict(recipe, exports, python, picture, tmp_path):
    command = [python, str(ORACLE), str(tmp_path), str(picture), recipe, *exports]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    expected = json.loads((tmp_path / "expected.json").read_text())
    image = cv2.imread(str(picture))
    for export in exports:
        pack = import_model(tmp_path / f"{export}.onnx", export, tmp_path / "packs")
        assert off_threshold(expected[export]["before"]) > ROUNDING
        wanted = [row for row in expected[export]["after"] if row[3] - row[1] >= 1]  # not in the padding
        left = shown(Detector.load(str(pack.folder)).boxes(image))
        assert sum(is_sure(row[5]) for row in wanted) >= 3
        for x0, y0, x1, y1, name, score in wanted:
            box = np.array([x0, y0, x1, y1])
            best = max(range(len(left)), key=lambda k, box=box: iou(left[k][0], box))
            if not is_sure(score) and iou(left[best][0], box) <= 0.99:
                continue
            found, kind, ours = left.pop(best)
            assert iou(found, box) > 0.99
            assert kind == OURS[plain_name(name)]
            assert abs(ours - score) < SCORES_WITHIN
        assert [ours for _, _, ours in left if is_sure(ours)] == []


def shown(boxes: Boxes) -> list[tuple[np.ndarray, str, float]]:
    """xyxy, class and score of each, but for those in the padding."""
    rows = zip(boxes.xyxy, boxes.classes, boxes.scores.tolist(), strict=True)
    return [row for row in rows if row[0][3] - row[0][1] >= 1]


def is_sure(score: float) -> bool:
    """Whether who differs by less than SCORES_WITHIN gives this box, too."""
    return score >= SCORE + SCORES_WITHIN


def off_threshold(rows: list[list[float]]) -> float:
    """How near the IoU of any two boxes comes to that of the suppression."""
    boxes = [np.array(row[:4]) for row in rows]
    return min((abs(iou(a, b) - IOU) for a, b in combinations(boxes, 2)), default=1.0)


def test_weights_are_exported_by_ultralytics_and_imported(python, picture, tmp_path):
    subprocess.run(
        [python, str(ORACLE), str(tmp_path), str(picture), "yolov8.yaml"], cwd=tmp_path, check=True
    )
    pack = import_model(tmp_path / "yolov8.pt", "mine", tmp_path / "packs")
    assert set(pack.card.classes.values()) == set(CLASSES)
    assert not list(tmp_path.glob("*.onnx"))
