"""Probe runs: vehicles of our own that were timed, from a CSV file.

Columns, others are left alone: `port`, `direction`, `stream` (as commercial/fast); `joined_at`, when the
vehicle joined the end of the queue, and `reached_at`, when it came to stand at the booth, written as
2026-11-25T14:03:20-05:00 or with Z.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dashboard.accuracy.pair import Pair
from dashboard.config import CentralConfig
from dashboard.faults import reason
from dashboard.history import StreamMinute

COLUMNS = ("port", "direction", "stream", "joined_at", "reached_at")
LONGEST_S = 12 * 3600.0
MINUTE_S, LATE_S = 60.0, 180.0
Minutes = Callable[[str, str, str, float, float], list[StreamMinute]]
"""(port, direction, stream, from_s, to_s) -> what readers were told."""


class RunsError(Exception):
    """A file of runs cannot be used: file, line and fix."""


def read_runs(path: Path, config: CentralConfig, now_s: float) -> list[Pair]:
    """All runs of the file, none if one of them is wrong; `now_s`: UTC seconds. Raises: RunsError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RunsError(f"{path}: cannot be read ({reason(error)}); give a CSV file in UTF-8") from None
    reader = csv.DictReader(text.splitlines())
    known = {(p.id, d.id, s.id) for p in config.ports for d in p.directions for s in d.streams}
    try:
        lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if lacking:
            raise RunsError(f"{path}:1: lacks the column {lacking[0]}; it needs {', '.join(COLUMNS)}")
        return [_run(row, known, f"{path}:{reader.line_num}", now_s) for row in reader]
    except csv.Error as error:
        raise RunsError(f"{path}:{reader.line_num + 1}: {error}; mend the line") from None


def with_figures(runs: list[Pair], minutes: Minutes) -> Iterator[Pair]:
    """Each run with what readers were told when it joined, if anything was."""
    for run in runs:
        rows = minutes(run.port, run.direction, run.stream, run.joined_s - LATE_S - MINUTE_S, run.joined_s)
        told = [row for row in rows if row.start_s + MINUTE_S <= run.joined_s and row.wait_s is not None]
        yield (
            replace(run, told_s=told[-1].wait_s, low_s=told[-1].low_s, high_s=told[-1].high_s)
            if told
            else run
        )


def _run(row: dict[str, str], known: set[tuple[str, str, str]], where: str, now_s: float) -> Pair:
    if any(row[name] is None for name in COLUMNS):
        raise RunsError(f"{where}: is cut short; it needs {', '.join(COLUMNS)}")
    key = (row["port"].strip(), row["direction"].strip(), row["stream"].strip())
    if key not in known:
        raise RunsError(f"{where}: port.yaml has no stream {' '.join(key)}; mend the line or port.yaml")
    joined_s, reached_s = (_instant(row[name], f"{where}: {name}") for name in ("joined_at", "reached_at"))
    if not 0 <= reached_s - joined_s <= LONGEST_S:
        raise RunsError(f"{where}: reached_at is before joined_at or more than 12 h after it; mend the line")
    if reached_s > now_s:
        raise RunsError(f"{where}: reached_at is still to come; mend its date, its hour or its zone")
    return Pair(*key, "probe", joined_s, 0, reached_s - joined_s, None, None, None)


def _instant(text: str, where: str) -> float:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise RunsError(f"{where}: {text!r} is no time; write it as 2026-11-25T14:03:20Z") from None
    if found.tzinfo is None:
        raise RunsError(f"{where}: {text!r} has no zone; add Z or an offset as -05:00")
    return found.timestamp()
