"""A made lane with known truth: vehicles queue to a booth, seen through a pinhole camera as boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, sin

import numpy as np

from edge.config import CameraConfig, NodeConfig
from edge.vision import Boxes

WIDTH, HEIGHT = 1280, 720
FOCAL = 1000.0
ROAD_M = 80.0
TAIL_M = 60.0
LANE_M = 3.6
SIZES = {"car": (4.5, 1.8, 1.5), "truck": (16.5, 2.5, 3.8)}
STEP_S = 0.05


@dataclass
class Vehicle:
    """`rear` is metres of road between its rear and the booth line, at each step of `STEP_S`."""

    cls: str
    lane: int
    rear: list[float] = field(default_factory=list)
    first_step: int = 0

    def rear_at(self, t_s: float) -> float | None:
        """Metres upstream of the booth line; None when it is not there."""
        step = t_s / STEP_S - self.first_step
        if not 0 <= step <= len(self.rear) - 1:
            return None
        return float(np.interp(step, np.arange(len(self.rear)), self.rear))


@dataclass
class Scene:
    """`pitch_rad` down, `mount_m` high, `behind_m` from the camera to the nearest end of the road."""

    facing: str = "away"
    mount_m: float = 8.0
    behind_m: float = 14.0
    pitch_rad: float = 0.16
    lanes: int = 2

    def depth(self, y_m: float) -> float:
        """Distance from the camera's foot of a point `y_m` upstream of the booth line."""
        return self.behind_m + (ROAD_M - y_m if self.facing == "away" else y_m + 10.0)

    def project(self, x_m: float, y_m: float, z_m: float) -> tuple[float, float]:
        """Pixel of a point: x across, y upstream of the booth line, z up."""
        depth, drop = self.depth(y_m), self.mount_m - z_m
        side = x_m if self.facing == "away" else -x_m
        ahead = depth * cos(self.pitch_rad) + drop * sin(self.pitch_rad)
        down = drop * cos(self.pitch_rad) - depth * sin(self.pitch_rad)
        return WIDTH / 2 + FOCAL * side / ahead, HEIGHT / 2 + FOCAL * down / ahead

    def centre_m(self, lane: int) -> float:
        """The lane's middle, metres across."""
        return (lane - (self.lanes - 1) / 2) * LANE_M

    def box(self, vehicle: Vehicle, t_s: float) -> list[float] | None:
        """The vehicle's box in the picture; None when it is not there or mostly outside."""
        rear = vehicle.rear_at(t_s)
        if rear is None:
            return None
        length, width, height = SIZES[vehicle.cls]
        x = self.centre_m(vehicle.lane)
        if min(self.depth(rear), self.depth(rear - length)) < 6:
            return None
        corners = [
            self.project(x + side * width / 2, rear - along * length, up * height)
            for side in (-1, 1) for along in (0, 1) for up in (0, 1)
        ]  # fmt: skip
        xs, ys = zip(*corners, strict=True)
        whole = (max(xs) - min(xs)) * (max(ys) - min(ys))
        x0, y0, x1, y1 = max(0, min(xs)), max(0, min(ys)), min(WIDTH, max(xs)), min(HEIGHT, max(ys))
        if x1 <= x0 or y1 <= y0 or (x1 - x0) * (y1 - y0) < 0.4 * whole:
            return None
        return [x0, y0, x1, y1]

    def camera(self, ground: bool = True) -> CameraConfig:
        """The configuration: tail at `TAIL_M`, booth line at 0, an area and a plane for each lane."""
        lanes = [self._lane(lane, ground) for lane in range(self.lanes)]
        camera = {"id": "c1", "facing": self.facing, "lanes": lanes}
        return NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [camera]}).cameras[0]

    def _lane(self, lane: int, ground: bool) -> dict[str, object]:
        left, right = self.centre_m(lane) - LANE_M / 2, self.centre_m(lane) + LANE_M / 2
        corners = [(left, 0.0), (right, 0.0), (right, TAIL_M), (left, TAIL_M)]
        at = {corner: self._fraction(*corner) for corner in corners}
        middle = (left + right) / 2
        document: dict[str, object] = {
            "id": f"b{lane}",
            "tail": {"line": [at[corners[2]], at[corners[3]]], "toward": self._fraction(middle, TAIL_M - 5)},
            "booth": {"line": [at[corners[0]], at[corners[1]]], "toward": self._fraction(middle, -5)},
            "area": [at[corner] for corner in corners],
        }
        if ground:
            document["ground"] = {"image": [at[c] for c in corners], "metres": [list(c) for c in corners]}
        return document

    def _fraction(self, x_m: float, y_m: float) -> list[float]:
        x, y = self.project(x_m, y_m, 0.0)
        return [min(max(x / WIDTH, 0.0), 1.0), min(max(y / HEIGHT, 0.0), 1.0)]


