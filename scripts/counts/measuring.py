"""Counting on one recording with one model, and how much of what can be seen the detector finds there."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from edge.detection.contrast import with_contrast
from edge.detection.detector import Detector
from edge.picture import Colours
from scripts.counts.judge import (
    Crossings,
    Queues,
    Samples,
    clip_crossings,
    clip_queue,
    rendered_crossings,
    rendered_queue,
)
from scripts.counts.recordings import Clip, Rendered, folder_of
from simulator.labels import Label, Labeller, can_be_seen
from simulator.render import setting
from simulator.stage import Image

COMMAND = Path(sys.executable).parent / "lanewatch-edge"
LOOK_EVERY_S = 6.0
NODE_FPS = 5.0
"""So many pictures a second a node takes, unless it is told other."""

SAME_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """Of the vehicles that could be seen in sample pictures: how many the detector found, boxes too many."""

    visible: int
    found: int
    false: int


@dataclass(frozen=True, slots=True)
class Result:
    """One rendered recording with one model. `held`: the share of pictures that the motion gate spared, where
    it was measured as a node does; else None, every one of them being looked at."""

    recording: Rendered
    model: str
    held: float | None
    crossings: Crossings
    queue: Queues
    detector: Found
    hidden: float
    """Mean number of vehicles in a lane's area that the camera cannot see."""


def measure(recording: Rendered, models: list[str], renders: Path) -> list[Result]:
    """Render under `renders` where that is still to be done, count with each model and judge: every picture
    looked at, and as a node does.
    """
    folder = folder_of(recording, renders)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    looks = list(sample_looks(recording, folder))
    hidden = float(np.mean([row["hidden"] for row in truth["queue"]]))
    found = {model: look(looks, model) for model in models}
    return [
        _measured(recording, folder, truth, found[model], hidden, model, as_node)
        for model in models
        for as_node in (False, True)
    ]


def _measured(
    recording: Rendered,
    folder: Path,
    truth: dict[str, Any],
    detector: Found,
    hidden: float,
    model: str,
    as_node: bool,
) -> Result:
    crossings, queue, shares = Crossings(), Queues(), []
    for camera in recording.order.cameras:
        film, config = folder / f"{camera}.mp4", folder / "nodes" / f"n-{camera}.yaml"
        document = count(film, config, model, NODE_FPS if as_node else None, as_node)
        crossings.add(rendered_crossings(truth, document, camera))
        queue.add(rendered_queue(truth, document, camera))
        taken = document["frames"] / document["fps"] * NODE_FPS
        shares.append(document.get("held", 0) / taken)
    held = float(np.mean(shares)) if as_node else None
    return Result(recording, Path(model).stem, held, crossings, queue, detector, hidden)


def count(
    source: Path, config: Path, model: str, sample_fps: float | None = None, gated: bool = False
) -> dict[str, Any]:
    """What `lanewatch-edge count` writes for a recording."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        rate = [] if sample_fps is None else ["--sample-fps", f"{sample_fps:g}"]
        rate += ["--gate"] if gated else []
        options = ["--config", str(config), "--model", model, "--json", str(out), *rate]
        subprocess.run([str(COMMAND), "count", str(source), *options], check=True, stderr=subprocess.DEVNULL)
        document: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return document


def count_clip(clip: Clip, model: str, sample_fps: float | None) -> dict[str, Any]:
    """The same for a real clip."""
    return count(clip.source, clip.config, model, sample_fps)


def judge_clip(clip: Clip, document: Mapping[str, Any]) -> tuple[dict[str, Crossings], dict[str, Samples]]:
    """Crossings of each line of a real clip, samples of each of its zones that was measured."""
    crossings = {
        line: clip_crossings(clip.truth, line, lanes, document) for line, lanes in clip.lines.items()
    }
    samples = {}
    for zone in clip.truth.get("queue_zones", ()):
        lane = clip.zones.get(zone["id"])
        found = None if lane is None else clip_queue(zone, lane, document)
        if found is not None:
            samples[zone["id"]] = found
    return crossings, samples


def sample_looks(recording: Rendered, folder: Path) -> Iterator[tuple[Image, list[Label]]]:
    """Pictures out of the tail camera's film each LOOK_EVERY_S, with boxes of what can be seen in them."""
    scene = setting(recording.order)
    labeller, next_s = Labeller(scene.tail, scene.traffic), LOOK_EVERY_S
    with av.open(str(folder / "tail.mp4")) as container:
        for frame in container.decode(video=0):
            at_s = float(frame.time or 0.0)
            if at_s < next_s:
                continue
            next_s += LOOK_EVERY_S
            image = frame.to_ndarray(format="rgb24")
            yield image, [label for label in labeller.labels(at_s) if can_be_seen(image, label)]
    labeller.close()


def look(looks: list[tuple[Image, list[Label]]], model: str) -> Found:
    """Run the detector on sample pictures."""
    detector = Detector.load(model)
    visible = found = false = 0
    for image, labels in looks:
        picture = with_contrast(Colours(np.ascontiguousarray(image[:, :, ::-1])))
        boxes = [tuple(map(float, xyxy)) for xyxy in detector.boxes(picture).xyxy]
        visible += len(labels)
        for label in labels:
            best = max(boxes, key=lambda box: iou(box, label.xyxy), default=None)
            if best is not None and iou(best, label.xyxy) >= SAME_IOU:
                boxes.remove(best)
                found += 1
        false += len(boxes)
    return Found(visible, found, false)


def iou(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union of two boxes (x0, y0, x1, y1)."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide * tall / (areas - wide * tall)
