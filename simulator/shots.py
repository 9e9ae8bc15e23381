"""One camera's pictures under conditions: the scene, what the weather adds, the sensor's noise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from simulator.cameras import HEIGHT_PX, WIDTH_PX, Camera
from simulator.conditions import scene_filter, scene_look
from simulator.film import Noise
from simulator.scene import View
from simulator.signs import Shown
from simulator.stage import Image, Look
from simulator.traffic import LaneTraffic

DUSK = (0.4, 0.6)
"""With day and night both: it grows dark between these parts of the recording."""


class Shots:
    """Pictures by time; a recording of day and night goes from one to the other."""

    def __init__(
        self,
        camera: Camera,
        traffic: Iterable[LaneTraffic],
        look: Look,
        conditions: Sequence[str],
        length_s: float,
        seed: tuple[int, int],
        signs: Sequence[Shown] = (),
    ) -> None:
        parts, self._length_s = list(traffic), length_s
        others = [name for name in conditions if name not in {"day", "night"}]
        lights = [light for light in ("day", "night") if light in conditions] or ["day"]
        self._takes = [_Take(camera, parts, look, [light, *others], seed, signs) for light in lights]

    def at(self, at_s: float) -> Image:
        """The picture at `at_s`: (height, width, 3) uint8 RGB. Asked for in order of time."""
        dark = float(np.interp(at_s / self._length_s, DUSK, (0.0, 1.0)))
        if len(self._takes) == 1 or dark == 0.0:
            return self._takes[0].at(at_s)
        if dark == 1.0:
            return self._takes[1].at(at_s)
        day, night = (take.at(at_s).astype(np.float32) for take in self._takes)
        return np.rint(day * (1 - dark) + night * dark).astype(np.uint8)

    def close(self) -> None:
        """Give the windows back."""
        for take in self._takes:
            take.close()


class _Take:
    """Pictures of one light."""

    def __init__(
        self,
        camera: Camera,
        traffic: list[LaneTraffic],
        look: Look,
        conditions: Sequence[str],
        seed: tuple[int, int],
        signs: Sequence[Shown],
    ) -> None:
        lit = scene_look(look, conditions)
        self._view = View(camera, traffic, lit, signs)
        self._filter = scene_filter(conditions, seed, (HEIGHT_PX, WIDTH_PX))
        self._foggy = "fog" in conditions
        self._noise = Noise(lit.noise, np.random.default_rng(seed))

    def at(self, at_s: float) -> Image:
        image = self._view.frame(at_s)
        depth_m = self._view.depth_m() if self._foggy else None
        return self._noise.added_to(self._filter(image, at_s, depth_m))

    def close(self) -> None:
        self._view.close()
