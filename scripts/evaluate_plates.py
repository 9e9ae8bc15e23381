"""Reading of plates against known truth, and what it costs -> docs/accuracy/plates.md.

scripts/evaluate plates             rendered North American plates, the plate sets' pictures, cost
scripts/evaluate plates --vehicles 40   so many rendered vehicles a condition
scripts/evaluate plates --model FILE    another finder
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from edge.detection.detector import Detector  # noqa: E402
from edge.detection.layouts import ModelError  # noqa: E402
from edge.plates.agreement import Look, agreed  # noqa: E402
from edge.plates.finder import load_finder  # noqa: E402
from edge.plates.quality import fits, quality_of  # noqa: E402
from edge.plates.reader import PlateReader  # noqa: E402
from edge.plates.sight import ROUND_PLATE, cut, look_at  # noqa: E402
from edge.plates.text import fold  # noqa: E402
from edge.vision import Image  # noqa: E402
from simulator.plates import SERIES, Series, View, face, plate_box, seen  # noqa: E402

SHARED = REPOSITORY.parent / "shared"
PAGE = REPOSITORY / "docs" / "accuracy" / "plates.md"
SETS = {"plates (dash camera, day)": "valid.txt", "plates (dash camera, night)": "night.txt"}
CAVEAT = """Widths of 48 to 120 px: what a camera gives that is set up for plates, not one that sees four
lanes. Rendered faces are cleaner than the road: take these figures as an upper bound."""
UNLABELLED = """No label says what stands on these plates of real vehicles: nothing that was read is kept or
printed, no wrong-read rate can be told. `steady`: three cuts, shifted by a pixel, give one text."""
LOOKS = 6
GROWTH = 1.5
"""A vehicle's plate grows by this from its first look to its last."""

ROUND = 2.0
"""Plate widths of the vehicle that are shown round the plate beyond what `seen` draws."""

ASSUMED = "The recorded ports of the wait benchmark assume 77.5 % read, and 2 % of booth reads wrong."


@dataclass(frozen=True, slots=True)
class Condition:
    """Ranges (least, most) from which each vehicle's view is drawn."""

    name: str
    width_px: tuple[float, float] = (70, 120)
    yaw_deg: tuple[float, float] = (-20, 20)
    light: tuple[float, float] = (0.8, 1.0)
    smear_px: tuple[float, float] = (0, 1.5)
    dirt: tuple[float, float] = (0, 0.05)

    def view(self, rng: np.random.Generator) -> View:
        """One vehicle's first look."""
        return View(
            width_px=rng.uniform(*self.width_px) / GROWTH**0.5,
            yaw_deg=rng.uniform(*self.yaw_deg),
            pitch_deg=rng.uniform(0, 15),
            roll_deg=rng.normal(0, 2),
            blur_px=rng.uniform(0.4, 1.0),
            smear_px=rng.uniform(*self.smear_px),
            light=rng.uniform(*self.light),
            dirt=rng.uniform(*self.dirt),
            quality=int(rng.integers(60, 92)),
        )


CONDITIONS = (
    Condition("day, near"),
    Condition("day, far", width_px=(48, 70)),
    Condition("day, turned by 25 to 45 degrees", yaw_deg=(25, 45)),
    Condition("day, smeared by 2 to 5 px", smear_px=(2, 5)),
    Condition("day, a tenth to a quarter under dirt", dirt=(0.1, 0.25)),
    Condition("night, near", light=(0.3, 0.5)),
    Condition("night, far", width_px=(48, 70), light=(0.3, 0.5)),
)


@dataclass(slots=True)
class Score:
    """Plates that were shown, read, and read wrongly."""

    shown: int = 0
    read: int = 0
    wrong: int = 0

    def add(self, truth: str, said: str | None) -> None:
        """One more plate; `said` None: not read."""
        self.shown += 1
        self.read += said is not None
        self.wrong += said is not None and fold(said) != fold(truth)

    def cells(self) -> str:
        """Read rate and wrong-read rate, as table cells."""
        wrong = f"{100 * self.wrong / self.read:.1f} %" if self.read else "-"
        return f"{100 * self.read / self.shown:.1f} % | {wrong}"


