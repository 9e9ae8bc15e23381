"""A recording from a plan: films, configuration, truth and, on request, labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.cameras import HEIGHT_PX, TAIL_MOUNT_M, WIDTH_PX, Camera, booth_camera, tail_camera
from simulator.conditions import film_bps, film_fps
from simulator.config_files import write_config
from simulator.film import write_film
from simulator.labels import Labeller, write_labelled
from simulator.shots import Shots
from simulator.stage import Image, Look
from simulator.traffic import LaneTraffic, Plan, simulate
from simulator.truth import truth, write_truth
from simulator.variety import varied_cameras, varied_kinds, varied_look

LABEL_EVERY_S = 1.0
Progress = Callable[[str, int, int], None]
"""Called with the camera's id, frames done, frames in all."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to render. `vary` changes cameras, light and colours by the seed, for training.

    `conditions`: names of `simulator.conditions`; they decide the film's pictures per second too.
    """

    seed: int
    length_s: int
    fps: int = 10
    mount_m: float = TAIL_MOUNT_M
    spill: bool = False
    labels: bool = False
    vary: bool = False
    conditions: tuple[str, ...] = ("day",)


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
    content["conditions"] = list(order.conditions)
    shown_only = {"scored": False} if order.spill else {}
    write_truth(folder / "truth.json", content | shown_only)
    fps = film_fps(order.conditions, order.fps)
    bps = film_bps(order.conditions, WIDTH_PX * HEIGHT_PX * fps)
    for camera in (scene.tail, scene.booth):
        images = frames(order, scene, camera, folder, progress)
        write_film(folder / f"{camera.id}.mp4", images, fps, bps)


def frames(order: Order, scene: Setting, camera: Camera, folder: Path, progress: Progress) -> Iterator[Image]:
    """The camera's pictures in order, with noise; writes labels beside them where they are ordered."""
    seed = (order.seed, int(camera.id == "tail"))
    shots = Shots(camera, scene.traffic, scene.look, order.conditions, float(order.length_s), seed)
    labeller = Labeller(camera, scene.traffic) if order.labels else None
    fps = film_fps(order.conditions, order.fps)
    total, label_every = order.length_s * fps, max(1, round(LABEL_EVERY_S * fps))
    labels_folder = folder / "labels" / camera.id
    if labeller is not None:
        labels_folder.mkdir(parents=True, exist_ok=True)
    for index in range(total):
        image = shots.at(index / fps)
        if labeller is not None and index % label_every == 0:
            write_labelled(labels_folder, index, image, labeller.labels(index / fps))
        progress(camera.id, index + 1, total)
        yield image
    shots.close()
    if labeller is not None:
        labeller.close()
