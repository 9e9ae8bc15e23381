"""`lanewatch-edge doctor`: all checks of one node, in the order in which a technician mends things."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

from edge.config import NodeConfig
from edge.detection.detector import Detector
from edge.detection.session import cores
from edge.doctor.box import check_box
from edge.doctor.broker import check_broker
from edge.doctor.cameras import look_at
from edge.doctor.disk import check_disk, is_running
from edge.doctor.finding import Finding
from edge.doctor.lanes import check_lanes, check_signs
from edge.doctor.model import check_model, check_speed, load
from edge.doctor.plates import check_plates
from edge.signs import SignFolder

wall_clock = time.time  # noqa: TID251 a shell


def examine(config: NodeConfig) -> Iterator[Finding]:
    """Every finding, as soon as it is known."""
    yield from check_box(wall_clock())
    loaded = load(config.model)
    if isinstance(loaded, Detector):
        yield check_model(config.model, loaded)
    else:
        yield loaded
    yield from _see(config, loaded if isinstance(loaded, Detector) else None)
    yield from check_plates(config.plates)
    assert config.outbox is not None
    running = is_running(config.outbox)
    yield from check_disk(config.outbox, running)
    yield from check_broker(config, running, wall_clock())


def _see(config: NodeConfig, detector: Detector | None) -> Iterator[Finding]:
    looks = []
    for camera in config.cameras:
        looks.append(look_at(camera))
        yield from looks[-1].findings
    images = [None if look.frame is None else look.frame.image for look in looks]
    if detector is not None:
        first = next((image for image in images if image is not None), None)
        yield from check_speed(detector, first, len(config.cameras), cores())
    for camera, image in zip(config.cameras, images, strict=True):
        yield from check_lanes(camera, image, detector)
        yield from check_signs(camera, SignFolder(config.signs))


def document(config: NodeConfig, findings: Iterable[Finding]) -> dict[str, Any]:
    """What `--json` writes."""
    found = list(findings)
    return {
        "port": config.port,
        "node": config.node,
        "ok": not any(finding.level == "fail" for finding in found),
        "findings": [finding.document() for finding in found],
    }
