"""Waits of the recorded ports against their exact truth: tables on screen and in docs/accuracy/waits.md."""

from __future__ import annotations

import argparse
import csv
import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dashboard.minutes import LaneMinute
from dashboard.recorded.estimate import HEADER, estimates
from dashboard.recorded.recorded import RecordingError, load_recording, slices
from scripts.waits.limits import read_limits
from scripts.waits.page import all_traces, written
from scripts.waits.plots import draw
from scripts.waits.traces import traces

ROOT = Path(__file__).resolve().parents[1]
PORTS = ROOT.parent / "shared" / "bench" / "port"
PAGE = ROOT / "docs" / "accuracy" / "waits.md"
PICTURES = PAGE.with_suffix("")
CAP_TRUCKS, CAP_CARS = 2.5, 7.5
Slices = Iterator[list[LaneMinute]]
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to run the ports; `change` alters the rows, as a worse camera would."""

    name: str
    feed: str
    matches: bool
    change: Callable[[Slices], Slices] | None = None


def signs_blank(coming: Slices) -> Slices:
    """No sign over a booth can be read."""
    for rows in coming:
        yield [replace(row, serves=()) if row.kind == "booth" else row for row in rows]


def views_capped(coming: Slices) -> Slices:
    """A booth camera sees two or three vehicles, and says so whenever there are more."""
    for rows in coming:
        yield [_capped(row) if row.kind == "booth" else row for row in rows]


def _capped(row: LaneMinute) -> LaneMinute:
    cap = CAP_CARS if any(stream.startswith("passenger") for stream in row.serves) else CAP_TRUCKS
    if row.in_view_mean is None or row.in_view_mean <= cap:
        return row
    stopped = None if row.stopped_mean is None else min(row.stopped_mean, cap)
    return replace(row, in_view_mean=cap, stopped_mean=stopped, full=True)


VARIANTS = (
    Variant("noisy", "noisy", True),
    Variant("noisy, no matches", "noisy", False),
    Variant("perfect cameras", "minute", True),
    Variant("noisy, signs blank", "noisy", True, signs_blank),
    Variant("noisy, views capped", "noisy", True, views_capped),
)


def main() -> int:
    """Measure, print, write the page; 2 where the recorded ports are missing."""
    options = argparse.ArgumentParser(prog="scripts/evaluate waits", description=__doc__)
    options.add_argument(
        "--ports", type=Path, default=PORTS, help="folder with score.py and the recorded ports"
    )
    options.add_argument("--quick", action="store_true", help="only the first variant, page untouched")
    chosen = options.parse_args()
    folders = sorted(path.parent for path in chosen.ports.glob("*/site.json"))
    if not folders or not (PORTS / "score.py").is_file():
        print(f"{chosen.ports}: no recorded ports or no score.py; nothing to measure", file=sys.stderr)
        return 2
    try:
        results = {v.name: measure(v, folders) for v in (VARIANTS[:1] if chosen.quick else VARIANTS)}
    except RecordingError as error:
        print(error, file=sys.stderr)
        return 2
    page = "\n".join(written(results, read_limits(PORTS / "LIMITS.md"), PICTURES.name))
    print(page)
    if not chosen.quick and chosen.ports == PORTS:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page + "\n", encoding="utf-8")
        for path in draw(all_traces(next(iter(results.values()))), PICTURES):
            print(path, file=sys.stderr)
    return 0


def measure(variant: Variant, folders: Sequence[Path]) -> dict[str, Figures]:
    """Scores by port name."""
    score = _load_score()
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for folder in folders:
            print(f"{variant.name}: {folder.name}", file=sys.stderr)
            out = Path(scratch) / "est.csv"
            began_s = time.process_time()
            minutes = _estimate(variant, folder, out)
            spent_s = time.process_time() - began_s
            figures = score.score(str(out), str(folder))
            by_mean = score.score(str(out), str(folder), "wait_mean_s")
            smooth = by_mean["overall"]
            for name, stream in figures["per_class"].items():
                stream["class_mean_within_3min"] = by_mean["per_class"][name].get("within_3min")
            figures["traces"] = traces(score, out, folder)
            figures["overall"] |= {
                "class_mean_mae_s": smooth.get("mae_s"),
                "class_mean_within_3min": smooth.get("within_3min"),
                "cpu_s": spent_s / minutes,
            }
            found[folder.name] = figures
    return found


def _estimate(variant: Variant, folder: Path, out: Path) -> float:
    """Write the estimates; returns the minutes that they span."""
    recording = load_recording(folder)
    coming = slices(recording, "minute" if variant.feed == "minute" else "noisy", variant.matches)
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(estimates(recording, variant.change(coming) if variant.change else coming))
    return recording.hours * 60


def _load_score() -> Any:
    """score.py of the recorded ports, which defines every figure."""
    spec = importlib.util.spec_from_file_location("score", PORTS / "score.py")
    if spec is None or spec.loader is None:
        raise RecordingError(f"{PORTS / 'score.py'}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
