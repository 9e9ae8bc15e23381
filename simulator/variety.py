"""Varied scenes for training: other places for the cameras, other light, other ground, also buses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.cameras import Camera, booth_camera, gantry_camera, tail_camera
from simulator.fleet import KINDS, OTHERS, Kind
from simulator.shapes import Colour, shade
from simulator.stage import Look


def varied_kinds() -> tuple[Kind, ...]:
    """All kinds, cars and buses more often than at a commercial booth."""
    return tuple(replace(k, share=k.share * (1 if k.counted_as == "truck" else 2)) for k in KINDS) + OTHERS


def varied_cameras(rng: np.random.Generator, facing: str = "away") -> tuple[Camera, Camera]:
    """A tail and a booth camera, moved, turned and zoomed a little."""
    mount_m = float(rng.uniform(9.0, 22.0))
    place, reach_m = (
        (gantry_camera, (2.5, 3.0, 1.0)) if facing == "toward" else (tail_camera, (2.5, 14.0, 1.0))
    )
    tail = _moved(place(mount_m), rng, reach_m)
    booth = _moved(booth_camera(), rng, (2.5, 5.0, 1.5))
    return tail, booth


def varied_look(rng: np.random.Generator) -> Look:
    """Another sun, another ground, another picture noise."""
    around, height = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.6, 1.4))
    return Look(
        sun=(float(np.cos(around)) * 0.6, float(np.sin(around)) * 0.6, height),
        sunlight=float(rng.uniform(0.4, 1.0)),
        ambient=float(rng.uniform(0.35, 0.65)),
        grass=_tinted((112, 124, 84), rng, 0.3),
        asphalt=shade((104, 104, 106), float(rng.uniform(0.65, 1.4))),
        horizon=_tinted((205, 212, 222), rng, 0.15),
        zenith=_tinted((140, 165, 200), rng, 0.25),
        noise=float(rng.uniform(0.5, 4.0)),
        seed=int(rng.integers(2**31)),
    )


def _moved(camera: Camera, rng: np.random.Generator, reach_m: tuple[float, float, float]) -> Camera:
    x, y, z = (float(rng.uniform(-r, r)) for r in reach_m)
    px, py, pz = camera.position_m
    ax, ay, az = camera.aim_m
    turn = float(rng.uniform(-1.2, 1.2))
    return replace(
        camera,
        position_m=(px + x, py + y, pz + z),
        aim_m=(ax + turn, ay + y, az + 0.6 * z),
        view_deg=camera.view_deg * float(rng.uniform(0.85, 1.2)),
    )


def _tinted(colour: Colour, rng: np.random.Generator, by: float) -> Colour:
    red, green, blue = (min(255, round(c * float(rng.uniform(1 - by, 1 + by)))) for c in colour)
    return red, green, blue
