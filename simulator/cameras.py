"""Where the two cameras stand, and how points of the world fall on their pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.site import TAIL_LINE_M

WIDTH_PX, HEIGHT_PX = 640, 360
TAIL_MOUNT_M = 16.0
TAIL_SETBACK_M = 88.0
"""The tail camera stands this far upstream of the tail line and looks through a long lens."""

GANTRY_M = 8.5
GANTRY_SEES_FROM_M = 40.0
"""A tail camera that looks upstream hangs over the canopy, and sees the road from here on."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera without roll: position and aim in metres, vertical field of view in degrees."""

    id: str
    node: str
    facing: str
    position_m: tuple[float, float, float]
    aim_m: tuple[float, float, float]
    view_deg: float
    sees_from_m: float = 0.0
    """Nearest point of the road, metres from the booth line, that its lanes' areas may begin at."""

    def project(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points (n, 3) metres to fractions (n, 2) of the picture, y down; not clipped.

        Points must lie in front of the camera. Source: Hartley and Zisserman, 2nd ed., section 6.1.
        """
        eye = np.array(self.position_m)
        ahead = np.array(self.aim_m) - eye
        ahead /= np.linalg.norm(ahead)
        right = np.cross(ahead, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        rays = np.asarray(points_m, dtype=float) - eye
        depth = rays @ ahead
        reach = math.tan(math.radians(self.view_deg) / 2)
        x = rays @ right / (depth * reach * WIDTH_PX / HEIGHT_PX)
        y = rays @ np.cross(right, ahead) / (depth * reach)
        return np.stack([(1 + x) / 2, (1 - y) / 2], axis=1)


def tail_camera(mount_m: float = TAIL_MOUNT_M) -> Camera:
    """Upstream of the tail line, looking downstream to the booths; sees vehicles from behind.

    The picture reaches from 13 m before the tail line to the canopy over the booths, whatever the mount.
    """
    y_m = TAIL_LINE_M + TAIL_SETBACK_M
    near_deg = math.degrees(math.atan2(mount_m, TAIL_SETBACK_M - 13.0))
    far_deg = math.degrees(math.atan2(mount_m - 7.0, y_m))
    view_deg = max(near_deg - far_deg, _view_deg_across(7.5, TAIL_SETBACK_M - 13.0))
    return _looking_down("tail", "n-tail", "away", (0.0, y_m, mount_m), near_deg, view_deg)


def gantry_camera(mount_m: float) -> Camera:
    """Over the canopy, looking upstream to the tail line and beyond; sees vehicles from the front.

    What stands nearer than sees_from_m is below the picture. Low down, a truck hides all that is behind it.
    """
    near_deg = math.degrees(math.atan2(mount_m, GANTRY_SEES_FROM_M - 4.0 - GANTRY_M))
    far_deg = math.degrees(math.atan2(mount_m - 6.0, TAIL_LINE_M + 40.0 - GANTRY_M))
    camera = _looking_down("tail", "n-tail", "toward", (0.0, GANTRY_M, mount_m), near_deg, near_deg - far_deg)
    return replace(camera, sees_from_m=GANTRY_SEES_FROM_M)


def approach_camera() -> Camera:
    """Over the road where the lanes part, looking upstream along the approach; sees fronts."""
    return _looking_down("approach", "n-approach", "toward", (0.0, 214.0, 9.0), 20.0, 17.0)


def booth_camera() -> Camera:
    """Downstream of the booth line, looking upstream; sees vehicles from the front."""
    return _looking_down("booth", "n-booth", "toward", (0.0, -24.0, 7.0), 24.5, 27.0)


def _view_deg_across(half_m: float, away_m: float) -> float:
    return 2 * math.degrees(math.atan(half_m / away_m * HEIGHT_PX / WIDTH_PX))


def _looking_down(
    id_: str,
    node: str,
    facing: str,
    position_m: tuple[float, float, float],
    bottom_deg: float,
    view_deg: float,
) -> Camera:
    """A camera along the road whose picture's lower edge looks `bottom_deg` below the horizon."""
    down = math.radians(bottom_deg - view_deg / 2)
    along = math.cos(down) * (-1 if facing == "away" else 1)
    x, y, z = position_m
    return Camera(id_, node, facing, position_m, (x, y + 50 * along, z - 50 * math.sin(down)), view_deg)
