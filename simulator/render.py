"""A recording from a plan: films, configuration, truth and, on request, labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simulator.approach import LEAD_S, ApproachError, approach
from simulator.cameras import (
    HEIGHT_PX,
    TAIL_MOUNT_M,
    WIDTH_PX,
    Camera,
    approach_camera,
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
from simulator.truth import approach_crossings, truth, write_truth
from simulator.variety import varied_cameras, varied_kinds, varied_look

LABEL_EVERY_S = 1.0
APPROACH = "approach"
"""Id of the camera of a shared approach."""
CAMERA_SEEDS = ("booth", "tail", APPROACH)
Progress = Callable[[str, int, int], None]
"""Called with the camera's id, frames done, frames in all."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to render. `vary` changes cameras, light and colours by the seed, for training.

    `conditions`: names of `simulator.conditions`; they decide the film's pictures per second too.
    `facing`: how the tail camera looks at the traffic. `trucks`: queues of six articulated trucks and more.
    `signs`: lane signs over the booths, which change. `approach`: a shared lane upstream, with its camera.
    `cameras`: whose films to write; configuration and truth are always of all.
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
    approach: bool = False
    cameras: tuple[str, ...] = ("tail", "booth")


@dataclass(frozen=True, slots=True)
class Setting:
    """Cameras, light and traffic of one recording."""

    tail: Camera
    booth: Camera
    look: Look
    traffic: tuple[LaneTraffic, ...]
    signs: tuple[Shown, ...] = ()
    upstream: LaneTraffic | None = None


def setting(order: Order) -> Setting:
    """Everything that the order's seed decides; the same seed gives the same."""
    plan = Plan(order.seed, float(order.length_s), order.spill)
    if order.trucks:
        plan = replace(plan, kinds=TRUCKS, demand=LONG_QUEUES)
    if order.facing == "toward":
        plan = replace(plan, spawn_m=FAR_SPAWN_M)
    if not order.vary:
        tail = gantry_camera(order.mount_m) if order.facing == "toward" else tail_camera(order.mount_m)
        traffic, upstream = _with_approach(plan) if order.approach else (simulate(plan), None)
        signs = shown(traffic, order.seed, order.length_s) if order.signs else ()
        return Setting(tail, booth_camera(), Look(), traffic, tuple(signs), upstream)
    rng = np.random.default_rng([order.seed, 7])
    tail, booth = varied_cameras(rng, order.facing)
    plan = replace(plan, kinds=TRUCKS if order.trucks else varied_kinds())
    return Setting(tail, booth, varied_look(rng), simulate(plan))


def _with_approach(plan: Plan) -> tuple[tuple[LaneTraffic, ...], LaneTraffic]:
    """Traffic that begins as late as the approach needs to be empty at first."""
    begin_s = LEAD_S
    while True:
        traffic = simulate(replace(plan, begin_s=begin_s))
        try:
            return traffic, approach(traffic)
        except ApproachError:
            begin_s += 10.0


def render(order: Order, folder: Path, progress: Progress) -> None:
    """Write the whole recording under `folder`, which is made where it is missing."""
    scene = setting(order)
    folder.mkdir(parents=True, exist_ok=True)
    upstream = approach_camera() if scene.upstream else None
    write_config(folder, scene.tail, scene.booth, order.signs, upstream)
    content = truth(order.seed, order.length_s, scene.traffic, scene.tail, scene.booth)
    if scene.upstream and upstream:
        passed = approach_crossings(scene.upstream, upstream, order.length_s)
        content["crossings"] = sorted([*content["crossings"], *passed], key=lambda row: row["t_s"])
    content["conditions"] = list(order.conditions)
    content["queue"] = queue_rows(scene.traffic, scene.tail, order.length_s)
    if order.signs:
        content["signs"] = rows(scene.signs)
    shown_only = {"scored": False} if order.spill else {}
    write_truth(folder / "truth.json", content | shown_only)
    fps = film_fps(order.conditions, order.fps)
    bps = film_bps(order.conditions, WIDTH_PX * HEIGHT_PX * fps)
    for camera in (scene.tail, scene.booth, upstream):
        if camera is None or camera.id not in (*order.cameras, APPROACH):
            continue
        images = frames(order, scene, camera, folder, progress)
        write_film(folder / f"{camera.id}.mp4", images, fps, bps)


def frames(order: Order, scene: Setting, camera: Camera, folder: Path, progress: Progress) -> Iterator[Image]:
    """The camera's pictures in order, with noise; writes labels beside them where they are ordered."""
    seed = (order.seed, CAMERA_SEEDS.index(camera.id))
    traffic = (scene.upstream,) if scene.upstream and camera.id == APPROACH else scene.traffic
    shots = Shots(camera, traffic, scene.look, order.conditions, float(order.length_s), seed, scene.signs)
    labeller = Labeller(camera, traffic) if order.labels else None
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
