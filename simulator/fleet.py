"""Kinds of vehicles: sizes, how they drive, and how often each comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of vehicle: class as counted, sizes, range of accelerations, share of traffic."""

    name: str
    counted_as: str
    length_m: tuple[float, float]
    width_m: float
    height_m: float
    accel_ms2: tuple[float, float]
    share: float


KINDS = (
    Kind("semi", "truck", (14.0, 18.0), 2.55, 4.0, (1.15, 1.4), 0.5),
    Kind("rigid", "truck", (8.0, 10.8), 2.5, 3.5, (1.25, 1.5), 0.27),
    Kind("van", "car", (5.4, 6.0), 2.05, 2.5, (1.8, 2.1), 0.08),
    Kind("pickup", "car", (5.3, 5.9), 1.95, 1.85, (1.9, 2.2), 0.08),
    Kind("car", "car", (4.5, 4.9), 1.82, 1.5, (1.9, 2.2), 0.07),
)
TRUCKS = KINDS[:1]
"""Articulated trucks alone."""
OTHERS = (Kind("bus", "bus", (11.0, 12.5), 2.55, 3.3, (1.1, 1.3), 0.1),)
"""Kinds that come only into varied training scenes."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle and how its driver drives; `look` seeds its colours."""

    id: str
    kind: Kind
    length_m: float
    accel_ms2: float
    brake_ms2: float
    speed_ms: float
    gap_m: float
    service_s: float
    look: int


def draw_vehicle(rng: np.random.Generator, id_: str, kinds: tuple[Kind, ...] = KINDS) -> Vehicle:
    """Draw one vehicle. Service is uniform on 8 to 12 s (coefficient of variation .115)."""
    shares = np.array([kind.share for kind in kinds])
    kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    return Vehicle(
        id=id_,
        kind=kind,
        length_m=round(float(rng.uniform(*kind.length_m)), 2),
        accel_ms2=float(rng.uniform(*kind.accel_ms2)),
        brake_ms2=float(rng.uniform(1.5, 2.0)),
        speed_ms=float(rng.uniform(10.0, 12.0)),
        gap_m=float(rng.uniform(2.4, 3.8)),
        service_s=float(rng.uniform(8.0, 12.0)),
        look=int(rng.integers(2**31)),
    )
