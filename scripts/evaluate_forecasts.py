"""Forecasts of the recorded ports against their truth, beside persistence: docs/accuracy/forecasts.md."""

from __future__ import annotations

import argparse
import csv
import gzip
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.recorded.recorded import RecordingError, load_recording, slices
from dashboard.waits.engine import WaitEngine
from dashboard.waits.forecasts import AHEAD_S
from dashboard.waits.state import Forecast, Wait
from scripts.pages import write_part

ROOT = Path(__file__).resolve().parents[1]
PORTS = ROOT.parent / "shared" / "bench" / "port"
PAGE = ROOT / "docs" / "accuracy" / "forecasts.md"
MARK = "<!-- forecasts: what follows up to the next mark is written by scripts/evaluate forecasts -->"
END = "<!-- end of forecasts -->"
CLOSE_S = 180.0
cpu_s = time.process_time


@dataclass(frozen=True, slots=True)
class Pair:
    """What was told `after_s` ahead, the present wait carried on, and what came."""

    port: str
    name: str
    after_s: float
    told: Forecast
    carried: Wait
    true_s: float


def main() -> int:
    """Measure, print, write the page; 2 where the recorded ports are missing."""
    options = argparse.ArgumentParser(prog="scripts/evaluate forecasts", description=__doc__)
    options.add_argument("--ports", type=Path, default=PORTS, help="folder of recorded ports")
    options.add_argument("--quick", action="store_true", help="with matches only, page untouched")
    chosen = options.parse_args()
    folders = sorted(path.parent for path in chosen.ports.glob("*/site.json"))
    if not folders:
        print(f"{chosen.ports}: no recorded ports; nothing to measure", file=sys.stderr)
        return 2
    try:
        found = {
            matches: [*_all_pairs(folders, matches)]
            for matches in ((True,) if chosen.quick else (True, False))
        }
    except RecordingError as error:
        print(error, file=sys.stderr)
        return 2
    page = "\n".join(_page(found))
    print(page)
    if not chosen.quick and chosen.ports == PORTS:
        write_part(PAGE, MARK, END, page)
    return 0


def _all_pairs(folders: Sequence[Path], matches: bool) -> Iterator[Pair]:
    minutes, spent_s = 0, 0.0
    for folder in folders:
        print(f"{folder.name}, {'with' if matches else 'without'} matches", file=sys.stderr)
        began_s = cpu_s()
        told = [*_told(folder, matches)]
        spent_s, minutes = spent_s + cpu_s() - began_s, minutes + len(told)
        yield from _pairs(folder, told)
    print(f"CPU: {1000 * spent_s / max(1, minutes):.1f} ms a port-minute, reading included", file=sys.stderr)


Told = tuple[float, tuple[str, ...], tuple[Wait | None, ...], tuple[tuple[Forecast, ...], ...]]


def _told(folder: Path, matches: bool) -> Iterator[Told]:
    """At the end of each slice: time, classes, the waits, the forecasts."""
    recording = load_recording(folder)
    engine = WaitEngine(recording.site)
    for rows in slices(recording, "noisy", matches):
        engine.step(rows)
        at_s = max(row.end_s for row in rows)
        forecasts = tuple(state.forecast for state in engine.states(at_s))
        yield at_s, recording.classes, engine.estimates(at_s), forecasts


def _pairs(folder: Path, told: Sequence[Told]) -> Iterator[Pair]:
    truth = true_waits(folder)
    for at_s, names, waits, forecasts in told:
        for name, wait, points in zip(names, waits, forecasts, strict=True):
            for point in points:
                true_s = truth.get((name, round(point.at_s)))
                if wait is not None and true_s is not None:
                    yield Pair(folder.name[:3], name, point.at_s - at_s, point, wait, true_s)


def true_waits(folder: Path) -> dict[tuple[str, int], float]:
    """True wait (s) by class and second, out of expected.csv."""
    plain = folder / "expected.csv"
    if plain.is_file():
        text = plain.read_text(encoding="utf-8")
    else:
        text = gzip.decompress((folder / "expected.csv.gz").read_bytes()).decode("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        (row["lane_class"], round(float(row["at_s"]))): float(row["wait_s"]) for row in rows if row["wait_s"]
    }


def _page(found: dict[bool, list[Pair]]) -> Iterator[str]:
    yield "## Forecasts against persistence, mean of the recorded ports"
    yield ""
    yield (
        "| feed | min ahead | MAE s | persistence: MAE s | ratio | within 3 min | persistence: within 3 min "
        "| coverage of 90 % | width s | pairs |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for matches, pairs in found.items():
        for after_s in AHEAD_S:
            yield _mean_row("noisy" if matches else "noisy, no matches", after_s, pairs)
    yield ""
    yield "## MAE by port and stream (s), noisy feed with matches: forecast / persistence"
    yield ""
    yield "| port, class | " + " | ".join(f"{s / 60:.0f} min" for s in AHEAD_S) + " | coverage |"
    yield "|---" * (len(AHEAD_S) + 2) + "|"
    pairs = found[True]
    for port, name in sorted({(pair.port, pair.name) for pair in pairs}):
        own = [pair for pair in pairs if (pair.port, pair.name) == (port, name)]
        cells = [_versus([pair for pair in own if pair.after_s == after_s]) for after_s in AHEAD_S]
        yield f"| {port} {name} | " + " | ".join(cells) + f" | {_share(_coverage(own))} |"


def _mean_row(feed: str, after_s: float, pairs: Sequence[Pair]) -> str:
    ports: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.after_s == after_s:
            ports.setdefault(pair.port, []).append(pair)
    told = statistics.fmean(_mae(own) for own in ports.values())
    carried = statistics.fmean(_carried(own) for own in ports.values())
    near = statistics.fmean(_near([p.told.wait_s - p.true_s for p in own]) for own in ports.values())
    near_now = statistics.fmean(_near([p.carried.wait_s - p.true_s for p in own]) for own in ports.values())
    cover = statistics.fmean(_coverage(own) for own in ports.values())
    width = statistics.fmean(
        statistics.fmean(p.told.high_s - p.told.low_s for p in own) for own in ports.values()
    )
    count = sum(len(own) for own in ports.values())
    cells = [
        feed, f"{after_s / 60:.0f}", f"{told:.0f}", f"{carried:.0f}", f"{told / carried:.2f}", _share(near),
        _share(near_now), _share(cover), f"{width:.0f}", str(count),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _versus(pairs: Sequence[Pair]) -> str:
    return f"{_mae(pairs):.0f} / {_carried(pairs):.0f}" if pairs else "-"


def _mae(pairs: Sequence[Pair]) -> float:
    return statistics.fmean(abs(pair.told.wait_s - pair.true_s) for pair in pairs)


def _carried(pairs: Sequence[Pair]) -> float:
    return statistics.fmean(abs(pair.carried.wait_s - pair.true_s) for pair in pairs)


def _near(errors: Sequence[float]) -> float:
    return statistics.fmean(abs(error) <= CLOSE_S for error in errors)


def _coverage(pairs: Sequence[Pair]) -> float:
    return statistics.fmean(pair.told.low_s <= pair.true_s <= pair.told.high_s for pair in pairs)


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


if __name__ == "__main__":
    sys.exit(main())