def looks_of(number: str, series: Series, view: View, rng: np.random.Generator) -> Iterator[Image]:
    """Pictures of one vehicle's plate: it grows, and each has its own shake, smear and noise."""
    plate = face(number, series)
    for step in range(LOOKS):
        look = replace(
            view,
            width_px=view.width_px * GROWTH ** (step / (LOOKS - 1)),
            yaw_deg=view.yaw_deg + rng.normal(0, 1.5),
            roll_deg=view.roll_deg + rng.normal(0, 0.5),
            smear_px=max(0.0, view.smear_px + rng.normal(0, 0.7)),
            blur_px=max(0.2, view.blur_px + rng.normal(0, 0.15)),
        )
        picture = seen(plate, look, rng)[:, :, ::-1]
        rim = [round(ROUND * look.width_px)] * 4
        yield np.asarray(cv2.copyMakeBorder(picture, *rim, cv2.BORDER_REPLICATE), np.uint8)


def rendered(finder: Detector, reader: PlateReader, vehicles: int) -> Iterator[tuple[str, Score, Score]]:
    """(condition, single looks, agreement over looks) on plates that are found and read as in `run`."""
    for condition in CONDITIONS:
        rng = np.random.default_rng(hash_of(condition.name))
        single, together = Score(), Score()
        for index in range(vehicles):
            series = SERIES[index % len(SERIES)]
            number = series.number(rng)
            looks: list[Look] = []
            text = None
            for picture in looks_of(number, series, condition.view(rng), rng):
                look = look_at(picture, finder, reader)
                counts = look is not None and look.counts
                single.add(number, look.text.characters if look is not None and counts else None)
                if look is not None and text is None:
                    looks.append(look)
                    text = agreed(looks)
            together.add(number, None if text is None else text.characters)
        yield condition.name, single, together


def hash_of(name: str) -> int:
    """The same in every run."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 2**31


@dataclass(slots=True)
class SetScore:
    """Labelled plates of a set, those that are large enough to be read, and those that give a text.

    `steady`: three cuts, a little shifted, give the same text. What stands on them is in no label and is
    neither kept nor printed.
    """

    plates: int = 0
    large: int = 0
    read: int = 0
    steady: int = 0


def plate_set(listed: str, reader: PlateReader) -> SetScore | None:
    """Crops of one list of ../shared/data/plates; None where it is not here."""
    folder = SHARED / "data" / "plates"
    if not (folder / listed).is_file():
        return None
    score = SetScore()
    for name in (folder / listed).read_text().split():
        image = cv2.imread(str(folder / "images" / Path(name).name))
        notes = folder / "annots" / f"{Path(name).stem}.xml"
        for box in ET.parse(notes).iter("bndbox"):  # nosec B314 - our own copy of a data set
            x0, y0, x1, y1 = (float(box.findtext(key) or 0) for key in ("xmin", "ymin", "xmax", "ymax"))
            score.plates += 1
            if image is None or not fits(x1 - x0, y1 - y0):
                continue
            score.large += 1
            shifts = [np.array([0, 0, 0, 0]), np.array([-1, 0, 1, 0]), np.array([0, -1, 0, 1])]
            texts = [_counted(np.array([x0, y0, x1, y1]) + shift, image, reader) for shift in shifts]
            score.read += texts[0] is not None
            score.steady += texts[0] is not None and len(set(texts)) == 1
    return score


def _counted(xyxy: Sequence[float], image: Image, reader: PlateReader) -> str | None:
    plate = cut(image, xyxy, ROUND_PLATE)
    look = reader.look(plate, quality_of(plate))
    return fold(look.text.characters) if look.counts else None


def cost(finder: Detector, reader: PlateReader) -> tuple[float, float]:
    """Median milliseconds of finding in the picture of a vehicle, and of reading one plate."""
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


def memory_mb(model: str) -> tuple[float, float]:
    """MB that finder and reader add to a process with the vehicle detector."""
    said = subprocess.run(
        [sys.executable, "-c", MEMORY.format(model=model)],
        capture_output=True, text=True, check=True, cwd=REPOSITORY,
    )  # fmt: skip
    without, found, both = map(float, said.stdout.split())
    return found - without, both - found


def page(finder_name: str, parts: list[str]) -> str:
    """docs/accuracy/plates.md."""
    head = f"""# Reading of plates

