"""The sides of `scripts/bench edge`: the module of each and its job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import onnx

from edge.detection.detector import Detector
from edge.detection.packs import Pack, find_model
from scripts.rivals.adapter import adapt
from scripts.rivals.clips import clips
from scripts.rivals.goals import DECODER, EVERY, LANE, SHIPPED, STILL, WIDE, Side
from scripts.rivals.job import Job

LANE_S, STOPPING_S = 1 / 5, 1 / 6
WIDE_SIZE = 256, 416
"""Height and width of the input that fits a picture of 16:9; in a square 44 % would be padding."""

PACK = "vehicles"
COCO = {2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}


class Sides:
    """What is run. `net`: a pack or a file; `frames`: pictures of the clip that each run goes through."""

    def __init__(self, net: str, frames: int, folder: Path) -> None:
        road, stopping = clips()
        square, wide = _nets(net, folder)
        every = Job(
            str(square.path), str(road.film), str(road.config), frames, *square.size, road.line,
            drawn=str(square.adapted),
        )  # fmt: skip
        fits = replace(
            every, net=str(wide.path), drawn=str(wide.adapted), height=wide.size[0], width=wide.size[1]
        )
        lane = replace(fits, every_s=LANE_S, frames=2 * frames)
        still = replace(
            fits, clip=str(stopping.film), config=str(stopping.config), line=stopping.line,
            every_s=STOPPING_S, frames=round(20 * stopping.fps),
        )  # fmt: skip
        self.head = {
            "net": Path(net).stem, "square": square.name, "wide": wide.name, "pack": PACK,
            "clip": road.name, "stop_and_go": stopping.name, "frames": frames,
        }  # fmt: skip
        self.fps = {EVERY: road.fps, WIDE: road.fps, LANE: road.fps, SHIPPED: road.fps, STILL: stopping.fps}
        self.jobs: dict[Side, tuple[str, Job]] = {
            (EVERY, "bare onnxruntime"): ("bare", every),
            (EVERY, "lanewatch, decoded before"): ("ours", replace(every, decode=False)),
            (EVERY, "lanewatch"): ("ours", every),
            (EVERY, "supervision, one thread"): ("supervised", every),
            (EVERY, "supervision"): ("supervised", replace(every, tuned=False)),
            (EVERY, "ObjectCounter, one thread"): ("counter", every),
            (EVERY, "ObjectCounter"): ("counter", replace(every, tuned=False)),
            (WIDE, "lanewatch"): ("ours", fits),
            (LANE, "ObjectCounter, one thread"): ("counter", lane),
            (LANE, "lanewatch"): ("ours", lane),
            (LANE, "supervision, one thread"): ("supervised", lane),
            (LANE, "lanewatch, four cameras"): ("ours", replace(lane, cameras=4, frames=frames)),
            (STILL, "ObjectCounter, one thread"): ("counter", still),
            (STILL, "lanewatch, gate"): ("ours", replace(still, gated=True)),
            (STILL, "lanewatch, no gate"): ("ours", still),
            (STILL, "supervision, one thread"): ("supervised", still),
            (STILL, "ObjectCounter, every picture"): ("counter", replace(still, every_s=0.0, tuned=False)),
            (SHIPPED, "lanewatch"): ("ours", replace(lane, net=PACK)),
            (SHIPPED, "lanewatch, four cameras"): ("ours", replace(lane, net=PACK, cameras=4, frames=frames)),
            DECODER: ("decoding", lane),
        }


class _Net:
    """A net as a file of a fixed size, and the same weights for the rivals."""

    def __init__(self, path: Path, folder: Path) -> None:
        layout = Detector.load(str(path)).layout
        self.path = path
        self.size = layout.input.height, layout.input.width
        self.name = f"{self.size[1]}x{self.size[0]}"
        names = {row: COCO.get(row, f"class {row}") for row in range(80)}
        if layout.name == "lanewatch":
            names = dict(zip(layout.rows, layout.classes, strict=True))
        self.adapted = folder / f"adapted-{self.name}.onnx"
        adapt(path, layout.name, *self.size, names, self.adapted)


def _nets(net: str, folder: Path) -> tuple[_Net, _Net]:
    """The net as it is, and in the shape of the pictures where it is YOLOX, whose inside has no size."""
    found = find_model(net)
    path = found.model if isinstance(found, Pack) else found
    whole = _Net(path, folder)
    if Detector.load(str(path)).layout.name != "yolox":
        return whole, whole
    wide = folder / f"{path.stem}-wide.onnx"
    reshape(path, *WIDE_SIZE, wide)
    return whole, _Net(wide, folder)


def reshape(path: Path, height: int, width: int, out: Path) -> None:
    """Write a YOLOX net for an input of another size: the same weights, and as many boxes as it then has."""
    model = onnx.load(path)
    sides = model.graph.input[0].type.tensor_type.shape.dim
    sides[2].dim_value, sides[3].dim_value = height, width
    cells = sum((height // stride) * (width // stride) for stride in (8, 16, 32))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = cells
    del model.graph.value_info[:]
    onnx.save(model, out)
