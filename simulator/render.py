"""A recording from a plan: films, configuration, truth and, on request, labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simulator.cameras import (
    HEIGHT_PX,
    TAIL_MOUNT_M,
    WIDTH_PX,
    Camera,
    booth_camera,
    gantry_camera,
    tail_camera,
)
from simulator.conditions import film_bps, film_fps
from simulator.config_files import write_config
from simulator.film import write_film
from simulator.fleet import TRUCKS
from simulator.labels import Labeller, can_be_seen, write_labelled
from simulator.queue_truth import queue_rows
from simulator.shots import Shots
from simulator.signs import Shown, rows, shown
from simulator.site import FAR_SPAWN_M
from simulator.stage import Image, Look
from simulator.traffic import LONG_QUEUES, LaneTraffic, Plan, simulate
from simulator.truth import truth, write_truth
from simulator.variety import varied_cameras, varied_kinds, varied_look

LABEL_EVERY_S = 1.0
Progress = Callable[[str, int, int], None]
"""Called with the camera's id, frames done, frames in all."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to render. `vary` changes cameras, light and colours by the seed, for training.

    `conditions`: names of `simulator.conditions`; they decide the film's pictures per second too.
    `facing`: how the tail camera looks at the traffic. `trucks`: queues of six articulated trucks and more.
    `signs`: lane signs over the booths, which change. `cameras`: whose films to write; configuration and
    truth are always of both.
    """

    seed: int
    length_s: int
    fps: int = 10
    mount_m: float = TAIL_MOUNT_M
    spill: bool = False
    labels: bool = False
    vary: bool = False
    conditions: tuple[str, ...] = ("day",)
    facing: str = "away"
    trucks: bool = False
    signs: bool = False
    cameras: tuple[str, ...] = ("tail", "booth")


@dataclass(frozen=True, slots=True)
class Setting:
    """Cameras, light and traffic of one recording."""

    tail: Camera
    booth: Camera
    look: Look
    traffic: tuple[LaneTraffic, ...]
    signs: tuple[Shown, ...] = ()


def setting(order: Order) -> Setting:
    """Everything that the order's seed decides; the same seed gives the same."""
    plan = Plan(order.seed, float(order.length_s), order.spill)
    if order.trucks:
        plan = replace(plan, kinds=TRUCKS, demand=LONG_QUEUES)
    if order.facing == "toward":
        plan = replace(plan, spawn_m=FAR_SPAWN_M)
    if not order.vary:
        tail = gantry_camera(order.mount_m) if order.facing == "toward" else tail_camera(order.mount_m)
        traffic = simulate(plan)
        signs = shown(traffic, order.seed, order.length_s) if order.signs else ()
        return Setting(tail, booth_camera(), Look(), traffic, tuple(signs))
    rng = np.random.default_rng([order.seed, 7])
    tail, booth = varied_cameras(rng, order.facing)
    plan = replace(plan, kinds=TRUCKS if order.trucks else varied_kinds())
    return Setting(tail, booth, varied_look(rng), simulate(plan))


def render(order: Order, folder: Path, progress: Progress) -> None:
    """Write the whole recording under `folder`, which is made where it is missing."""
    scene = setting(order)
    folder.mkdir(parents=True, exist_ok=True)
    write_config(folder, scene.tail, scene.booth, order.signs)
    content = truth(order.seed, order.length_s, scene.traffic, scene.tail, scene.booth)
    content["conditions"] = list(order.conditions)
    content["queue"] = queue_rows(scene.traffic, scene.tail, order.length_s)
    if order.signs:
        content["signs"] = rows(scene.signs)
    shown_only = {"scored": False} if order.spill else {}
    write_truth(folder / "truth.json", content | shown_only)
    fps = film_fps(order.conditions, order.fps)
    bps = film_bps(order.conditions, WIDTH_PX * HEIGHT_PX * fps)
    for camera in (scene.tail, scene.booth):
        if camera.id not in order.cameras:
            continue
        images = frames(order, scene, camera, folder, progress)
        write_film(folder / f"{camera.id}.mp4", images, fps, bps)


def frames(order: Order, scene: Setting, camera: Camera, folder: Path, progress: Progress) -> Iterator[Image]:
    """The camera's pictures in order, with noise; writes labels beside them where they are ordered."""
    seed = (order.seed, int(camera.id == "tail"))
    shots = Shots(
        camera, scene.traffic, scene.look, order.conditions, float(order.length_s), seed, scene.signs
    )
    labeller = Labeller(camera, scene.traffic) if order.labels else None
    fps = film_fps(order.conditions, order.fps)
    total, label_every = order.length_s * fps, max(1, round(LABEL_EVERY_S * fps))
    labels_folder = folder / "labels" / camera.id
    if labeller is not None:
        labels_folder.mkdir(parents=True, exist_ok=True)
    for index in range(total):
        image = shots.at(index / fps)
        if labeller is not None and index % label_every == 0:
            seen = [label for label in labeller.labels(index / fps) if can_be_seen(image, label)]
            write_labelled(labels_folder, index, image, seen)
        progress(camera.id, index + 1, total)
        yield image
    shots.close()
    if labeller is not None:
        labeller.close()
