"""`lanewatch-port estimate`: the wait engine on a recorded port, a row for each minute and class."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from dashboard.minutes import LaneMinute
from dashboard.recorded.recorded import Feed, Recording, RecordingError, load_recording, slices
from dashboard.waits.engine import WaitEngine
from dashboard.waits.state import Wait

STEP_S = 60
HEADER = ("at_s", "lane_class", "wait_s", "low_s", "high_s")
BAD_INPUT = 2


def estimate_command(folder: Path, out: Path, feed: str, matches: bool) -> int:
    """Write `out` from the recorded port in `folder`; returns the exit code, 2 for bad input."""
    try:
        recording = load_recording(folder)
        coming = slices(recording, _feed(feed), matches)
        rows = list(_progress(estimates(recording, coming), recording))
    except RecordingError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    try:
        with out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(rows)
    except OSError as error:
        print(
            f"{out}: cannot be written ({error.strerror}); give a file in a folder that exists",
            file=sys.stderr,
        )
        return BAD_INPUT
    return 0


def estimates(recording: Recording, coming: Iterator[list[LaneMinute]]) -> Iterator[tuple[str, ...]]:
    """Rows of est.csv from the slices `coming`; a row at t knows only slices that end at or before t."""
    engine = WaitEngine(recording.site)
    following = next(coming, None)
    for at_s in range(0, round(recording.hours * 3600), STEP_S):
        while following is not None and _end_s(following) <= at_s:
            engine.step(following)
            following = next(coming, None)
        for name, wait in zip(recording.classes, engine.estimates(float(at_s)), strict=False):
            yield (str(at_s), name, *_written(wait))


def _end_s(rows: Sequence[LaneMinute]) -> float:
    """When a slice ends, by its first row that says so."""
    return min((row.end_s for row in rows if math.isfinite(row.end_s)), default=-math.inf)


def _feed(name: str) -> Feed:
    if name == "noisy":
        return "noisy"
    if name == "minute":
        return "minute"
    raise RecordingError(f"--feed {name}: is not known; use noisy or minute")


def _written(wait: Wait | None) -> tuple[str, str, str]:
    if wait is None:
        return "", "", ""
    return f"{wait.wait_s:.1f}", f"{wait.low_s:.1f}", f"{wait.high_s:.1f}"


def _progress(rows: Iterator[tuple[str, ...]], recording: Recording) -> Iterator[tuple[str, ...]]:
    """Pass rows on; an hour that is done is a line on stderr."""
    for row in rows:
        if int(row[0]) % 3600 == 0 and int(row[0]) and row[1] == recording.classes[0]:
            print(f"{recording.folder.name}: {int(row[0]) // 3600} of {recording.hours:g} h", file=sys.stderr)
        yield row
