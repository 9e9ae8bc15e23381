"""The model: right file, runs, on which provider, and whether the box keeps up with its cameras."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from edge.detection.detector import Detector, vehicle_detector
from edge.detection.layouts import ModelError
from edge.detection.packs import Pack, find_model
from edge.doctor.finding import Finding, fail, ok, warn
from edge.vision import Image

RUNS = 5
LOOKS_PER_S = 5.0
BUSY = 0.8
"""More of the cores than this leaves no room for decoding."""


def load(name: str) -> Detector | Finding:
    """The detector, or what keeps it from being loaded."""
    try:
        return vehicle_detector(name)
    except ModelError as error:
        return fail("model", str(error))


def check_model(name: str, detector: Detector) -> Finding:
    """Which model it is; its digest was held against its card when it was loaded."""
    found = find_model(name)
    layout = detector.layout
    size = f"{layout.input.width}x{layout.input.height}"
    if isinstance(found, Pack):
        graph = f"{found.runs.precision} {found.runs.sha256[:12]}"
        return ok("model", f"{found.card.name} {graph}, digest as on its card, {layout.name} {size}")
    return warn(
        "model", f"{Path(name).name}, {layout.name} {size}, has no card to hold it against",
        f"make a pack of it: lanewatch-edge model import {name}",
    )  # fmt: skip


def check_speed(detector: Detector, image: Image | None, cameras: int, cores: int) -> Iterator[Finding]:
    """The provider that is really in use, and the time of one picture on it."""
    picture = np.full((720, 1280, 3), 96, np.uint8) if image is None else image
    detector.boxes(picture)
    spent_s = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        detector.boxes(picture)
        spent_s.append(time.perf_counter() - begun)
    each_s = median(spent_s)
    share = each_s * LOOKS_PER_S * cameras / cores
    said = (
        f"{detector.provider}, {1000 * each_s:.0f} ms a picture; {LOOKS_PER_S:.0f} a second of each camera "
        f"take {share:.0%} of the cores ({cores})"
    )
    if share > BUSY:
        yield warn("provider", said, "end other programs, use a smaller model, or fewer cameras on this box")
    else:
        yield ok("provider", said)
