"""Light at night: lamps over the booths and beside the road, headlights with their pools, tail lights."""

from __future__ import annotations

import numpy as np
import pyvista as pv

from simulator.bodies import HEAD_LIGHT, TAIL_LIGHT
from simulator.shapes import Colour, Solid

BEAM_M = 17.0
"""A dipped beam lights the road this far ahead."""
_BEAM_HALF_M = (0.9, 2.6)
_BEAM_COLOUR = (255, 244, 214)
_WARM = (1.0, 0.86, 0.66)
_WHITE = (0.95, 1.0, 1.0)
_BRIGHT: dict[Colour, Colour] = {HEAD_LIGHT: (255, 252, 232), TAIL_LIGHT: (255, 38, 24)}


def street_lamps() -> list[pv.Light]:
    """Flood lights under the canopy and lamps on poles beside the road."""
    places = [(0.0, 14.0, 9.0, 1.25, _WHITE), (0.0, -9.0, 8.0, 1.0, _WHITE)]
    places += [(x, y, 11.0, 1.4, _WARM) for x, y in ((-8.0, 48.0), (9.0, 84.0), (-8.0, 122.0), (9.0, 160.0))]
    return [_lamp(x, y, z, power, colour) for x, y, z, power, colour in places]


def split_lamps(solid: Solid) -> tuple[Solid, Solid]:
    """A body without its lamps, and the lamps alone, as bright as they burn."""
    dark, lamps = Solid(solid.points), Solid(solid.points)
    for face, colour in zip(solid.faces, solid.colours, strict=True):
        part = lamps if colour in _BRIGHT else dark
        part.faces.append(face)
        part.colours.append(_BRIGHT.get(colour, colour))
    return dark, lamps


def beam() -> pv.PolyData:
    """What both headlights throw on the road before a vehicle's front (y = 0): RGBA at the points `rgba`."""
    rows, columns = np.linspace(0.0, 1.0, 9), np.linspace(-1.0, 1.0, 9)
    along, across = np.meshgrid(rows, columns, indexing="ij")
    half = _BEAM_HALF_M[0] + (_BEAM_HALF_M[1] - _BEAM_HALF_M[0]) * along
    points = np.stack([across * half, -0.6 - BEAM_M * along, np.full_like(along, 0.035)], axis=2).reshape(
        -1, 3
    )
    alpha = 0.62 * (1 - along) ** 1.4 * np.exp(-((across / 0.62) ** 2))
    alpha *= 1 - np.abs(across) ** 6
    mesh = pv.PolyData(points.reshape(-1, 3), faces=_grid_faces(len(rows), len(columns)))
    colour = np.empty((along.size, 4), np.uint8)
    colour[:, :3] = _BEAM_COLOUR
    colour[:, 3] = np.rint(255 * alpha.reshape(-1))
    mesh.point_data["rgba"] = colour
    return mesh


def _grid_faces(rows: int, columns: int) -> np.ndarray:
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1)
    return np.stack(
        [np.full_like(corner, 4), corner, corner + 1, corner + columns + 1, corner + columns], axis=1
    ).reshape(-1)


def _lamp(x_m: float, y_m: float, z_m: float, power: float, colour: tuple[float, float, float]) -> pv.Light:
    lamp = pv.Light(
        position=(x_m, y_m, z_m),
        focal_point=(x_m * 0.1, y_m, 0.0),
        color=colour,
        light_type="scene light",
        intensity=power,
        positional=True,
        cone_angle=75.0,
        exponent=2.0,
    )
    lamp.attenuation_values = (1.0, 0.0, 0.0022)
    return lamp
