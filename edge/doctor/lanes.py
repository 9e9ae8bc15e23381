"""The lanes as they are drawn, held against the picture that the camera gives."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config import CameraConfig
from edge.detection.detector import Detector
from edge.doctor.finding import Finding, ok, warn
from edge.measure.sign import too_alike
from edge.signs import SignFolder
from edge.vision import Image
from edge.zones.remarks import remarks

SIZE = (1280, 720)
"""Taken for a camera that gives no picture: remarks need the shape of one."""


def check_signs(camera: CameraConfig, folder: SignFolder) -> Iterator[Finding]:
    """Whether each sign has references of at least two states that can be told from each other."""
    for lane, references in folder.references(camera).items():
        check, states = f"sign {lane}", sorted({reference.state for reference in references})
        alike = too_alike(references)
        if len(states) < 2:
            yield warn(
                check, f"has references of {states[0] if states else 'no state'}{' alone' if states else ''}",
                "take them in lanewatch-edge zones: without the others it is not read, or read too easily",
            )  # fmt: skip
        elif alike:
            yield warn(
                check, f"{alike[0][0]} and {alike[0][1]} look alike", "draw its region closer, take them anew"
            )
        else:
            yield ok(check, f"{camera.id}, references of {', '.join(states)}")


def check_lanes(camera: CameraConfig, image: Image | None, detector: Detector | None) -> Iterator[Finding]:
    """A line per lane that is sound, one per remark on the others."""
    if not camera.lanes:
        yield warn(f"lanes {camera.id}", "none", f"draw them: lanewatch-edge zones --camera {camera.id}")
    width, height = SIZE if image is None else (image.shape[1], image.shape[0])
    boxes = [] if image is None or detector is None else detector.boxes(image).xyxy.tolist()
    found = remarks(camera, width, height, boxes)
    for lane in camera.lanes:
        mine = [remark for remark in found if remark.lane == lane.id]
        for remark in mine:
            where = "" if remark.figure == "lane" else f"{remark.figure}: "
            yield warn(f"lane {lane.id}", f"{where}{remark.said}", remark.fix)
        if not mine:
            drawn = [name for name in ("tail", "booth", "area", "ground", "sign") if getattr(lane, name)]
            yield ok(f"lane {lane.id}", f"{camera.id}, {lane.kind}: {', '.join(drawn)}")
