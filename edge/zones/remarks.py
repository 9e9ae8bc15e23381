"""What is valid and yet will not measure: remarks on the lanes of one camera. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot
from statistics import median
from typing import Literal

import numpy as np

from edge.config import SIGNAL_UNREAD, CameraConfig, LaneConfig, LineConfig
from edge.measure.geometry import GroundError, GroundPlane, Segment, ground_of, segment_of, to_pixels

Figure = Literal["tail", "booth", "area", "ground", "sign", "lane"]
Size = tuple[float, float]

LANE_M = 3.5
"""Width that a line is taken to span where no ground plane says it."""

CAR_M = (1.8, 1.5)
"""Width and height of a car."""

TALLEST = 0.15
"""Share of the picture's height that a car fills at most, where only the line's length tells its size."""

WIDTHS_M = (2.0, 15.0)
BOOTH_M = 2.0
LEAST_SIGN_PX = 12.0
LEAST_PX_PER_M = 2.0
"""With 2.5 and more, cars were counted right in every view that was measured, with 0.8 a third of the trucks
(docs/accuracy/counts.md)."""

STEEP = 0.5
"""A line counts up or down the picture when its normal's y is at least this."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What will not measure as meant, and what to do."""

    lane: str
    figure: Figure
    said: str
    fix: str


def remarks(
    camera: CameraConfig, width: int, height: int, boxes: Sequence[Sequence[float]] = ()
) -> tuple[Remark, ...]:
    """Remarks on all lanes; `boxes` (xyxy, px) are vehicles seen in the picture, which tell their size."""
    return tuple(
        remark for lane in camera.lanes for remark in _of_lane(lane, camera.facing, width, height, boxes)
    )


def _of_lane(
    lane: LaneConfig, facing: str, width: int, height: int, boxes: Sequence[Sequence[float]]
) -> Iterator[Remark]:
    plane = None if lane.ground is None else ground_of(lane.ground, width, height)
    lines: tuple[tuple[Literal["tail", "booth"], LineConfig | None], ...] = (
        ("tail", lane.tail), ("booth", lane.booth),
    )  # fmt: skip
    if lane.tail is None and lane.booth is None and lane.area is None:
        yield Remark(lane.id, "lane", "has neither line nor area", "draw one, or nothing of it is measured")
    if lane.signal:
        yield Remark(lane.id, "lane", SIGNAL_UNREAD, "keep what waits at a traffic light out of its area")
    for name, line in lines:
        if line is not None:
            segment = segment_of(line, width, height)
            vehicle = _vehicle_at(segment, plane, height, boxes)
            yield from _near_the_edge(lane.id, name, line, segment, vehicle, (width, height))
            yield from _against_facing(lane.id, name, segment, facing)
            yield from _too_small(lane.id, name, segment, plane)
    yield from _order(lane, width, height)
    if plane is not None:
        yield from _on_the_ground(lane, plane, width, height)
    if lane.sign is not None:
        yield from _sign(lane.id, to_pixels(lane.sign, width, height))


def _near_the_edge(
    lane: str, name: Literal["tail", "booth"], line: LineConfig, segment: Segment, vehicle: Size, size: Size
) -> Iterator[Remark]:
    """The box about the anchor must find room in the picture while the anchor is on the line."""
    x, y = _middle(segment.a, segment.b)
    half_w, half_h = vehicle[0] / 2, vehicle[1] / 2
    level = abs(segment.normal[1]) >= STEEP
    room, need = (y, half_h) if level else (min(x, size[0] - x), half_w)
    if level and line.anchor == "center":
        room = min(room, size[1] - y)
    if room < need:
        yield Remark(
            lane, name, "line nearer to the edge than a vehicle: cannot count",
            f"move it {need - room:.0f} px or more into the picture",
        )  # fmt: skip


def _vehicle_at(
    segment: Segment, plane: GroundPlane | None, height: int, boxes: Sequence[Sequence[float]]
) -> Size:
    """Width and height (px) of a vehicle at the line: as seen near it, else a car to scale."""
    x, y = _middle(segment.a, segment.b)
    length = hypot(segment.b[0] - segment.a[0], segment.b[1] - segment.a[1])
    near = [b for b in boxes if hypot((b[0] + b[2]) / 2 - x, b[3] - y) < length]
    if near:
        return median(b[2] - b[0] for b in near), median(b[3] - b[1] for b in near)
    metres = _width_m(segment.a, segment.b, plane)
    scale = length / metres if metres else min(length / LANE_M, TALLEST * height / CAR_M[1])
    return scale * CAR_M[0], scale * CAR_M[1]


