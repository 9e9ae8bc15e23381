"""What reading plates costs a node: time of one look, and memory, apart from measuring."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.detection.detector import Detector
from edge.plates.quality import quality_of
from edge.plates.reader import PlateReader
from edge.plates.sight import ROUND_PLATE, cut
from simulator.plates import SERIES, View, face, plate_box, seen

REPOSITORY = Path(__file__).parents[2]

MEMORY = """
import numpy as np
from pathlib import Path
def mb():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20
from edge.detection.detector import Detector
Detector.load("vehicles").boxes(np.zeros((540, 960, 3), np.uint8))
without = mb()
from edge.plates.finder import load_finder
from edge.plates.quality import Quality
from edge.plates.reader import PlateReader
load_finder({model!r}).boxes(np.zeros((300, 300, 3), np.uint8))
found = mb()
PlateReader.load().look(np.zeros((60, 120, 3), np.uint8), Quality(120, 60, 1))
print(without, found, mb())
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Median milliseconds of finding, of reading and of one vehicle inference; MB that each adds."""

    find_ms: float
    read_ms: float
    bare_ms: float
    find_mb: float
    read_mb: float


def cost_of(finder: Detector, reader: PlateReader, model: str) -> Cost:
    """Of this finder, in the picture of a vehicle, and this reader; `model`: the finder's name."""
    find_ms, read_ms = _look_ms(finder, reader)
    vehicles, picture = Detector.load("vehicles"), np.zeros((540, 960, 3), np.uint8)
    bare_ms = _median_ms(lambda: vehicles.boxes(picture))
    return Cost(find_ms, read_ms, bare_ms, *_memory_mb(model))


def _look_ms(finder: Detector, reader: PlateReader) -> tuple[float, float]:
    rng = np.random.default_rng(5)
    series = SERIES[0]
    view = View(width_px=110)
    picture = np.ascontiguousarray(seen(face(series.number(rng), series), view, rng)[:, :, ::-1])
    plate = cut(picture, plate_box(view), ROUND_PLATE)
    quality = quality_of(plate)
    return _median_ms(lambda: finder.boxes(picture)), _median_ms(lambda: reader.look(plate, quality))


def _median_ms(action: Callable[[], object], times: int = 40) -> float:
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        spent.append(1000 * (time.perf_counter() - begun))
    return float(np.median(spent))


def _memory_mb(model: str) -> tuple[float, float]:
    """MB that finder and reader add to a process with the vehicle detector."""
    said = subprocess.run(
        [sys.executable, "-c", MEMORY.format(model=model)],
        capture_output=True, text=True, check=True, cwd=REPOSITORY,
    )  # fmt: skip
    without, found, both = map(float, said.stdout.split())
    return found - without, both - found