def queueing(seed: int, minutes: float = 3.0, lanes: int = 2, truck_share: float = 0.3) -> list[Vehicle]:
    """Vehicles that arrive, queue, are served for 6-14 s and leave; the road is empty at both ends."""
    rng = np.random.default_rng(seed)
    return [v for lane in range(lanes) for v in _lane_traffic(rng, lane, minutes * 60, truck_share)]


def _lane_traffic(rng: np.random.Generator, lane: int, length_s: float, truck_share: float) -> list[Vehicle]:
    waiting = _arrivals(rng, lane, length_s, truck_share)
    active: list[tuple[Vehicle, list[float]]] = []  # vehicle, [rear_m, speed, service_left_s]
    done: list[Vehicle] = []
    for step in range(int(length_s / STEP_S)):
        while waiting and waiting[0][0] <= step * STEP_S and _has_room(active):
            vehicle = waiting.pop(0)[1]
            vehicle.first_step = step
            active.append((vehicle, [ROAD_M + 8, 8.0, rng.uniform(6, 14)]))
        for index, (vehicle, state) in enumerate(active):
            leader = active[index - 1] if index else None
            _drive(vehicle, state, leader)
            vehicle.rear.append(state[0])
        done += [vehicle for vehicle, state in active if state[0] < -40]
        active = [(vehicle, state) for vehicle, state in active if state[0] >= -40]
    return done + [vehicle for vehicle, _ in active]


def _arrivals(
    rng: np.random.Generator, lane: int, length_s: float, truck_share: float
) -> list[tuple[float, Vehicle]]:
    at, found = 4.0, []
    while at < length_s - 70:
        cls = "truck" if rng.random() < truck_share else "car"
        found.append((at, Vehicle(cls, lane)))
        at += rng.uniform(5, 22)
    return found


def _has_room(active: list[tuple[Vehicle, list[float]]]) -> bool:
    return not active or active[-1][1][0] < ROAD_M - 12


def _drive(vehicle: Vehicle, state: list[float], leader: tuple[Vehicle, list[float]] | None) -> None:
    """Towards the booth (front 1 m before the line), stop for service, leave; keep 2.5 m and 0.8 s behind."""
    front = state[0] - SIZES[vehicle.cls][0]
    gap = front - (leader[1][0] + 2.5) if leader is not None else 1e9
    if state[2] > 0:
        gap = min(gap, front - 1.0)
        if front < 1.4 and state[1] < 0.1:
            state[2] -= STEP_S
    wanted = min(8.0, max(0.0, gap) / 0.8)
    change = np.clip(wanted - state[1], -4.0 * STEP_S, 1.5 * STEP_S)
    state[1] = min(max(0.0, state[1] + change), max(0.0, gap) / STEP_S)
    state[0] -= state[1] * STEP_S


@dataclass(frozen=True)
class Noise:
    """Share of boxes missed, jitter of edges in box sizes, share of boxes doubled."""

    missed: float = 0.0
    jitter: float = 0.0
    doubled: float = 0.0


def boxes_at(
    scene: Scene, vehicles: list[Vehicle], t_s: float, noise: Noise, rng: np.random.Generator
) -> Boxes:
    """What a detector would give: a vehicle mostly covered by nearer ones has no box."""
    seen = [(box, v) for v in vehicles if (box := scene.box(v, t_s)) is not None]
    seen.sort(key=lambda pair: -pair[0][3])
    xyxy: list[list[float]] = []
    classes: list[str] = []
    for index, (box, vehicle) in enumerate(seen):
        if _covered(box, [other for other, _ in seen[:index]]) > 0.7 or rng.random() < noise.missed:
            continue
        for _ in range(1 + (rng.random() < noise.doubled)):
            size = np.array([box[2] - box[0], box[3] - box[1]] * 2)
            xyxy.append(list(np.array(box) + rng.normal(0, noise.jitter, 4) * size))
            classes.append(vehicle.cls)
    scores = rng.uniform(0.5, 0.95, len(xyxy)).astype(np.float32)
    return Boxes(np.array(xyxy, np.float32).reshape(-1, 4), tuple(classes), scores)


def _covered(box: list[float], nearer: list[list[float]]) -> float:
    """Share of a box that nearer boxes cover."""
    xs, ys = np.meshgrid(np.linspace(box[0], box[2], 12), np.linspace(box[1], box[3], 12))
    hidden = np.zeros_like(xs, bool)
    for x0, y0, x1, y1 in nearer:
        hidden |= (x0 <= xs) & (xs <= x1) & (y0 <= ys) & (ys <= y1)
    return float(hidden.mean())
