"""What the vehicle net learns from, how often each set is drawn, and what is held back."""

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from models.training.judge import iou_table, letterbox
from models.training.nanodet import NanoDet, centres, decode
from models.training.pictures import UNKNOWN, Labelled, in_folder, listed

OURS = {0: 0, 1: 1, 2: 2, 3: 3}
TOPVIEW_ASPECT = 16 / 9  # its files are stretched to squares
HELD_CLIPS = ("4", "15")  # of topview's train list: thresholds are chosen on them
RENDERED_VARIED, RENDERED_PLAIN, RENDERED_HELD = range(101, 114), range(201, 204), range(301, 302)
RENDERED_MINUTES, RENDERED_FPS = 3, 1
EMPTY_KEPT = 6  # one in so many rendered pictures without a vehicle
TEACHER_SIZE = 640
TEACHER_IOU = 0.4


@dataclass(frozen=True, slots=True)
class Source:
    """A training set: its pictures, the share of drawn pictures that come from it, where it is from."""

    name: str
    pictures: list[Labelled]
    share: float
    licence: str
    notice: str | None = None


def clip_of(picture: Labelled) -> str:
    """The clip of a topview picture."""
    return picture.path.name.split("_mp4")[0]


def sources(shared: Path, rendered: Path, teacher: NanoDet) -> list[Source]:
    """All training sets; topview's boxes get their class from `teacher`."""
    data = shared / "data"
    extra = data / "vehicles-extra"
    topview = [p for p in listed(data / "topview", "train", {0: UNKNOWN}, TOPVIEW_ASPECT) if not held(p)]
    return [
        Source(
            "topview train",
            [classified(p, teacher) for p in topview],
            0.35,
            "CC BY 4.0",
            "topview pictures: Roboflow user farzad, vehicle_detection_yolov8 v3, CC BY 4.0; changed",
        ),
        Source(
            "rf100-highway train",
            listed(extra / "rf100-highway", "train", OURS),
            0.22,
            "CC BY 4.0",
            "rf100 highway pictures: Y. B. Nugraha and Kris, Roboflow 100 vehicles-q0x2v, CC BY 4.0; changed",
        ),
        Source(
            "openimages-vehicles train",
            listed(extra / "openimages-vehicles", "train", OURS),
            0.08,
            "CC BY 4.0, photographs CC BY 2.0",
            "Open Images photographs CC BY 2.0, annotations CC BY 4.0, from Roboflow roboflow-gw7yv",
        ),
        Source("rendered, varied", rendered_pictures(rendered, RENDERED_VARIED, True), 0.25, "Apache-2.0"),
        Source("rendered, as shown", rendered_pictures(rendered, RENDERED_PLAIN, False), 0.1, "Apache-2.0"),
    ]


def held(picture: Labelled) -> bool:
    """Whether a topview picture is kept back from training, to choose thresholds."""
    return clip_of(picture) in HELD_CLIPS


def held_sets(shared: Path, rendered: Path) -> dict[str, list[Labelled]]:
    """Pictures of the train lists that are not learnt from, and a rendered port of its own."""
    topview = listed(shared / "data/topview", "train", {0: UNKNOWN})
    return {
        "topview held": [p for p in topview if held(p)],
        "rf100 valid": listed(shared / "data/vehicles-extra/rf100-highway", "valid", OURS),
        "rendered held": rendered_pictures(rendered, RENDERED_HELD, False),
    }


def rendered_pictures(root: Path, seeds: range, vary: bool) -> list[Labelled]:
    """Labelled pictures of the simulator, few of them empty; seeds that are not there yet are rendered."""
    found: list[Labelled] = []
    for seed in seeds:
        folder = root / f"{seed}{'-vary' if vary else ''}"
        if not (folder / "truth.json").is_file():
            render(folder, seed, vary)
        found += in_folder(folder / "labels", OURS)
    busy, empty = ([p for p in found if bool(len(p.boxes)) is some] for some in (True, False))
    return busy + empty[::EMPTY_KEPT]


def render(folder: Path, seed: int, vary: bool) -> None:
    """Have the simulator render and label a recording, one picture a second."""
    program = Path(sys.executable).with_name("lanewatch-sim")
    choice = f"--seed {seed} --minutes {RENDERED_MINUTES} --fps {RENDERED_FPS}".split()
    command = [str(program), "render", "--labels", *choice, "--out", str(folder), *["--vary"] * vary]
    subprocess.run(command, check=True)


@torch.no_grad()
def classified(picture: Labelled, teacher: NanoDet) -> Labelled:
    """The picture with a class for each box: the teacher's strongest where it sees the vehicle, else car."""
    image = picture.image()
    canvas, scale = letterbox(image, TEACHER_SIZE, TEACHER_SIZE)
    logits, sides = teacher(torch.from_numpy(canvas).permute(2, 0, 1)[None].float())
    boxes = decode(sides, *centres(TEACHER_SIZE, TEACHER_SIZE))[0].numpy() / scale
    truth = picture.boxes * np.array([image.shape[1], image.shape[0]] * 2)
    table = iou_table(boxes, truth)
    votes = np.where(table[..., None] >= TEACHER_IOU, logits[0].sigmoid().numpy()[:, None], 0).max(0)
    return replace(picture, classes=votes.argmax(1))


def draw(rng: np.random.Generator, sets: list[Source], count: int) -> list[Labelled]:
    """`count` pictures of one set, the set chosen by its share."""
    shares = np.array([s.share if s.pictures else 0.0 for s in sets])
    chosen = sets[rng.choice(len(sets), p=shares / shares.sum())]
    return [chosen.pictures[k] for k in rng.integers(len(chosen.pictures), size=count)]
