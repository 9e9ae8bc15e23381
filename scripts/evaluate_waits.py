"""Waits of the recorded ports against their exact truth: tables on screen and in docs/accuracy/waits.md."""

from __future__ import annotations

import argparse
import csv
import importlib.util
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dashboard.minutes import LaneMinute  # noqa: E402
from dashboard.recorded.estimate import HEADER, estimates  # noqa: E402
from dashboard.recorded.recorded import RecordingError, load_recording, slices  # noqa: E402

PORTS = ROOT.parent / "shared" / "bench" / "port"
PAGE = ROOT / "docs" / "accuracy" / "waits.md"
TRUSTED = ("truck_fast", "car_nexus")
HITS = "within_3min_over10min_unknown_missed"
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
REFERENCES = (
    ("fusion (LIMITS)", "190", "314", ".695", ".451", ".89", "650", "7.4", ".455 / 290"),
    ("fusion without matches (LIMITS)", "-", "633", "-", ".317", ".79", "-", "-", "-"),
    ("exact-queue formula (LIMITS)", "262", "-", "-", ".564", "-", "-", "-", ".506 / 399"),
    ("oracle now (LIMITS)", "121", "209", ".808", ".620", ".83", "427", "5.4", ".757 / 149"),
)


def main() -> int:
    """Measure, print, write the page; 2 where the recorded ports are missing."""
    options = argparse.ArgumentParser(description=__doc__)
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
        results = {v: measure(v, folders) for v in (VARIANTS[:1] if chosen.quick else VARIANTS)}
    except RecordingError as error:
        print(error, file=sys.stderr)
        return 2
    page = "\n".join(written(results))
    print(page)
    if not chosen.quick and chosen.ports == PORTS:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page + "\n", encoding="utf-8")
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
            smooth = score.score(str(out), str(folder), "wait_mean_s")["overall"]
            figures["overall"] |= {
                "class_mean_mae_s": smooth["mae_s"],
                "class_mean_within_3min": smooth["within_3min"],
                "cpu_s": spent_s / minutes,
            }
            found[folder.name] = figures
    return found


def cpu_s(results: dict[Variant, dict[str, Figures]]) -> float:
    """Seconds of CPU that a minute of a port took, the reading of its files included."""
    return statistics.fmean(p["overall"]["cpu_s"] for ports in results.values() for p in ports.values())


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


def written(results: dict[Variant, dict[str, Figures]]) -> Iterator[str]:
    """The page, line by line."""
    yield from (
        "# Accuracy of waits on recorded ports",
        "",
        "Written by `scripts/evaluate waits`. The ports are synthetic (exact truth known); service laws and "
        "drivers are those of a traffic simulation, so the figures do not carry over to a real port as they "
        'stand. Definitions: README and score.py of the recorded ports. "> 10 min": minutes whose true wait '
        "exceeds 10 min; an unknown estimate is a miss there.",
        "",
        "These ports were watched while the engine was built and some choices were compared on them, so "
        "its own rows flatter it; on ports that nobody had looked at, the trusted streams gained nothing.",
        "",
        "## Mean of the ports",
        "",
        "| estimator | MAE s | MAE s, > 10 min | within 3 min | within 3 min, > 10 min | coverage of 90 % | "
        "width s | lag min | FAST and NEXUS pooled, > 10 min: within 3 min / MAE s | max(3 min, 10 %) | "
        "`wait_mean_s`: MAE s / within 3 min |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    )
    for variant, ports in results.items():
        yield _mean_row(variant.name, list(ports.values()))
    for reference in REFERENCES:
        yield "| " + " | ".join(reference) + " | - | - |"
    yield from ("", f"CPU of a port-minute, both streams: {1000 * cpu_s(results):.1f} ms.")
    first = next(iter(results.values()))
    yield from (
        "",
        "## Per port and stream (noisy feed, with matches)",
        "",
        "| port, class | MAE s | bias s | MAE s, > 10 min | within 3 min | within 3 min, > 10 min | "
        "minutes > 10 min | coverage | width s | fusion, oracle now: within 3 min, > 10 min |",
        "|---|---|---|---|---|---|---|---|---|---|",
    )
    limits = _limits()
    for port, scores in first.items():
        for name, figures in scores["per_class"].items():
            yield _stream_row(f"{port[:3]} {name}", figures, limits)


def _mean_row(name: str, scores: Sequence[Figures]) -> str:
    def mean(key: str) -> float:
        known = [s["overall"][key] for s in scores if s["overall"].get(key) is not None]
        return statistics.fmean(known)

    cells = [
        f"{mean('mae_s'):.0f}",
        f"{mean('mae_over10min_s'):.0f}",
        _share(mean("within_3min")),
        _share(mean(HITS)),
        _share(mean("coverage90")),
        f"{mean('mean_width_s'):.0f}",
        f"{mean('lag_mean_min'):.1f}",
        _trusted(scores),
        _share(mean("within_3min_or_10pct_over10min")),
        f"{mean('class_mean_mae_s'):.0f} / {_share(mean('class_mean_within_3min'))}",
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def _trusted(scores: Sequence[Figures]) -> str:
    """Minutes over 10 min of FAST and NEXUS, pooled."""
    streams = [s["per_class"][name] for s in scores for name in TRUSTED if name in s["per_class"]]
    known = [s for s in streams if s.get("n_over10min") and s.get("mae_over10min_s") is not None]
    minutes = sum(s["n_over10min"] for s in known)
    hits = sum(s["n_over10min"] * s[HITS] for s in known) / minutes
    return f"{_share(hits)} / {sum(s['n_over10min'] * s['mae_over10min_s'] for s in known) / minutes:.0f}"


def _stream_row(name: str, figures: Figures, limits: dict[str, tuple[str, str]]) -> str:
    cells = [
        _whole(figures.get("mae_s")),
        _whole(figures.get("bias_s")),
        _whole(figures.get("mae_over10min_s")),
        _share(figures.get("within_3min")),
        _share(figures.get(HITS)),
        str(figures.get("n_over10min", 0)),
        _share(figures.get("coverage90")),
        _whole(figures.get("mean_width_s")),
        ", ".join(limits.get(name, ("-", "-"))),
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def _limits() -> dict[str, tuple[str, str]]:
    """`within 3 min, > 10 min` of the fusion and of oracle now, by port and class, out of LIMITS.md."""
    found = {}
    for line in (PORTS / "LIMITS.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("p0"):
            found[cells[0]] = (cells[1].split(" / ")[3], cells[2].split(" / ")[3])
    return found


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}".lstrip("0")


def _whole(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


if __name__ == "__main__":
    sys.exit(main())
