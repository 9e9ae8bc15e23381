"""Coloured solids that vehicles and scenery are put together from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pyvista as pv
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Span = tuple[float, float]
_SIDES = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))


@dataclass(slots=True)
class Solid:
    """Faces with a colour each, in metres; grows by the methods below and ends as one mesh."""

    points: list[tuple[float, float, float]] = field(default_factory=list)
    faces: list[tuple[int, ...]] = field(default_factory=list)
    colours: list[Colour] = field(default_factory=list)

    def _add(
        self, points: list[tuple[float, float, float]], faces: list[tuple[int, ...]], colour: Colour
    ) -> None:
        first = len(self.points)
        self.points += points
        self.faces += [tuple(first + i for i in face) for face in faces]
        self.colours += [colour] * len(faces)

    def box(
        self, x: Span, y: Span, z: Span, colour: Colour, top_y: Span | None = None, inset: float = 0
    ) -> None:
        """A box; `top_y` and `inset` (metres off each side) make its top smaller than its foot."""
        ty = top_y or y
        foot = [(x[0], y[0], z[0]), (x[1], y[0], z[0]), (x[1], y[1], z[0]), (x[0], y[1], z[0])]
        left, right = x[0] + inset, x[1] - inset
        top = [(left, ty[0], z[1]), (right, ty[0], z[1]), (right, ty[1], z[1]), (left, ty[1], z[1])]
        self._add(foot + top, list(_SIDES), colour)

    def flat(self, x: Span, y: Span, z: float, colour: Colour) -> None:
        """A level rectangle."""
        corners = [(x[0], y[0], z), (x[1], y[0], z), (x[1], y[1], z), (x[0], y[1], z)]
        self._add(corners, [(0, 1, 2, 3)], colour)

    def wheel(self, x: Span, y_m: float, radius_m: float, colour: Colour = (24, 24, 26)) -> None:
        """A wheel that stands on the road, its axle across; the hub is lighter than the tyre."""
        self._disc(x, y_m, radius_m, radius_m, colour)
        outside = x[0] - 0.01 if x[0] < 0 else x[1] + 0.01
        self._disc((outside, outside), y_m, radius_m, 0.55 * radius_m, (150, 150, 155))

    def _disc(self, x: Span, y_m: float, z_m: float, radius_m: float, colour: Colour, n: int = 14) -> None:
        turn = [2 * math.pi * i / n for i in range(n)]
        ring = [(y_m + radius_m * math.cos(a), z_m + radius_m * math.sin(a)) for a in turn]
        points = [(side, y, z) for side in x for y, z in ring]
        rim = [(i, (i + 1) % n, n + (i + 1) % n, n + i) for i in range(n)]
        self._add(points, [*rim, tuple(range(n)), tuple(range(n, 2 * n))], colour)

    def cone(self, x_m: float, y_m: float, z: Span, radius_m: float, colour: Colour, n: int = 9) -> None:
        """An upright cone, such as a tree's crown."""
        turn = [2 * math.pi * i / n for i in range(n)]
        ring = [(x_m + radius_m * math.cos(a), y_m + radius_m * math.sin(a), z[0]) for a in turn]
        self._add([*ring, (x_m, y_m, z[1])], [(i, (i + 1) % n, n) for i in range(n)], colour)

    def corners_m(self) -> NDArray[np.float64]:
        """All points, (n, 3) metres."""
        return np.array(self.points)

    def mesh(self) -> pv.PolyData:
        """One mesh with a colour for each face in cell data `rgb`.

        Faces stand in reverse order: what was laid on top is drawn first, which spares drawing what it hides.
        """
        cells = np.concatenate([np.array([len(face), *face]) for face in reversed(self.faces)])
        mesh = pv.PolyData(np.array(self.points), faces=cells)
        mesh.cell_data["rgb"] = np.array(self.colours[::-1], dtype=np.uint8)
        return mesh


def shade(colour: Colour, factor: float) -> Colour:
    """The colour made lighter (factor > 1) or darker."""
    red, green, blue = (min(255, max(0, round(c * factor))) for c in colour)
    return red, green, blue
