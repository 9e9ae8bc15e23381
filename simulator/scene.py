"""The scene as one camera sees it: one actor a vehicle, moved frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyvista as pv
from numpy.typing import NDArray

from simulator.bodies import body
from simulator.cameras import Camera
from simulator.driving import Drive
from simulator.lamps import beam, split_lamps
from simulator.outline import convex_outline
from simulator.scenery import scenery
from simulator.shapes import Solid
from simulator.signs import Shown, board, face
from simulator.site import LANES
from simulator.stage import Image, Look, Stage
from simulator.traffic import LaneTraffic


@dataclass(slots=True)
class Moving:
    """A vehicle's drive, where it drives, and the actors that show it."""

    drive: Drive
    x_m: float
    actors: list[pv.Actor] = field(default_factory=list)

    def place(self, at_s: float) -> float | None:
        """Move the actors to where the vehicle is, and tell: metres to its front; None: not on the road."""
        front_m = self.drive.front_at(at_s)
        for actor in self.actors:
            actor.SetVisibility(front_m is not None)
            if front_m is not None:
                actor.SetPosition(self.x_m, front_m, 0.0)
        return front_m


def moving(traffic: Iterable[LaneTraffic]) -> list[Moving]:
    """Every vehicle of every lane, as something to be placed."""
    return [Moving(drive, part.lane.x_m) for part in traffic for drive in part.drives]


class View:
    """Pictures of the traffic from one camera.

    The background is rendered once with smooth edges. Frames are rendered without smoothing, which is several
    times as fast, and what differs from the bare background is softened and laid over the smooth one.
    """

    def __init__(
        self, camera: Camera, traffic: Iterable[LaneTraffic], look: Look, signs: Sequence[Shown] = ()
    ) -> None:
        still = scenery(np.random.default_rng(look.seed), look.grass, look.asphalt, look.snow)
        self._smooth = _background(camera, look, still, samples=8)
        self._bare = _background(camera, look, still, samples=0)
        self._stage = Stage(camera)
        self._stage.light(look)
        self._moving = moving(traffic)
        sun = (0.0, 0.0, 1.0) if look.night else look.sun_for(camera)
        for vehicle in self._moving:
            vehicle.actors = self._shown(body(vehicle.drive.vehicle), look, sun)
        self._stage.painted(still, look.ambient)
        lanes = {lane.id: lane for lane in LANES}
        self._signs = [(sign, self._stage.pictured(board(lanes[sign.lane]), face(sign))) for sign in signs]
        self._placed: list[float | bool | None] = []
        self._last = self._smooth

    def frame(self, at_s: float) -> Image:
        """The picture at `at_s`: (height, width, 3) uint8, RGB, without noise."""
        placed: list[float | bool | None] = [vehicle.place(at_s) for vehicle in self._moving]
        for sign, actor in self._signs:
            actor.SetVisibility(sign.from_s <= at_s < sign.to_s)
            placed.append(sign.from_s <= at_s < sign.to_s)
        if placed != self._placed:
            self._placed = placed
            self._last = _laid_over(self._smooth, self._bare, self._stage.shoot())
        return self._last

    def depth_m(self) -> NDArray[np.float32]:
        """Distance of each pixel of the last picture, (height, width) metres."""
        return self._stage.depth_m()

    def _shown(self, solid: Solid, look: Look, sun: tuple[float, float, float]) -> list[pv.Actor]:
        shadow = self._stage.flat(_shadow(solid.corners_m(), sun), "black", opacity=look.shadows)
        if not look.night:
            return [self._stage.painted(solid, look.ambient), shadow]
        dark, lamps = split_lamps(solid)
        return [
            self._stage.painted(dark, look.ambient),
            shadow,
            self._stage.glowing(lamps.mesh(), "rgb"),
            self._stage.glowing(beam(), "rgba"),
        ]

    def close(self) -> None:
        """Give the window back."""
        self._stage.close()


def _background(camera: Camera, look: Look, still: Solid, samples: int) -> Image:
    stage = Stage(camera, samples)
    stage.light(look)
    stage.painted(still, look.ambient)
    image = stage.shoot()
    stage.close()
    return image


def _laid_over(smooth: Image, bare: Image, raw: Image) -> Image:
    """`smooth` with what differs between `raw` and `bare` laid over it, edges softened."""
    differs = (raw != bare).any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if len(rows) == 0:
        return smooth
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    share = _softened(differs[box][:, :, None].astype(np.uint16) * 16)
    over, under = _softened(raw[box].astype(np.uint16)).astype(np.uint32), smooth[box].astype(np.uint32)
    image = smooth.copy()
    image[box] = ((over * share + under * (16 - share) + 8) // 16).astype(np.uint8)
    return image


def _softened(image: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Each value with its neighbours, weights 1 2 1 across and down, (height, width, channels)."""
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    across = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    soft: NDArray[np.uint16] = (across[:-2] + 2 * across[1:-1] + across[2:] + 8) >> 4
    return soft


def _shadow(points_m: NDArray[np.float64], sun: tuple[float, float, float]) -> pv.PolyData:
    """The outline that a body's points (n, 3) throw on the road, as one flat face."""
    thrown = points_m[:, :2] - points_m[:, 2:] * np.array(sun[:2]) / sun[2]
    outline = convex_outline(thrown)
    corners = np.column_stack([outline, np.full(len(outline), 0.03)])
    return pv.PolyData(corners, faces=np.array([len(corners), *range(len(corners))]))
