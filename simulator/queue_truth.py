"""What really stood in each lane, and what of it the tail camera can see. Pure geometry, no pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.cameras import Camera
from simulator.driving import JOIN_MS
from simulator.site import LANE_WIDTH_M, TAIL_LINE_M
from simulator.traffic import LaneTraffic

EVERY_S = 1.0
SEEN_SHARE = 0.25
"""A vehicle of which less can be seen is hidden."""
END_ROOM_M = 7.0
"""With less room behind the last stopped vehicle, the queue may go on: both answers are right there."""
HIDDEN_SHARE, OPEN_SHARE = 0.7, 0.3
"""The upstream end is hidden where more than the first of it is covered, and open below the second."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standing:
    """A vehicle at one moment: metres from the booth line to front and rear, its box, whether it stops."""

    lane: str
    front_m: float
    rear_m: float
    low_m: tuple[float, float, float]
    high_m: tuple[float, float, float]
    stopped: bool


def queue_rows(traffic: Iterable[LaneTraffic], tail: Camera, length_s: float) -> list[dict[str, Any]]:
    """A row a lane each EVERY_S: what stood in it, and what of that the camera can see.

    `in_view`: vehicles whose anchor is in the lane's area; `hidden`: those of them that cannot be seen;
    `stopped` and `stopped_hidden`: those slower than 5 km/h.
    `length_m`: from the booth line to the rear of the last stopped vehicle, also beyond the view; 0: none.
    `at_least`: whether the view does not show the queue's end; null where both answers are right.
    """
    parts = list(traffic)
    return [
        _row(at_s, part.lane.id, standing(parts, at_s), tail, part.lane.x_m)
        for at_s in np.round(np.arange(0.0, length_s, EVERY_S), 3).tolist()
        for part in parts
    ]


def standing(parts: Iterable[LaneTraffic], at_s: float) -> list[Standing]:
    """Every vehicle on the road at a moment."""
    found = []
    for part in parts:
        for drive in part.drives:
            front = drive.front_at(at_s)
            if front is None:
                continue
            vehicle, x_m = drive.vehicle, part.lane.x_m
            half, rear = vehicle.kind.width_m / 2, front + vehicle.length_m
            low, high = (x_m - half, front, 0.3), (x_m + half, rear, vehicle.kind.height_m)
            found.append(Standing(part.lane.id, front, rear, low, high, drive.speed_at(at_s) < JOIN_MS))
    return found


def _row(at_s: float, lane: str, there: Sequence[Standing], tail: Camera, x_m: float) -> dict[str, Any]:
    own = [one for one in there if one.lane == lane]
    inside = [one for one in own if tail.sees_from_m <= _anchor_m(one, tail) <= TAIL_LINE_M]
    unseen = [one for one in inside if _seen_share(one, there, tail) < SEEN_SHARE]
    stopped = [one for one in own if one.stopped]
    return {
        "t_s": at_s,
        "lane": lane,
        "camera": tail.id,
        "in_view": len(inside),
        "hidden": len(unseen),
        "stopped": sum(one.stopped for one in inside),
        "stopped_hidden": sum(one.stopped for one in unseen),
        "length_m": round(max((one.rear_m for one in stopped), default=0.0), 2),
        "at_least": _at_least(stopped, there, tail, x_m),
    }


def _anchor_m(one: Standing, camera: Camera) -> float:
    return one.rear_m if camera.facing == "away" else one.front_m


def _at_least(
    stopped: Sequence[Standing], there: Sequence[Standing], tail: Camera, x_m: float
) -> bool | None:
    """True: the end of the queue lies beyond the view, or cannot be seen for what stands before it."""
    end_m = max((one.rear_m for one in stopped), default=0.0)
    if end_m > TAIL_LINE_M:
        return True
    across = np.linspace(x_m - LANE_WIDTH_M / 2, x_m + LANE_WIDTH_M / 2, 9)
    points = np.stack([across, np.full(9, TAIL_LINE_M), np.zeros(9)], axis=1)
    by_any = float(_covered(points, there, tail).mean())
    by_stopped = float(_covered(points, [one for one in there if one.stopped], tail).mean())
    if by_stopped > HIDDEN_SHARE:
        return True
    if by_any > OPEN_SHARE or end_m > TAIL_LINE_M - END_ROOM_M:
        return None
    return False


def _seen_share(one: Standing, there: Sequence[Standing], camera: Camera) -> float:
    """Part of what a vehicle would show, its side towards the camera and its roof, that nothing hides."""
    x = np.linspace(one.low_m[0] + 0.1, one.high_m[0] - 0.1, 5)
    y = np.linspace(one.front_m + 0.1, one.rear_m - 0.1, 8)
    z = np.linspace(one.low_m[2], one.high_m[2] - 0.1, 6)
    side = [(across, _anchor_m(one, camera), up) for across in x for up in z]
    roof = [(across, along, one.high_m[2] + 0.02) for across in x for along in y]
    points = np.array(side + roof)
    ways = points - np.array(camera.position_m)
    turned = np.abs(np.concatenate([ways[: len(side), 1], ways[len(side) :, 2]]))
    per_point = np.repeat(
        [(one.high_m[2] - one.low_m[2]) / len(side), (one.rear_m - one.front_m) / len(roof)],
        [len(side), len(roof)],
    )
    shown = per_point * turned / np.linalg.norm(ways, axis=1) ** 3
    open_ = ~_covered(points, [other for other in there if other is not one], camera)
    return float((shown * open_).sum() / shown.sum())


def _covered(points_m: Floats, by: Sequence[Standing], camera: Camera) -> NDArray[np.bool_]:
    """Whether a box stands between the camera and each point (n, 3). Source: Kay and Kajiya (1986), slabs."""
    eye = np.array(camera.position_m)
    ways = points_m - eye
    hidden = np.zeros(len(points_m), dtype=bool)
    ways = np.where(np.abs(ways) < 1e-9, 1e-9, ways)
    for box in by:
        first, second = (np.array(box.low_m) - eye) / ways, (np.array(box.high_m) - eye) / ways
        enters = np.minimum(first, second).max(axis=1)
        leaves = np.maximum(first, second).min(axis=1)
        hidden |= (enters <= leaves) & (leaves > 0) & (enters < 0.999)
    return hidden
