"""A recording from a plan: films, configuration, truth and, on request, labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.cameras import TAIL_MOUNT_M, Camera, booth_camera, tail_camera
from simulator.config_files import write_config
from simulator.film import Noise, write_film
from simulator.labels import Labeller, write_labelled
from simulator.scene import View
from simulator.stage import Image, Look
from simulator.traffic import LaneTraffic, Plan, simulate
from simulator.truth import truth, write_truth
from simulator.variety import varied_cameras, varied_kinds, varied_look

LABEL_EVERY_S = 1.0
Progress = Callable[[str, int, int], None]
"""Called with the camera's id, frames done, frames in all."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to render. `vary` changes cameras, light and colours by the seed, for training."""

    seed: int
    length_s: int
    fps: int = 10
    mount_m: float = TAIL_MOUNT_M
    spill: bool = False
    labels: bool = False
    vary: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """Cameras, light and traffic of one recording."""

    tail: Camera
    booth: Camera
    look: Look
    traffic: tuple[LaneTraffic, ...]


def setting(order: Order) -> Setting:
    """Everything that the order's seed decides; the same seed gives the same."""
    plan = Plan(order.seed, float(order.length_s), order.spill)
    if not order.vary:
        return Setting(tail_camera(order.mount_m), booth_camera(), Look(), simulate(plan))
    rng = np.random.default_rng([order.seed, 7])
    tail, booth = varied_cameras(rng)
    plan = Plan(order.seed, float(order.length_s), order.spill, varied_kinds())
    return Setting(tail, booth, varied_look(rng), simulate(plan))


def render(order: Order, folder: Path, progress: Progress) -> None:
    """Write the whole recording under `folder`, which is made where it is missing."""
    scene = setting(order)
    folder.mkdir(parents=True, exist_ok=True)
    write_config(folder, scene.tail, scene.booth)
    content = truth(order.seed, order.length_s, scene.traffic, scene.tail, scene.booth)
    shown_only = {"scored": False} if order.spill else {}
    write_truth(folder / "truth.json", content | shown_only)
    for camera in (scene.tail, scene.booth):
        write_film(folder / f"{camera.id}.mp4", frames(order, scene, camera, folder, progress), order.fps)


def frames(order: Order, scene: Setting, camera: Camera, folder: Path, progress: Progress) -> Iterator[Image]:
    """The camera's pictures in order, with noise; writes labels beside them where they are ordered."""
    view = View(camera, scene.traffic, scene.look)
    labeller = Labeller(camera, scene.traffic) if order.labels else None
    noise = Noise(scene.look.noise, np.random.default_rng([order.seed, camera.id == "tail"]))
    total = order.length_s * order.fps
    label_every = max(1, round(LABEL_EVERY_S * order.fps))
    labels_folder = folder / "labels" / camera.id
    if labeller is not None:
        labels_folder.mkdir(parents=True, exist_ok=True)
    for index in range(total):
        image = noise.added_to(view.frame(index / order.fps))
        if labeller is not None and index % label_every == 0:
            write_labelled(labels_folder, index, image, labeller.labels(index / order.fps))
        progress(camera.id, index + 1, total)
        yield image
    view.close()
    if labeller is not None:
        labeller.close()
