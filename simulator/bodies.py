"""The bodies of vehicles: front at y = 0, rear at y = length, middle at x = 0, road at z = 0 (metres)."""

from __future__ import annotations

import numpy as np

from simulator.fleet import Vehicle
from simulator.shapes import Colour, Solid, shade

GLASS: Colour = (28, 34, 42)
DARK: Colour = (38, 38, 40)
CHROME: Colour = (176, 178, 182)
TAIL_LIGHT: Colour = (190, 22, 20)
HEAD_LIGHT: Colour = (240, 238, 215)
PAINTS: tuple[Colour, ...] = (
    (196, 30, 34), (24, 66, 150), (236, 236, 232), (30, 34, 40), (214, 120, 20), (30, 110, 66),
    (150, 154, 160), (110, 24, 44), (230, 190, 40), (60, 110, 170), (88, 92, 98), (170, 200, 220),
)  # fmt: skip
TRAILERS: tuple[Colour, ...] = (
    (238, 238, 236), (226, 228, 230), (244, 244, 240), (190, 194, 198), (60, 100, 160),
    (170, 50, 44), (200, 170, 90), (70, 120, 90),
)  # fmt: skip


def body(vehicle: Vehicle) -> Solid:
    """Build a vehicle; its colours follow from `look`."""
    rng = np.random.default_rng(vehicle.look)
    solid = Solid()
    _BUILDERS[vehicle.kind.name](solid, vehicle, rng)
    return solid


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return shade(colours[int(rng.integers(len(colours)))], float(rng.uniform(0.85, 1.1)))


def _semi(solid: Solid, vehicle: Vehicle, rng: np.random.Generator) -> None:
    half, length = vehicle.kind.width_m / 2, vehicle.length_m
    _tractor(solid, half, _pick(rng, PAINTS), hood=bool(rng.random() < 0.7))
    _cargo(solid, half, (5.2, length), (1.15, vehicle.kind.height_m), _pick(rng, TRAILERS))
    for y_m in (1.2, 4.6, 5.8, length - 3.0, length - 1.7):
        _axle(solid, half, y_m, 0.5)


def _tractor(solid: Solid, half: float, paint: Colour, hood: bool) -> None:
    cab_y = 1.7 if hood else 0.15
    if hood:
        solid.box((-0.85, 0.85), (0.2, 1.9), (0.6, 1.95), paint, top_y=(0.45, 1.9), inset=0.1)
        solid.box((-0.6, 0.6), (0.12, 0.25), (0.75, 1.75), CHROME)
    solid.box((-half, half), (cab_y, 4.4), (0.6, 1.75), paint)
    solid.box((-half, half), (cab_y, 4.4), (1.75, 2.75), paint, top_y=(cab_y + 0.4, 4.4), inset=0.08)
    solid.box(
        (-half + 0.15, half - 0.15), (cab_y - 0.06, cab_y), (1.85, 2.62), GLASS, (cab_y + 0.3, cab_y + 0.4)
    )
    solid.box((-half - 0.01, half + 0.01), (cab_y + 0.5, cab_y + 1.4), (1.85, 2.5), GLASS, inset=0.06)
    solid.box(
        (-half + 0.1, half - 0.1),
        (cab_y + 0.5, 4.4),
        (2.75, 3.8),
        paint,
        top_y=(cab_y + 1.5, 4.4),
        inset=0.15,
    )
    solid.box((-half, half), (0.0, 0.35), (0.12, 0.75), shade(paint, 0.6))
    _lamps(solid, half - 0.1, -0.02, (0.78, 1.02), HEAD_LIGHT)
    solid.box((-0.5, 0.5), (4.4, 6.6), (0.7, 1.1), DARK)


def _cargo(solid: Solid, half: float, y: tuple[float, float], z: tuple[float, float], paint: Colour) -> None:
    solid.box((-half, half), y, z, paint)
    solid.box((-half - 0.01, half + 0.01), (y[0], y[1]), (z[0] - 0.08, z[0] + 0.12), shade(paint, 0.55))
    solid.box((-half - 0.015, half + 0.015), (y[0] + 0.3, y[1] - 0.3), (2.2, 2.5), shade(paint, 0.82))
    solid.box((-half + 0.15, half - 0.15), (y[0] + 1.5, y[1] - 0.1), (0.55, z[0]), DARK)
    _rear_doors(solid, half, y[1], z, paint)


def _rear_doors(solid: Solid, half: float, rear_y: float, z: tuple[float, float], paint: Colour) -> None:
    edge = (rear_y, rear_y + 0.03)
    for x_m in (-half, -0.04, half - 0.08):
        solid.box((x_m, x_m + 0.08), edge, z, shade(paint, 0.6))
    for z_m in (z[0], z[1] - 0.12):
        solid.box((-half, half), edge, (z_m, z_m + 0.12), shade(paint, 0.6))
    for x_m in (-0.45, 0.4):
        solid.box((x_m, x_m + 0.05), edge, (z[0] + 0.2, z[1] - 0.2), CHROME)
    _lamps(solid, half - 0.05, rear_y, (z[0] - 0.28, z[0] - 0.06), TAIL_LIGHT)
    solid.box((-half + 0.2, half - 0.2), (rear_y - 0.1, rear_y), (0.12, 0.4), (200, 200, 200))


def _lamps(solid: Solid, half: float, y_m: float, z: tuple[float, float], colour: Colour) -> None:
    for x in ((-half, -half + 0.35), (half - 0.35, half)):
        solid.box(x, (y_m - 0.02, y_m + 0.05), z, colour)


def _axle(solid: Solid, half: float, y_m: float, radius_m: float) -> None:
    solid.wheel((-half + 0.02, -half + 0.38), y_m, radius_m)
    solid.wheel((half - 0.38, half - 0.02), y_m, radius_m)


