"""What stands still: ground, road, islands, booths, canopy, trees and buildings (metres)."""

from __future__ import annotations

import numpy as np

from simulator.shapes import Colour, Solid, shade
from simulator.site import LANES, STOP_LINE_M, TAIL_LINE_M

GRASS: Colour = (104, 128, 74)
ASPHALT: Colour = (98, 99, 102)
CONCRETE: Colour = (168, 166, 160)
WHITE: Colour = (222, 222, 218)
YELLOW: Colour = (214, 176, 40)
CANOPY: Colour = (120, 134, 148)
GREEN: Colour = (62, 92, 52)
SNOWY: Colour = (178, 188, 190)
ISLANDS_X_M = (LANES[0].x_m + 3.3, LANES[1].x_m + 3.3)


def scenery(
    rng: np.random.Generator, grass: Colour = GRASS, asphalt: Colour = ASPHALT, snow: bool = False
) -> Solid:
    """Build the still part of the scene; small irregularities come from `rng`. `snow` leaves tracks only."""
    solid = Solid()
    _ground(solid, rng, grass, asphalt)
    if snow:
        _tracks_in_snow(solid, rng, asphalt)
    else:
        _markings(solid, asphalt)
    for x_m in ISLANDS_X_M:
        _island(solid, x_m)
    _canopy(solid)
    _surroundings(solid, rng, SNOWY if snow else GREEN)
    return solid


def _ground(solid: Solid, rng: np.random.Generator, grass: Colour, asphalt: Colour) -> None:
    solid.flat((-400, 400), (-500, 700), -0.05, grass)
    for _ in range(260):
        x_m, y_m = float(rng.uniform(-90, 90)), float(rng.uniform(-260, 320))
        wide, long = float(rng.uniform(2, 9)), float(rng.uniform(3, 14))
        solid.flat((x_m, x_m + wide), (y_m, y_m + long), -0.04, shade(grass, float(rng.uniform(0.88, 1.1))))
    solid.flat((-8.5, 9.5), (-500, 700), 0.0, asphalt)
    for _ in range(60):
        x_m, y_m = float(rng.uniform(-8.0, 7.0)), float(rng.uniform(-60, 220))
        wide, long = float(rng.uniform(0.4, 1.6)), float(rng.uniform(1.5, 12))
        solid.flat((x_m, x_m + wide), (y_m, y_m + long), 0.01, shade(asphalt, float(rng.uniform(0.9, 1.07))))


def _markings(solid: Solid, asphalt: Colour) -> None:
    for lane in LANES:
        for side in (-0.95, 0.95):
            middle = lane.x_m + side
            solid.flat((middle - 0.35, middle + 0.35), (-90, 230), 0.015, shade(asphalt, 0.9))
        for side in (-2.0, 2.0):
            solid.flat((lane.x_m + side - 0.08, lane.x_m + side + 0.08), (-90, 260), 0.02, WHITE)
        stop = (STOP_LINE_M - 0.9, STOP_LINE_M - 0.5)
        solid.flat((lane.x_m - 1.8, lane.x_m + 1.8), stop, 0.02, WHITE)
    for y_m in np.arange(30.0, TAIL_LINE_M + 120, 6.0):
        solid.flat((-1.0, 1.0), (float(y_m), float(y_m) + 0.5), 0.02, YELLOW)


def _tracks_in_snow(solid: Solid, rng: np.random.Generator, asphalt: Colour) -> None:
    for lane in LANES:
        for side in (-0.95, 0.95):
            for from_m in range(-90, 230, 8):
                middle, half = lane.x_m + side + float(rng.normal(0, 0.05)), float(rng.uniform(0.28, 0.5))
                dark = shade(asphalt, float(rng.uniform(0.5, 0.62)))
                solid.flat((middle - half, middle + half), (from_m, from_m + 8.0), 0.015, dark)
        solid.flat((lane.x_m - 1.6, lane.x_m + 1.6), (-2.0, 9.0), 0.014, shade(asphalt, 0.68))


def _island(solid: Solid, x_m: float) -> None:
    solid.box((x_m - 1.0, x_m + 1.0), (-4, 26), (0, 0.15), CONCRETE)
    solid.box((x_m - 0.6, x_m + 0.6), (2.6, 5.6), (0.15, 2.6), (206, 204, 196))
    solid.box((x_m - 0.62, x_m + 0.62), (3.0, 5.2), (1.2, 2.1), (44, 58, 70))
    solid.box((x_m - 0.5, x_m + 0.5), (2.57, 2.6), (1.2, 2.1), (44, 58, 70))
    solid.box((x_m - 0.75, x_m + 0.75), (2.4, 5.8), (2.6, 2.75), (90, 96, 104))
    for y_m in (7.5, 24.0, 25.2):
        solid.box((x_m - 0.15, x_m + 0.15), (y_m, y_m + 0.3), (0.15, 1.1), YELLOW)
    for y_m in (2.2, 6.8):
        solid.box((x_m - 0.15, x_m + 0.15), (y_m - 0.15, y_m + 0.15), (0.15, 5.6), (140, 146, 152))


def _canopy(solid: Solid) -> None:
    solid.box((-6.6, 8.4), (2.0, 7.6), (5.6, 6.0), CANOPY)
    solid.box((-6.65, 8.45), (1.95, 7.65), (5.75, 5.9), (40, 84, 140))
    for lane, colour in zip(LANES, ((30, 120, 60), (36, 76, 150)), strict=True):
        solid.box((lane.x_m - 1.3, lane.x_m + 1.3), (7.66, 7.8), (5.6, 6.7), colour)
        solid.box((lane.x_m - 0.9, lane.x_m + 0.9), (7.8, 7.82), (6.0, 6.3), WHITE)


def _surroundings(solid: Solid, rng: np.random.Generator, crown: Colour) -> None:
    solid.box((14, 40), (-70, -30), (0, 7), (176, 168, 156))
    solid.box((14.0, 14.05), (-66, -34), (2.5, 4), (60, 70, 84))
    solid.box((-60, -24), (-140, -95), (0, 9), (150, 158, 168))
    solid.box((-46, -30), (250, 300), (0, 8), (166, 150, 140))
    solid.box((24, 60), (320, 380), (0, 10), (150, 150, 156))
    for _ in range(90):
        x_m = float(rng.uniform(13, 70)) * (1 if rng.random() < 0.5 else -1)
        y_m, tall = float(rng.uniform(-260, 380)), float(rng.uniform(4, 10))
        if abs(x_m) < 42 and -80 < y_m < -25:
            continue
        solid.box((x_m - 0.2, x_m + 0.2), (y_m - 0.2, y_m + 0.2), (0, 0.3 * tall), (88, 70, 52))
        green = shade(crown, float(rng.uniform(0.75, 1.2)))
        solid.cone(x_m, y_m, (0.2 * tall, tall), 0.32 * tall, green)
