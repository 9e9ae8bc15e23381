"""Run by a Python that has ultralytics: a seeded model of a YAML, its exports, and what its own predict says.

ultralytics_oracle.py FOLDER PICTURE MODEL.yaml EXPORT...
"""

import json
import sys
from pathlib import Path

import cv2
import torch
import yaml
from ultralytics import YOLO
from ultralytics.data.augment import LetterBox
from ultralytics.utils.checks import check_yaml

NAMES = {0: "car", 1: "lorry", 2: "bus", 3: "motorbike"}
SCORE, IOU = 0.3, 0.5
SIZE = 320
SIDE = 2.2
EXPORTS = {
    "plain": {},
    "half": {"half": True},
    "nms": {"nms": True, "conf": SCORE, "iou": IOU, "agnostic_nms": True},
    "dynamic": {"dynamic": True},
}


def seeded(folder: Path, name: str, picture: str) -> Path:
    """Weights of the YAML's net for four classes, random, whose scores spread so that it does give boxes."""
    torch.manual_seed(3)
    recipe = yaml.safe_load(Path(check_yaml(name)).read_text())
    recipe["nc"] = len(NAMES)
    own = folder / f"{Path(name).stem}n.yaml"  # the letter says the scale
    own.write_text(yaml.safe_dump(recipe))
    model = YOLO(str(own), task="detect")
    net = model.model
    net.names = NAMES
    pixels = LetterBox((SIZE, SIZE), auto=False)(image=cv2.imread(picture))[:, :, ::-1]
    image = torch.from_numpy(pixels.transpose(2, 0, 1)[None] / 255).float()
    settle(net, image)
    head = net.model[-1]
    for branch in [*head.cv3, *(getattr(head, "one2one_cv3", None) or [])]:
        torch.nn.init.normal_(branch[-1].weight, std=1.0)
        spread(net, branch[-1], image)
    for branch in [*head.cv2, *(getattr(head, "one2one_cv2", None) or [])]:
        narrow(branch[-1], head.reg_max)
    path = folder / f"{Path(name).stem}.pt"
    model.ckpt = {"model": net}
    model.save(str(path))
    return path


@torch.no_grad()
def settle(net: torch.nn.Module, image: torch.Tensor) -> None:
    """Let the norms take the picture's own figures: an untrained net would fade to nothing."""
    norms = [m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    net.train()(image)
    net.eval()


@torch.no_grad()
def spread(net: torch.nn.Module, last: torch.nn.Conv2d, image: torch.Tensor) -> None:
    """Make the logits of a branch about -4.5 with deviation 1.2 on the picture: few make a box."""
    seen = []
    hook = last.register_forward_hook(lambda _m, _i, output: seen.append(output))
    net(image)
    hook.remove()
    factor = 1.2 / seen[0].std()
    last.weight.mul_(factor)
    last.bias.copy_((last.bias - seen[0].mean()) * factor - 4.5)


@torch.no_grad()
def narrow(last: torch.nn.Conv2d, bins: int) -> None:
    """Let sides be about SIDE strides long: neighbours overlap by .63 or .42, so that a rounding of theirs or
    ours does not decide which stay, and half a pixel of FP16 is little of a box.
    """
    last.weight.mul_(0.1)
    wanted = torch.full_like(last.bias, SIDE)
    last.bias.copy_(-1.5 * (torch.arange(bins).repeat(4) - SIDE).abs() if bins > 1 else wanted)


def predicted(model: Path, picture: str, iou: float) -> list[list[object]]:
    """Rows of xyxy, class, score after suppression at `iou` (1: before it)."""
    told = YOLO(str(model), task="detect").predict(
        picture, imgsz=SIZE, conf=SCORE, iou=iou, agnostic_nms=True, verbose=False, rect=False
    )[0]
    boxes = told.boxes
    return [
        [*xyxy, told.names[int(cls)], score]
        for xyxy, cls, score in zip(boxes.xyxy.tolist(), boxes.cls.tolist(), boxes.conf.tolist(), strict=True)
    ]


def main() -> None:
    """Write weights, exports and `expected.json`: for each export rows before and after suppression."""
    torch.set_num_threads(1)  # sums of the seeded weights depend on it
    folder, picture, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    weights = seeded(folder, name, picture)
    expected = {}
    for export in sys.argv[4:]:
        file = YOLO(str(weights)).export(format="onnx", imgsz=SIZE, **EXPORTS[export])
        kept = folder / f"{export}.onnx"
        Path(file).rename(kept)
        expected[export] = {
            "before": predicted(kept, picture, 1.0),
            "after": predicted(kept, picture, IOU),
        }
    (folder / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    main()