Printed by `scripts/evaluate plates`; nothing here is written by hand. Rendered and real stand apart.
Reading is off by default (docs/privacy/). {ASSUMED}

Finder: `{finder_name}`; reader: rapidocr's PP-OCR recogniser. A read is right when all characters are,
look-alikes ({{0OQD}} {{1IL}} {{8B}} {{5S}} {{2Z}} {{6G}}) taken as one. Wrong reads are a share of reads.
"""
    return "\n".join([head, *parts]) + "\n"


def rendered_part(rows: Sequence[tuple[str, Score, Score]], vehicles: int) -> str:
    """The table of rendered plates."""
    lines = [
        f"## Rendered North American plates: {vehicles} vehicles a condition, {LOOKS} looks at each",
        "| condition | single looks: read | wrong | several looks: vehicles read | wrong |",
        "|---|---|---|---|---|",
    ]
    total = Score(), Score()
    for name, single, together in rows:
        lines.append(f"| {name} | {single.cells()} | {together.cells()} |")
        for whole, part in zip(total, (single, together), strict=True):
            whole.shown, whole.read, whole.wrong = (
                whole.shown + part.shown, whole.read + part.read, whole.wrong + part.wrong,
            )  # fmt: skip
    lines.append(f"| all | {total[0].cells()} | {total[1].cells()} |")
    places = ", ".join(dict.fromkeys(series.place.title() for series in SERIES))
    lines.append(f"\nSeries: {places}. {CAVEAT}")
    return "\n".join(lines)


def sets_part(reader: PlateReader) -> str:
    """The table of the plate sets."""
    lines = [
        "\n## Crops of the plate sets (real, labelled boxes)",
        UNLABELLED,
        "",
        "| set | plates | large enough | of these read | steady |",
        "|---|---|---|---|---|",
    ]
    for name, listed in SETS.items():
        score = plate_set(listed, reader)
        if score is None:
            lines.append(f"| {name} | not beside this repository | | | |")
            continue
        large = max(1, score.large)
        lines.append(
            f"| {name} | {score.plates} | {score.large} | {100 * score.read / large:.1f} % "
            f"| {100 * score.steady / large:.1f} % |"
        )
    return "\n".join(lines)


def cost_part(finder: Detector, reader: PlateReader, model: str) -> str:
    """What reading costs."""
    find_ms, read_ms = cost(finder, reader)
    vehicles, picture = Detector.load("vehicles"), np.zeros((540, 960, 3), np.uint8)
    bare_ms = _median_ms(lambda: vehicles.boxes(picture))
    find_mb, read_mb = memory_mb(model)
    return f"""
## Cost, apart from measuring
One look = finding in the picture of one vehicle, then reading. One thread, median of 40; beside it one
inference of the vehicle detector in the same run.

| | ms | of a vehicle inference | MB more |
|---|---|---|---|
| finding | {find_ms:.1f} | {find_ms / bare_ms:.2f} | {find_mb:.0f} |
| reading | {read_ms:.1f} | {read_ms / bare_ms:.2f} | {read_mb:.0f} |

At most `looks_per_s` (5) looks a second for all cameras of a node, and none once a vehicle's looks agree."""


def main() -> int:
    """Measure, print, write the page."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate plates", description=__doc__)
    parser.add_argument("--vehicles", type=int, default=60, help="rendered vehicles a condition")
    parser.add_argument("--model", help="the finder, if not the pack `plates`")
    options = parser.parse_args()
    model = options.model or "plates"
    try:
        finder, reader = load_finder(model), PlateReader.load()
    except ModelError as error:
        print(error, file=sys.stderr)
        return 2
    rows = []
    for row in rendered(finder, reader, options.vehicles):
        print(f"{row[0]}: single {row[1].cells()}; together {row[2].cells()}")
        rows.append(row)
    parts = [rendered_part(rows, options.vehicles), sets_part(reader), cost_part(finder, reader, model)]
    text = page(finder.model, parts)
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
