"""What the vehicle net learns from, how often each set is drawn, and what is held back."""

import logging
import shutil
import subprocess
import sys
from pathlib import Path

from models.training.pictures import UNKNOWN, Labelled, in_folder, listed
from models.training.sources import Source
from models.training.teacher import Teacher, classified, unlabelled_ignored

log = logging.getLogger("training")

OURS = {0: 0, 1: 1, 2: 2, 3: 3}
BUS = 2
TOPVIEW_ASPECT = 16 / 9  # its files are stretched to squares
HELD_CLIPS = ("4", "15")  # of topview's train list: thresholds are chosen on them
HELD_SHARE = 0.12  # the last part of each clip of rf100's train list, for the same
RENDERED_VARIED, RENDERED_PLAIN, RENDERED_HELD = range(101, 105), range(201, 202), range(301, 302)
RENDERED_CONDITIONS = ("night", "night,rain", "snow")
RENDERED_MINUTES, RENDERED_FPS = 2, 1
EMPTY_KEPT = 6  # one in so many rendered pictures without a vehicle

HIGHWAY_NOTICE = (
    "rf100 highway pictures: Y. B. Nugraha and Kris, Roboflow 100 vehicles-q0x2v, CC BY 4.0; changed"
)


def clip_of(picture: Labelled) -> str:
    """The clip of a topview or rf100 picture."""
    name = picture.path.name
    return name.split("_mp4")[0] if "_mp4" in name else name.rpartition("_")[0]


def held_back(pictures: list[Labelled]) -> set[Path]:
    """The last part of each clip."""
    clips: dict[str, list[Path]] = {}
    for picture in pictures:
        clips.setdefault(clip_of(picture), []).append(picture.path)
    return {
        path for paths in clips.values() for path in sorted(paths)[round(len(paths) * (1 - HELD_SHARE)) :]
    }


def train_lists(shared: Path) -> tuple[list[Labelled], list[Labelled], list[Labelled]]:
    """The train lists of topview, rf100-highway and openimages-vehicles."""
    extra = shared / "data/vehicles-extra"
    return (
        listed(shared / "data/topview", "train", {0: UNKNOWN}, TOPVIEW_ASPECT),
        listed(extra / "rf100-highway", "train", OURS),
        listed(extra / "openimages-vehicles", "train", OURS),
    )


def sources(shared: Path, rendered: Path, teachers: list[Teacher]) -> list[Source]:
    """All training sets. Teachers say the classes of topview and find what openimages did not label."""
    topview, highway, street = train_lists(shared)
    held = held_back(highway)
    highway = [p for p in highway if p.path not in held]
    night = [p for p in highway if "malam" in p.path.name]
    buses = [p for p in highway if BUS in p.classes]
    return [
        Source(
            "topview train",
            [classified(p, teachers) for p in topview if clip_of(p) not in HELD_CLIPS],
            0.44,
            "CC BY 4.0",
            "topview pictures: Roboflow user farzad, vehicle_detection_yolov8 v3, CC BY 4.0; changed",
        ),
        Source("rf100-highway train", highway, 0.16, "CC BY 4.0", HIGHWAY_NOTICE),
        Source("rf100-highway train, by night, again", night, 0.05, "CC BY 4.0"),
        Source("rf100-highway train, with a bus, again", buses, 0.05, "CC BY 4.0"),
        Source(
            "openimages-vehicles train",
            [unlabelled_ignored(p, teachers[0]) for p in street],
            0.10,
            "CC BY 4.0, photographs CC BY 2.0",
            "Open Images photographs CC BY 2.0, annotations CC BY 4.0, from Roboflow roboflow-gw7yv",
        ),
        *rendered_sources(rendered),
    ]


def rendered_sources(root: Path) -> list[Source]:
    """Pictures of the simulator: varied places and light, the ports as shown, night and weather."""
    varied = [(seed, "--vary") for seed in RENDERED_VARIED]
    plain = [(seed, "") for seed in RENDERED_PLAIN]
    weather = [(seed, f"--vary --conditions {c}") for seed, c in enumerate(RENDERED_CONDITIONS, 401)]
    return [
        Source(name, rendered_pictures(root, orders), share, "Apache-2.0")
        for name, orders, share in (
            ("rendered, varied", varied, 0.10),
            ("rendered, as shown", plain, 0.03),
            ("rendered, night and weather", weather, 0.07),
        )
    ]


def held_sets(shared: Path, rendered: Path) -> dict[str, list[Labelled]]:
    """Pictures of the train lists that are not learnt from, and a rendered port of its own."""
    topview, _, _ = train_lists(shared)
    return {
        "topview held": [p for p in topview if clip_of(p) in HELD_CLIPS],
        "rf100 held": held_highway(shared),
        "rendered held": rendered_pictures(rendered, [(seed, "") for seed in RENDERED_HELD]),
    }


def held_highway(shared: Path) -> list[Labelled]:
    """The pictures held back whose classes a person named."""
    _, highway, _ = train_lists(shared)
    held = held_back(highway)
    return [p for p in highway if p.path in held]


def rendered_pictures(root: Path, orders: list[tuple[int, str]]) -> list[Labelled]:
    """Labelled pictures of the simulator, few of them empty; what is not there yet is rendered.

    `orders`: seed and further options of each recording.
    """
    found: list[Labelled] = []
    for seed, options in orders:
        folder = root / "-".join([str(seed), *options.replace(",", "-").replace("--", "").split()])
        if not folder.is_dir():
            render(folder, seed, options.split())
        found += in_folder(folder / "labels", OURS)
    busy, empty = ([p for p in found if bool(len(p.boxes)) is some] for some in (True, False))
    return busy + empty[::EMPTY_KEPT]


def render(folder: Path, seed: int, options: list[str]) -> None:
    """Have the simulator render and label a recording, one picture a second."""
    log.info("rendering %s", folder.name)
    program = Path(sys.executable).with_name("lanewatch-sim")
    begun = folder.with_name(f"{folder.name}.begun")
    choice = f"--seed {seed} --minutes {RENDERED_MINUTES} --fps {RENDERED_FPS}".split()
    shutil.rmtree(begun, ignore_errors=True)
    subprocess.run([str(program), "render", "--labels", *choice, "--out", str(begun), *options], check=True)
    begun.rename(folder)
