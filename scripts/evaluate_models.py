"""How right the packs find and name what they are for, beside public references -> docs/accuracy/models.md.

scripts/evaluate models                    everything that is here
scripts/evaluate models --only vehicles    or plates
scripts/evaluate models --json out.json    the figures for a script too
scripts/evaluate models --pack FOLDER      another pack than the one that ships; prints, writes no page

Labelled pictures lie in ../shared/data, references in ../shared/models. The worst misses, plates blurred, go
to work/misses.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from edge.detection.detector import Detector
from edge.detection.layouts import ModelError
from scripts.accuracy.finders import Finder, of_pack, plate_references, vehicle_references
from scripts.accuracy.labelled import (
    VEHICLES,
    LabelledSet,
    plate_sets,
    rendered_set,
    vehicle_sets,
)
from scripts.accuracy.misses import write_worst
from scripts.accuracy.page import HEAD, section
from scripts.accuracy.score import (
    average_precision,
    confusion,
    look,
    match,
    rates,
    recall_by_size,
)
from scripts.output import output

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"
PAGE = REPOSITORY / "docs" / "accuracy" / "models.md"
WORK = REPOSITORY / "work"
RENDERED_SEED = 301  # the training's held seed; not learnt from
WORST = 12
VEHICLE_SIZES = [(416, 416), None]
PLATE_SIZES = [None, (416, 416), (320, 320)]


def judged(
    finder: Finder, labelled: LabelledSet, kinds: tuple[str, ...], plates: Detector | None
) -> dict[str, Any]:
    """Every figure of a detector on a set; writes its worst misses if it is ours."""
    print(f"{labelled.name}: {finder.name}, {finder.setting}", file=sys.stderr)
    looks = look(finder, labelled)
    matches = [match(one, finder.score) for one in looks]
    called = confusion(matches)
    cells = {
        true: {n: called[true, n] for n in (*kinds, "missed")}
        for true in kinds
        if any(key[0] == true for key in called)
    }
    found = {true: sum(called[true, n] for n in kinds) for true in kinds}
    if finder.ours:
        write_worst(
            matches, WORST, plates, WORK / "misses" / slug(labelled.name, finder.name, finder.setting)
        )
    classed = labelled.classed and len(kinds) > 1
    return {
        "set": labelled.name,
        "kind": labelled.kind,
        "pictures": len(labelled.pictures),
        "detector": finder.name,
        "setting": finder.setting,
        "score": finder.score,
        "shown": finder.ours or finder.setting.endswith("0.65"),
        **average_precision(looks),
        **rates(matches),
        "day": rates(matches, lambda m: not m.picture.night),
        "night": rates(matches, lambda m: m.picture.night),
        "recall_by_size": recall_by_size(matches),
        "ap50_by_class": {n: average_precision(looks, n)["ap50"] for n in kinds} if classed else {},
        "called_so": {n: called[n, n] / found[n] if found[n] else None for n in kinds},
        "confusion": cells,
    }


def slug(*parts: str) -> str:
    """A folder's name."""
    return "-".join("".join(c if c.isalnum() else "-" for c in part).strip("-").lower() for part in parts)


def rendered_port() -> LabelledSet:
    """Two minutes of a rendered port with labels; rendered once into work/."""
    folder = WORK / "rendered" / str(RENDERED_SEED)
    if not (folder / "truth.json").is_file():
        program = Path(sys.executable).with_name("lanewatch-sim")
        options = f"render --labels --seed {RENDERED_SEED} --minutes 2 --fps 1 --out {folder}".split()
        subprocess.run([str(program), *options], check=True, stdout=sys.stderr)
    return rendered_set(folder / "labels")


def plate_finder() -> Detector | None:
    """Our own plate pack, which blurs plates on what is shown."""
    try:
        return Detector.load("plates")
    except ModelError:
        return None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/evaluate models",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=("vehicles", "plates"), help="one pack alone; writes no page")
    parser.add_argument("--pack", type=Path, help="folder of a pack to judge in place of the one that ships")
    parser.add_argument("--json", type=output, help="file for the figures")
    return parser.parse_args()


def main() -> int:
    """Judge, print, and write the page."""
    given = arguments()
    if not SHARED.is_dir():
        print("../shared: the labelled pictures are not here; nothing to measure", file=sys.stderr)
        return 2
    plates, lines, rows = plate_finder(), [HEAD], []
    jobs = []
    if given.only != "plates":
        finders = [
            *of_pack(str(given.pack or "vehicles"), VEHICLE_SIZES),
            *vehicle_references(SHARED / "models"),
        ]
        jobs.append(("Vehicles, real pictures", vehicle_sets(SHARED), finders, VEHICLES))
        jobs.append(("Vehicles, rendered pictures", [rendered_port()], finders, VEHICLES))
    if given.only != "vehicles" and (plates is not None or given.pack):
        finders = [*of_pack(str(given.pack or "plates"), PLATE_SIZES), *plate_references(SHARED / "models")]
        jobs.append(("Plates, real pictures", plate_sets(SHARED), finders, ("plate",)))
    for title, sets, finders, kinds in jobs:
        lines += [f"## {title}", ""]
        for labelled in sets:
            found = [judged(finder, labelled, kinds, plates) for finder in finders]
            lines += section(found, labelled.classed and len(kinds) > 1)
            rows += found
    text = "\n".join(lines)
    print(text)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))
    if given.only is None and given.pack is None:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