def _rigid(solid: Solid, vehicle: Vehicle, rng: np.random.Generator) -> None:
    half, length, paint = vehicle.kind.width_m / 2, vehicle.length_m, _pick(rng, PAINTS)
    solid.box((-half, half), (0.1, 2.1), (0.55, 1.5), paint)
    solid.box((-half, half), (0.1, 2.1), (1.5, 2.6), paint, top_y=(0.5, 2.1), inset=0.1)
    solid.box((-half + 0.15, half - 0.15), (0.05, 0.1), (1.5, 2.4), GLASS, top_y=(0.4, 0.45))
    solid.box((-half - 0.01, half + 0.01), (0.65, 1.6), (1.55, 2.3), GLASS, inset=0.08)
    solid.box((-half, half), (0.0, 0.3), (0.12, 0.6), shade(paint, 0.6))
    _lamps(solid, half - 0.1, -0.02, (0.65, 0.9), HEAD_LIGHT)
    _cargo(solid, half, (2.3, length), (1.0, vehicle.kind.height_m), _pick(rng, TRAILERS))
    for y_m in (1.2, length - 1.9):
        _axle(solid, half, y_m, 0.46)


def _car(solid: Solid, vehicle: Vehicle, rng: np.random.Generator) -> None:
    half, length, paint, top = (
        vehicle.kind.width_m / 2,
        vehicle.length_m,
        _pick(rng, PAINTS),
        vehicle.kind.height_m,
    )
    _chassis(solid, half, length, paint, 0.85)
    _cabin(solid, half, (1.0, length - 0.35), (1.9, length - 1.2), (0.85, top), paint)


def _pickup(solid: Solid, vehicle: Vehicle, rng: np.random.Generator) -> None:
    half, length, paint, top = (
        vehicle.kind.width_m / 2,
        vehicle.length_m,
        _pick(rng, PAINTS),
        vehicle.kind.height_m,
    )
    _chassis(solid, half, length, paint, 1.05)
    _cabin(solid, half, (1.2, 3.6), (1.8, 3.3), (1.05, top), paint)
    solid.box((-half + 0.12, half - 0.12), (3.7, length - 0.1), (1.0, 1.07), DARK)


def _van(solid: Solid, vehicle: Vehicle, rng: np.random.Generator) -> None:
    half, length, paint, top = (
        vehicle.kind.width_m / 2,
        vehicle.length_m,
        _pick(rng, PAINTS),
        vehicle.kind.height_m,
    )
    _chassis(solid, half, length, paint, 1.1)
    _cabin(solid, half, (0.9, length), (1.7, length), (1.1, top), paint)
    solid.box((-0.03, 0.03), (length, length + 0.02), (0.5, top - 0.1), shade(paint, 0.5))


def _chassis(solid: Solid, half: float, length: float, paint: Colour, waist_m: float) -> None:
    solid.box((-half, half), (0.05, length), (0.35, waist_m), paint, top_y=(0.2, length - 0.05), inset=0.05)
    solid.box((-half, half), (0.0, length + 0.01), (0.15, 0.42), shade(paint, 0.5))
    _lamps(solid, half - 0.05, 0.08, (0.55, 0.72), HEAD_LIGHT)
    _lamps(solid, half - 0.05, length - 0.02, (0.6, waist_m - 0.08), TAIL_LIGHT)
    solid.box((-0.3, 0.3), (length, length + 0.03), (0.48, 0.62), (235, 235, 235))
    for y_m in (0.9, length - 0.95):
        _axle(solid, half, y_m, 0.34)


def _cabin(
    solid: Solid,
    half: float,
    y: tuple[float, float],
    top_y: tuple[float, float],
    z: tuple[float, float],
    paint: Colour,
) -> None:
    """Glass all round under a roof in the paint."""
    solid.box((-half + 0.04, half - 0.04), y, (z[0], z[1] - 0.06), GLASS, top_y=top_y, inset=0.14)
    roof_x = half - 0.16
    solid.box((-roof_x, roof_x), (top_y[0] - 0.05, top_y[1] + 0.03), (z[1] - 0.06, z[1]), paint)
    if top_y[1] >= y[1]:
        solid.box((-half + 0.05, half - 0.05), (y[0] + 1.9, y[1]), (z[0], z[1] - 0.06), paint, inset=0.1)


def _bus(solid: Solid, vehicle: Vehicle, rng: np.random.Generator) -> None:
    half, length, paint, top = (
        vehicle.kind.width_m / 2,
        vehicle.length_m,
        _pick(rng, PAINTS),
        vehicle.kind.height_m,
    )
    solid.box((-half, half), (0.05, length), (0.4, top), paint, top_y=(0.3, length - 0.1), inset=0.08)
    solid.box((-half - 0.01, half + 0.01), (0.9, length - 0.6), (1.5, 2.5), GLASS, inset=0.03)
    solid.box((-half + 0.1, half - 0.1), (0.02, 0.1), (1.2, 2.8), GLASS, top_y=(0.18, 0.3))
    solid.box((-half + 0.3, half - 0.3), (length - 0.05, length), (1.8, 2.7), GLASS)
    _lamps(solid, half - 0.1, 0.06, (0.6, 0.85), HEAD_LIGHT)
    _lamps(solid, half - 0.05, length - 0.02, (0.8, 1.2), TAIL_LIGHT)
    for y_m in (2.4, length - 3.2):
        _axle(solid, half, y_m, 0.5)


_BUILDERS = {"semi": _semi, "rigid": _rigid, "van": _van, "pickup": _pickup, "car": _car, "bus": _bus}