def _width_m(a: Size, b: Size, plane: GroundPlane | None) -> float | None:
    """Length of the line on the road in metres."""
    if plane is None:
        return None
    try:
        (ax, ay), (bx, by) = plane.to_metres([a, b])
    except GroundError:
        return None
    return float(hypot(bx - ax, by - ay)) or None


def _against_facing(
    lane: str, name: Literal["tail", "booth"], segment: Segment, facing: str
) -> Iterator[Remark]:
    down = segment.normal[1]
    if abs(down) >= STEEP and (down > 0) != (facing == "toward"):
        way = "down" if down > 0 else "up"
        said = f"counts {way} the picture, but the camera is `facing: {facing}`"
        yield Remark(lane, name, said, "turn the line's `toward`, or change `facing`")


def _too_small(
    lane: str, name: Literal["tail", "booth"], segment: Segment, plane: GroundPlane | None
) -> Iterator[Remark]:
    """A box that is a pixel off must not be metres off on the way over the line."""
    if plane is None:
        return
    (x, y), (across, down) = _middle(segment.a, segment.b), segment.normal
    before = _metres(plane, (x - across / 2, y - down / 2))
    after = _metres(plane, (x + across / 2, y + down / 2))
    if before is None or after is None:
        return  # `_on_the_ground` tells
    px_per_m = 1 / max(hypot(after[0] - before[0], after[1] - before[1]), 1e-9)
    if px_per_m < LEAST_PX_PER_M:
        said = f"a metre of road is {px_per_m:.1f} px there: counts early, late or twice"
        yield Remark(lane, name, said, "hang the camera nearer or higher, zoom in, or send larger pictures")


def _order(lane: LaneConfig, width: int, height: int) -> Iterator[Remark]:
    """Vehicles pass the tail line, then the area, then the booth line."""
    if lane.tail is None or lane.booth is None:
        return
    tail, booth = segment_of(lane.tail, width, height), segment_of(lane.booth, width, height)
    if tail.beyond(_middle(booth.a, booth.b)) <= 0:
        yield Remark(lane.id, "tail", "counts away from the booth line", "turn its `toward`")
    if booth.beyond(_middle(tail.a, tail.b)) >= 0:
        yield Remark(lane.id, "booth", "counts back to the tail line", "turn its `toward`")


def _on_the_ground(lane: LaneConfig, plane: GroundPlane, width: int, height: int) -> Iterator[Remark]:
    if lane.area is not None:
        try:
            plane.to_metres(to_pixels(lane.area, width, height))
        except GroundError:
            yield Remark(lane.id, "area", "reaches the horizon of its ground points", "draw it lower")
    if lane.booth is not None:
        segment = segment_of(lane.booth, width, height)
        metres = _metres(plane, _middle(segment.a, segment.b))
        if metres is None or abs(metres[1]) > BOOTH_M:
            where = "beyond the horizon" if metres is None else f"at y = {metres[1]:.1f} m"
            yield Remark(lane.id, "ground", f"the booth line lies {where}", "let y be 0 at the booth line")
    for name, line in (("tail", lane.tail), ("booth", lane.booth)):
        if line is None:
            continue
        segment = segment_of(line, width, height)
        wide = _width_m(segment.a, segment.b, plane)
        if wide is not None and not WIDTHS_M[0] <= wide <= WIDTHS_M[1]:
            yield Remark(
                lane.id, "ground", f"the {name} line is {wide:.1f} m long on the road",
                "check the width and distance of the ground points",
            )  # fmt: skip


def _metres(plane: GroundPlane, point: Size) -> Size | None:
    try:
        return plane.place(*point)
    except GroundError:
        return None


def _sign(lane: str, corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Iterator[Remark]:
    wide, high = np.abs(corners[1] - corners[0]).tolist()
    if min(wide, high) < LEAST_SIGN_PX:
        yield Remark(
            lane, "sign", f"is {wide:.0f}x{high:.0f} px", "a sign that small cannot be read; zoom the camera"
        )


def _middle(a: Size, b: Size) -> Size:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
