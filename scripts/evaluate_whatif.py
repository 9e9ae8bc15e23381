"""What-if answers against ports recorded with and without just that event: docs/accuracy/forecasts.md.

A pair is two folders of recorded ports, NAMEa without the event and NAMEb with it, else made alike: from the
generator beside the recorded ports, with the same seed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.recorded.recorded import STREAM_OF, Recording, RecordingError, load_recording, slices
from dashboard.waits.engine import WaitEngine
from dashboard.waits.outlook import Outlook
from dashboard.waits.staffing import Staffing
from dashboard.waits.whatif import what_if
from scripts.pages import write_part

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "accuracy" / "forecasts.md"
MARK = "<!-- whatif: what follows up to the next mark is written by scripts/evaluate whatif -->"
END = "<!-- end of whatif -->"
AFTER_S = (1800.0, 3600.0)
AROUND_S = 600.0
CLEAR_S = 120.0
"""A true effect smaller than this is luck of the services."""


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds by which the wait of a stream grew `after_s` after the event, as predicted and in truth."""

    pair: str
    event: str
    name: str
    after_s: float
    predicted_s: float
    true_s: float


def main() -> int:
    """Measure, print, write the page; 2 where there are no pairs."""
    options = argparse.ArgumentParser(prog="scripts/evaluate whatif", description=__doc__)
    options.add_argument("--pairs", type=Path, required=True, help="folder with NAMEa and NAMEb of each pair")
    options.add_argument("--quick", action="store_true", help="page untouched")
    chosen = options.parse_args()
    pairs = [
        (folder.parent, folder.parent.with_name(folder.parent.name[:-1] + "b"))
        for folder in sorted(chosen.pairs.glob("*a/site.json"))
    ]
    pairs = [pair for pair in pairs if (pair[1] / "site.json").is_file()]
    if not pairs:
        print(f"{chosen.pairs}: no pair of recorded ports NAMEa, NAMEb; nothing to measure", file=sys.stderr)
        return 2
    try:
        rows = [row for pair in pairs for row in _rows(*pair)]
    except RecordingError as error:
        print(error, file=sys.stderr)
        return 2
    page = "\n".join(_page(rows))
    print(page)
    if not chosen.quick:
        write_part(PAGE, MARK, END, page)
    return 0


def _rows(without: Path, with_it: Path) -> Iterator[Row]:
    print(without.name[:-1], file=sys.stderr)
    recording = load_recording(without)
    at_s, booth, event, value = _only_event(without, with_it)
    outlook = _outlook(recording, at_s)
    effects = what_if(outlook, _change(at_s, booth, event, value), after_s=AFTER_S)
    before, after = _waits(without), _waits(with_it)
    for name, stream in zip(recording.classes, (one.id for one in recording.site.streams), strict=True):
        for after_s, effect in zip(AFTER_S, (one for one in effects if one.stream == stream), strict=True):
            true_s = _around(after, name, at_s + after_s) - _around(before, name, at_s + after_s)
            told = f"{booth} {event} {value}".strip()
            yield Row(without.name[:-1], told, name, after_s, effect.change_s, true_s)


def _only_event(without: Path, with_it: Path) -> tuple[float, str, str, str]:
    events = [
        {tuple(row.values()) for row in _table(folder, "events.csv") if "outage" not in row["event"]}
        for folder in (without, with_it)
    ]
    more = sorted(events[1] - events[0])
    if len(more) != 1 or events[0] - events[1]:
        raise RecordingError(f"{with_it}: must have one event more than {without.name}, has {len(more)}")
    at_s, booth, event, value = more[0]
    return float(at_s), booth, event, value


def _change(at_s: float, booth: str, event: str, value: str) -> Staffing:
    serves = (STREAM_OF[value],) if event == "redesignate" else None
    return Staffing(booth, "closed" if event == "close" else "open", at_s, at_s + 4 * 3600.0, serves)


def _outlook(recording: Recording, at_s: float) -> Outlook:
    engine = WaitEngine(recording.site)
    for rows in slices(recording, "noisy", matches=True):
        if rows[0].end_s > at_s:
            break
        engine.step(rows)
    found = engine.outlook()
    if found is None:
        raise RecordingError(f"{recording.folder}: nothing is known at {at_s:.0f} s")
    return found


def _waits(folder: Path) -> dict[tuple[str, float], float]:
    rows = _table(folder, "expected.csv")
    return {(r["lane_class"], float(r["at_s"])): float(r["wait_mean_s"]) for r in rows if r["wait_mean_s"]}


def _around(waits: dict[tuple[str, float], float], name: str, at_s: float) -> float:
    near = [wait for (lane, time_s), wait in waits.items() if lane == name and abs(time_s - at_s) <= AROUND_S]
    return statistics.fmean(near) if near else 0.0


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    plain = folder / name
    data = plain.read_bytes() if plain.is_file() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    return list(csv.DictReader(data.decode("utf-8").splitlines()))


def _page(rows: Sequence[Row]) -> Iterator[str]:
    clear = [row for row in rows if abs(row.true_s) >= CLEAR_S]
    told = [row for row in clear if abs(row.predicted_s) >= 1.0]
    agree = sum(row.predicted_s * row.true_s > 0 for row in told)
    silent = statistics.fmean(abs(row.true_s) for row in rows)
    error = statistics.fmean(abs(row.predicted_s - row.true_s) for row in rows)
    yield "## What if: predicted against true effect"
    yield ""
    yield (
        f"{len({row.pair for row in rows})} pairs of ports of our own, each made with and without just one "
        "event; the true effect is the difference of the mean waits in the 20 min around. It holds the luck "
        "of all services, which are drawn anew once the two part: also a class whose booths the event does "
        f"not touch differs. Of {len(clear)} cases with a true effect of {CLEAR_S / 60:.0f} min or more an "
        f"effect was predicted in {len(told)}, with the right sign in {agree}. Mean error over all "
        f"{len(rows)}: {error / 60:.1f} min, against {silent / 60:.1f} min if no effect were predicted."
    )
    yield ""
    yield "| pair | event | class | after min | predicted min | true min |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        yield (
            f"| {row.pair} | {row.event} | {row.name} | {row.after_s / 60:.0f} | "
            f"{row.predicted_s / 60:+.1f} | {row.true_s / 60:+.1f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
