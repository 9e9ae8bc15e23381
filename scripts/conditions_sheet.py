"""docs/accuracy/conditions.png: what each condition and view looks like, rendered now from fixed seeds."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Picture

from simulator.render import Order, setting
from simulator.shots import Shots
from simulator.stage import Image

ROOT = Path(__file__).resolve().parents[1]
SHEET = ROOT / "docs" / "accuracy" / "conditions.png"
TILE_PX, COLUMNS = (320, 180), 3
SHADES = np.uint8(0xF8)
"""32 shades a channel: noise then packs to a third."""
AT_S = 96.0
VIEWS: tuple[tuple[str, Order], ...] = (
    ("day", Order(23, 210, mount_m=15.0)),
    *(
        (name, Order(23, 210, mount_m=15.0, conditions=tuple(name.split(","))))
        for name in ("night", "rain", "snow", "glare", "fog", "dirty-lens", "night,rain", "night,snow")
    ),
    ("trucks, toward, 10 m", Order(2, 210, mount_m=10.0, trucks=True, facing="toward")),
    (
        "trucks, toward, night",
        Order(2, 210, mount_m=15.0, trucks=True, facing="toward", conditions=("night",)),
    ),
    ("trucks, away, 6 m, signs", Order(2, 210, mount_m=6.0, trucks=True, signs=True)),
)


def main() -> int:
    """Render, put together, write."""
    tiles = [tile(name, order) for name, order in VIEWS]
    rows = [np.hstack(tiles[first : first + COLUMNS]) for first in range(0, len(tiles), COLUMNS)]
    SHEET.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray(np.vstack(rows) & SHADES).save(SHEET, optimize=True)
    print(f"{SHEET.relative_to(ROOT)}: {SHEET.stat().st_size // 1000} kB")
    return 0


def tile(name: str, order: Order) -> Image:
    """One view, small, with its name."""
    scene = setting(order)
    seed = (order.seed, 1)
    shots = Shots(scene.tail, scene.traffic, scene.look, order.conditions, 210.0, seed, scene.signs)
    image = np.ascontiguousarray(cv2.resize(shots.at(AT_S), TILE_PX, interpolation=cv2.INTER_AREA))
    shots.close()
    cv2.rectangle(image, (0, 0), (9 + 7 * len(name), 19), (20, 20, 22), -1)
    cv2.putText(image, name, (5, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(image, np.uint8)


if __name__ == "__main__":
    sys.exit(main())
