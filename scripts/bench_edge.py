"""The node's pipeline beside bare onnxruntime, Ultralytics ObjectCounter and supervision: same net and clip.

Every side runs in a process of its own, in turn (A B C A B C ...). CPU is user and system time a picture of
the clip, after the first result. A ratio is the median over the rounds of the ratio within one round, so that
what else the machine does weighs on both its sides; other figures are medians of the rounds. Walls are not
compared. On a quiet machine three rounds take about ten minutes.
"""

from __future__ import annotations

import argparse
import compileall
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from scripts.output import output
from scripts.rivals.clips import SHARED
from scripts.rivals.goals import BARE, GOALS, Goal, Side, Told, goals_of
from scripts.rivals.job import Job
from scripts.rivals.page import write
from scripts.rivals.sides import Sides

ROOT = Path(__file__).parents[1]
ORACLES = ROOT / ".venv-oracles" / "bin" / "python"
NO_ORACLES = "SKIPPED: ultralytics and supervision are not installed; run scripts/setup --oracles"
LONGEST_S = 300
"""No run takes so long, even on a slow box."""

Found = Mapping[Side, Told | str]
"""What each side told in one round, or why it did not."""


def run_side(module: str, job: Job) -> Told | str:
    """What one run told, or why there is none."""
    rival = module in ("counter", "supervised")
    if rival and not ORACLES.is_file():
        return NO_ORACLES
    command = [str(ORACLES) if rival else sys.executable, "-m", f"scripts.rivals.{module}", job.text()]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired:
        return f"FAILED: {module} was not done within {LONGEST_S} s"
    if done.returncode:
        return f"FAILED: {(done.stderr.strip().splitlines() or ['no word'])[-1]}"
    told: Told = json.loads(done.stdout.strip().splitlines()[-1])
    if not told["frames"]:
        return f"FAILED: {module} measured no picture"
    if "cpu_s" in told:
        told["ms"] = 1000 * told["cpu_s"] / told["frames"] / job.cameras
    return told


def compile_ours() -> None:
    """As pip compiles what it installs, the rivals with the rest: no side compiles while it starts, be the
    environment told to write no bytecode.
    """
    for folder in ("edge", "scripts"):
        compileall.compile_dir(ROOT / folder, quiet=1)


def measure(sides: Sides, rounds: int, minutes: float) -> list[Found]:
    """All sides in turn, `rounds` times; no round is begun that would end after `minutes`."""
    begun, done, longest_s = time.perf_counter(), [], 0.0
    with Console(stderr=True).status("") as status:
        while len(done) < rounds and time.perf_counter() - begun + longest_s <= 60 * minutes:
            started, found = time.perf_counter(), {}
            for place, (name, (module, job)) in enumerate(sides.jobs.items(), 1):
                left = f"{time.perf_counter() - begun:.0f} s of at most {60 * minutes:.0f}"
                at = f"round {len(done) + 1} of {rounds}, {place} of {len(sides.jobs)}, {left}"
                status.update(f"{at}: {', '.join(name)}")
                found[name] = run_side(module, job)
            done.append(found)
            longest_s = max(longest_s, time.perf_counter() - started)
    return done


def typical(rounds: Sequence[Found]) -> dict[Side, Told | str]:
    """The median of each figure over the rounds."""
    return {name: _typical([found[name] for found in rounds]) for name in rounds[0]}


def _typical(runs: Sequence[Told | str]) -> Told | str:
    good = [run for run in runs if not isinstance(run, str)]
    if not good:
        return runs[0]
    figures = {
        key: median(run[key] for run in good) if isinstance(value, float) else value
        for key, value in good[-1].items()
    }
    return figures | {"all_ms": [round(run["ms"], 2) for run in good if "ms" in run]}


def judge(rounds: Sequence[Found], fps: Mapping[str, float], goals: Sequence[Goal] = GOALS) -> list[Told]:
    """The goals with what was measured, least and largest of the rounds; None where a side is missing."""
    rows = []
    for goal in goals:
        values = [value for found in rounds if (value := goal.value(found, fps)) is not None]
        value = median(values) if values else None
        spread = [min(values), max(values)] if values else None
        row = {"what": goal.what, "value": value, "spread": spread}
        rows.append(row | {"goal": goal.text, "reached": goal.reached(value)})
    return rows


def show(head: Told, found: Found, rows: Sequence[Told]) -> None:
    """The tables."""
    console = Console(width=125)
    bare = found[BARE]
    floor = None if isinstance(bare, str) else bare["ms"]
    table = Table(
        title=f"{head['net']} {head['square']} and {head['wide']}; {head['clip']}, {head['stop_and_go']}"
    )
    for name in (
        "part",
        "side",
        "CPU s / 1,000 pictures",
        "x bare",
        "start, CPU s",
        "peak RSS, MB",
        "counted",
    ):
        table.add_column(name, justify="left" if name in ("part", "side") else "right")
    for (part, side), told in found.items():
        if isinstance(told, str):
            table.add_row(part, side, told.split(":")[0], "", "", "", "")
            continue
        table.add_row(
            part,
            side,
            f"{told['ms']:.2f}" if "ms" in told else "",
            f"{told['ms'] / floor:.2f}" if floor and "ms" in told else "",
            f"{told['start_cpu_s']:.2f}" if "start_cpu_s" in told else "",
            f"{told['rss_mb']:.0f}",
            "" if told["counted"] is None else str(told["counted"]),
        )
    console.print(table)
    for text in sorted({told for told in found.values() if isinstance(told, str)}):
        console.print(text)
    ends = Table(title="Ratios and goals")
    for name in ("what", "measured", "rounds", "goal", ""):
        ends.add_column(name, justify="left" if name == "what" else "right")
    words = {True: "reached", False: "MISSED", None: ""}
    for row in rows:
        value = "not measured" if row["value"] is None else f"{row['value']:.2f}"
        spread = "" if row["spread"] is None else "{:.2f} to {:.2f}".format(*row["spread"])
        ends.add_row(row["what"], value, spread, row["goal"], words[row["reached"]])
    console.print(ends)


def main() -> int:
    """Exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench edge", description=__doc__)
    nano = SHARED / "models" / "yolox_nano.onnx"
    default = str(nano) if nano.is_file() else "vehicles"
    parser.add_argument("--net", default=default, help=f"a pack or an ONNX file ({default})")
    parser.add_argument("--frames", type=int, default=240, help="pictures of the clip for each run (240)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side, taken in turn (3)")
    parser.add_argument("--minutes", type=float, default=14.0, help="begin no round that ends later (14)")
    parser.add_argument("--quick", action="store_true", help="one round of 72 pictures: an idea, no figure")
    parser.add_argument("--json", type=output, metavar="FILE", help="write the figures there too")
    parser.add_argument(
        "--write", action="store_true", help="put them into docs/performance.md, in place of the last ones"
    )
    options = parser.parse_args()
    frames, rounds = (72, 1) if options.quick else (options.frames, options.rounds)
    compile_ours()
    with tempfile.TemporaryDirectory() as folder:
        sides = Sides(options.net, frames, Path(folder))
        done = measure(sides, rounds, options.minutes)
    rows, found = judge(done, sides.fps, goals_of(sides.head["net"])), typical(done)
    head = sides.head | {"rounds": len(done)}
    show(head, found, rows)
    if options.json:
        told = [{"part": part, "side": side, "told": told} for (part, side), told in found.items()]
        options.json.write_text(json.dumps({"head": head, "sides": told, "goals": rows}, indent=1) + "\n")
    if options.write:
        write(head, found, rows)
    return 1 if any(row["reached"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
