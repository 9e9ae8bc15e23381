"""Run by a Python that has ultralytics: a seeded model of a YAML, its exports, and what its own predict says.

ultralytics_oracle.py FOLDER PICTURE MODEL.yaml EXPORT...
"""

import json
import sys
from pathlib import Path

import torch
import yaml
from ultralytics import YOLO
from ultralytics.utils.checks import check_yaml

NAMES = {0: "car", 1: "lorry", 2: "bus", 3: "motorbike"}
SCORE, IOU = 0.3, 0.5
SIZE = 320
EXPORTS = {
    "plain": {},
    "half": {"half": True},
    "nms": {"nms": True, "conf": SCORE, "iou": IOU, "agnostic_nms": True},
    "dynamic": {"dynamic": True},
}


def seeded(folder: Path, name: str) -> Path:
    """Weights of the YAML's net for four classes: random, with class biases at which it does give boxes."""
    torch.manual_seed(3)
    recipe = yaml.safe_load(Path(check_yaml(name)).read_text())
    recipe["nc"], recipe["scale"] = len(NAMES), "n"
    own = folder / f"{Path(name).stem}.yaml"
    own.write_text(yaml.safe_dump(recipe))
    model = YOLO(str(own), task="detect")
    model.model.names = NAMES
    head = model.model.model[-1]
    for branch in [*head.cv3, *(getattr(head, "one2one_cv3", None) or [])]:
        torch.nn.init.normal_(branch[-1].weight, std=0.6)
        torch.nn.init.constant_(branch[-1].bias, -4.0)
    path = folder / f"{Path(name).stem}.pt"
    model.ckpt = {"model": model.model}
    model.save(str(path))
    return path


def main() -> None:
    """Write weights, exports and `expected.json`: rows of xyxy, class, score for each."""
    folder, picture, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    weights = seeded(folder, name)
    expected = {}
    for export in sys.argv[4:]:
        file = YOLO(str(weights)).export(format="onnx", imgsz=SIZE, **EXPORTS[export])
        kept = folder / f"{export}.onnx"
        Path(file).rename(kept)
        told = YOLO(str(kept), task="detect").predict(
            picture, imgsz=SIZE, conf=SCORE, iou=IOU, agnostic_nms=True, verbose=False, rect=False
        )[0]
        boxes = told.boxes
        expected[export] = [
            [*xyxy, told.names[int(cls)], score]
            for xyxy, cls, score in zip(
                boxes.xyxy.tolist(), boxes.cls.tolist(), boxes.conf.tolist(), strict=True
            )
        ]
    (folder / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    main()
