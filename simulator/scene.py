"""The scene as one camera sees it: PyVista off-screen, one actor a vehicle, moved frame by frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from simulator.bodies import body
from simulator.cameras import HEIGHT_PX, WIDTH_PX, Camera
from simulator.driving import Drive
from simulator.scenery import ASPHALT, GRASS, scenery
from simulator.shapes import Colour, Solid
from simulator.traffic import LaneTraffic

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Look:
    """Light and ground: direction to the sun, brightness 0-1, colours, and the seed of irregularities."""

    sun: tuple[float, float, float] = (-0.45, 0.35, 0.85)
    sunlight: float = 0.8
    ambient: float = 0.5
    grass: Colour = GRASS
    asphalt: Colour = ASPHALT
    horizon: Colour = (206, 216, 226)
    zenith: Colour = (120, 160, 208)
    noise: float = 1.2
    seed: int = 0


@dataclass(slots=True)
class Moving:
    """A vehicle's drive, where it drives, and the actors that show it."""

    drive: Drive
    x_m: float
    actors: list[pv.Actor] = field(default_factory=list)

    def place(self, at_s: float) -> bool:
        """Move the actors to where the vehicle is; whether it is on the road at all."""
        front_m = self.drive.front_at(at_s)
        for actor in self.actors:
            actor.SetVisibility(front_m is not None)
            if front_m is not None:
                actor.SetPosition(self.x_m, front_m, 0.0)
        return front_m is not None


class View:
    """Pictures of the traffic from one camera."""

    def __init__(self, camera: Camera, traffic: Iterable[LaneTraffic], look: Look) -> None:
        self._plotter = open_plotter(camera, samples=4)
        self._plotter.set_background(_unit(look.horizon), top=_unit(look.zenith))
        sun = pv.Light(position=look.sun, light_type="scene light", intensity=look.sunlight)
        sun.positional = False
        self._plotter.add_light(sun)
        self._ambient = look.ambient
        self._add(scenery(np.random.default_rng(look.seed), look.grass, look.asphalt))
        self._moving = moving(traffic)
        for vehicle in self._moving:
            solid = body(vehicle.drive.vehicle)
            vehicle.actors = [self._add(solid), self._add_shadow(solid, look.sun)]

    def frame(self, at_s: float) -> Image:
        """The picture at `at_s`: (height, width, 3) uint8, RGB, without noise."""
        for vehicle in self._moving:
            vehicle.place(at_s)
        return shoot(self._plotter)

    def close(self) -> None:
        """Give the window back."""
        self._plotter.close()

    def _add(self, solid: Solid) -> pv.Actor:
        return self._plotter.add_mesh(
            solid.mesh(), scalars="rgb", rgb=True, ambient=self._ambient, diffuse=0.75, specular=0.0
        )

    def _add_shadow(self, solid: Solid, sun: tuple[float, float, float]) -> pv.Actor:
        mesh = _shadow(solid.corners_m(), sun)
        return self._plotter.add_mesh(mesh, color="black", opacity=0.45, lighting=False)


def open_plotter(camera: Camera, samples: int) -> pv.Plotter:
    """An off-screen window that looks through `camera`; `samples` per pixel smooth its edges."""
    plotter = pv.Plotter(off_screen=True, window_size=(WIDTH_PX, HEIGHT_PX), lighting="none")
    plotter.render_window.SetMultiSamples(samples)
    plotter.camera.position, plotter.camera.focal_point = camera.position_m, camera.aim_m
    plotter.camera.up, plotter.camera.view_angle = (0.0, 0.0, 1.0), camera.view_deg
    plotter.camera.clipping_range = (6.0, 1200.0)
    return plotter


def shoot(plotter: pv.Plotter) -> Image:
    """Render and read the picture back, (height, width, 3) uint8 RGB."""
    window, pixels = plotter.render_window, vtkUnsignedCharArray()
    window.Render()
    window.GetPixelData(0, 0, WIDTH_PX - 1, HEIGHT_PX - 1, 0, pixels, 0)
    upward: Image = vtk_to_numpy(pixels).reshape(HEIGHT_PX, WIDTH_PX, 3)
    return upward[::-1].copy()


def moving(traffic: Iterable[LaneTraffic]) -> list[Moving]:
    """Every vehicle of every lane, as something to be placed."""
    return [Moving(drive, part.lane.x_m) for part in traffic for drive in part.drives]


def _unit(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = colour
    return red / 255, green / 255, blue / 255


def _shadow(points_m: NDArray[np.float64], sun: tuple[float, float, float]) -> pv.PolyData:
    """The outline that a body's points (n, 3) throw on the road, as one flat face."""
    thrown = points_m[:, :2] - points_m[:, 2:] * np.array(sun[:2]) / sun[2]
    outline = convex_outline(thrown)
    corners = np.column_stack([outline, np.full(len(outline), 0.03)])
    return pv.PolyData(corners, faces=np.array([len(corners), *range(len(corners))]))


def convex_outline(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convex hull of (n, 2) points, counter-clockwise. Source: Andrew's monotone chain (1979)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    return np.array(_half(ordered)[:-1] + _half(ordered[::-1])[:-1])


def _half(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for x, y in ordered:
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain
