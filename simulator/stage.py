"""Off-screen windows of PyVista: a camera, light, and reading the picture back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkLogger, vtkUnsignedCharArray

from simulator.cameras import HEIGHT_PX, WIDTH_PX, Camera
from simulator.lamps import street_lamps
from simulator.scenery import ASPHALT, GRASS
from simulator.shapes import Colour, Solid

Image = NDArray[np.uint8]

vtkLogger.SetStderrVerbosity(
    vtkLogger.VERBOSITY_ERROR
)  # without a display VTK warns, then renders off-screen


@dataclass(frozen=True, slots=True)
class Look:
    """Light and ground: direction to the sun, brightness 0-1, colours, and the seed of irregularities.

    `backlit`: the sun stands low ahead of the camera, wherever that looks. `shadows`: how dark they are, 0-1.
    """

    sun: tuple[float, float, float] = (-0.45, 0.35, 0.85)
    sunlight: float = 0.8
    ambient: float = 0.5
    grass: Colour = GRASS
    asphalt: Colour = ASPHALT
    horizon: Colour = (206, 216, 226)
    zenith: Colour = (120, 160, 208)
    noise: float = 1.0
    seed: int = 0
    shadows: float = 0.45
    night: bool = False
    snow: bool = False
    wet: bool = False
    backlit: bool = False

    def sun_for(self, camera: Camera) -> tuple[float, float, float]:
        """Direction to the sun as this camera has it."""
        return (0.22, -1.0 if camera.facing == "away" else 1.0, 0.3) if self.backlit else self.sun


class Stage:
    """A window that looks through a camera; `samples` per pixel smooth its edges."""

    def __init__(self, camera: Camera, samples: int = 0) -> None:
        self._camera = camera
        self._plotter = pv.Plotter(off_screen=True, window_size=[WIDTH_PX, HEIGHT_PX], lighting="none")
        window: Any = self._plotter.render_window
        self._window = window
        self._window.SetMultiSamples(samples)
        view = self._plotter.camera
        view.position, view.focal_point, view.up = camera.position_m, camera.aim_m, (0.0, 0.0, 1.0)
        view.view_angle, view.clipping_range = camera.view_deg, (6.0, 1200.0)
        self._plotter.renderer.set_background("black")

    def light(self, look: Look) -> None:
        """Put the sun and the sky up; at night the lamps too."""
        self._plotter.renderer.set_background(_unit(look.horizon), top=_unit(look.zenith))
        sun = pv.Light(position=look.sun_for(self._camera), light_type="scene light", intensity=look.sunlight)
        sun.positional = False
        self._plotter.add_light(sun)
        for lamp in street_lamps() if look.night else ():
            self._plotter.add_light(lamp)

    def painted(self, solid: Solid, ambient: float) -> pv.Actor:
        """Add a solid in its own colours."""
        return self._plotter.add_mesh(
            solid.mesh(), scalars="rgb", rgb=True, ambient=ambient, diffuse=0.75, specular=0.0
        )

    def flat(self, mesh: pv.PolyData, colour: str, opacity: float = 1.0) -> pv.Actor:
        """Add a mesh in one colour that no light changes."""
        return self._plotter.add_mesh(mesh, color=colour, opacity=opacity, lighting=False)

    def glowing(self, mesh: pv.PolyData, scalars: str) -> pv.Actor:
        """Add a mesh in its own colours (`scalars`: RGB or RGBA) that no light changes."""
        return self._plotter.add_mesh(mesh, scalars=scalars, rgb=True, lighting=False)

    def pictured(self, mesh: pv.PolyData, image: Image) -> pv.Actor:
        """Add a mesh that carries a picture (height, width, 3) uint8 RGB and that no light changes."""
        textured: Any = pv.Texture
        return self._plotter.add_mesh(mesh, texture=textured(image), lighting=False)

    def depth_m(self) -> NDArray[np.float32]:
        """Distance of each pixel of the last picture along the view, (height, width) metres."""
        values: Any = vtkFloatArray()
        self._window.GetZbufferData(0, 0, WIDTH_PX - 1, HEIGHT_PX - 1, values)
        z = np.frombuffer(memoryview(values), dtype=np.float32).reshape(HEIGHT_PX, WIDTH_PX)[::-1]
        near, far = self._plotter.camera.clipping_range
        away: NDArray[np.float32] = (near * far / (far - z * (far - near))).astype(np.float32)
        return away

    def shoot(self) -> Image:
        """Render and read the picture back, (height, width, 3) uint8 RGB."""
        pixels: Any = vtkUnsignedCharArray()
        self._window.Render()
        self._window.GetPixelData(0, 0, WIDTH_PX - 1, HEIGHT_PX - 1, 0, pixels, 0)
        upward: Image = np.frombuffer(memoryview(pixels), dtype=np.uint8).reshape(HEIGHT_PX, WIDTH_PX, 3)
        return upward[::-1].copy()

    def close(self) -> None:
        """Give the window back."""
        self._plotter.close()


def _unit(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = colour
    return red / 255, green / 255, blue / 255
