"""The node's pipeline beside bare onnxruntime, Ultralytics ObjectCounter and supervision: same net and clip.

Every side runs in a process of its own, in turn (A B C A B C ...); a figure is the least of its rounds. CPU
is user and system time a picture of the clip, after the first result. Walls are not compared.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from edge.detection.detector import Detector
from edge.detection.packs import Pack, find_model
from scripts.rivals.adapter import adapt
from scripts.rivals.clips import SHARED, clips
from scripts.rivals.goals import BARE, EVERY, GOALS, LANE, STILL, Side, Told
from scripts.rivals.job import Job

ROOT = Path(__file__).parents[1]
ORACLES = ROOT / ".venv-oracles" / "bin" / "python"
NO_ORACLES = "SKIPPED: ultralytics and supervision are not installed; run scripts/setup --oracles"
LANE_S, STOPPING_S = 1 / 5, 1 / 6
COCO = {2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}


class Sides:
    """What is run: the module of each side and its job."""

    def __init__(self, net: str, frames: int, folder: Path) -> None:
        road, stopping = clips()
        found = find_model(net)
        path = found.model if isinstance(found, Pack) else found
        layout = Detector.load(net).layout
        height, width = layout.input.height, layout.input.width
        names = {row: COCO.get(row, f"class {row}") for row in range(80)}
        if layout.name == "lanewatch":
            names = dict(zip(layout.rows, layout.classes, strict=True))
        adapted = folder / "adapted.onnx"
        adapt(path, layout.name, height, width, names, adapted)
        every = Job(str(path), str(road.film), str(road.config), frames, height, width, road.line)
        lane = replace(every, every_s=LANE_S, frames=2 * frames)
        still = replace(
            every, clip=str(stopping.film), config=str(stopping.config), line=stopping.line,
            every_s=STOPPING_S, frames=round(20 * stopping.fps),
        )  # fmt: skip
        self.head = {"net": net, "size": f"{width}x{height}", "clip": road.name, "stop_and_go": stopping.name}
        self.fps = {EVERY: road.fps, LANE: road.fps, STILL: stopping.fps}
        theirs = {"net": str(adapted)}
        self.jobs: dict[Side, tuple[str, Job]] = {
            (EVERY, "bare onnxruntime"): ("bare", every),
            (EVERY, "lanewatch, decoded before"): ("ours", replace(every, decode=False)),
            (EVERY, "lanewatch"): ("ours", every),
            (EVERY, "supervision, one thread"): ("supervised", replace(every, **theirs)),
            (EVERY, "supervision"): ("supervised", replace(every, tuned=False, **theirs)),
            (EVERY, "ObjectCounter, one thread"): ("counter", replace(every, **theirs)),
            (EVERY, "ObjectCounter"): ("counter", replace(every, tuned=False, **theirs)),
            (LANE, "lanewatch"): ("ours", lane),
            (LANE, "lanewatch, four cameras"): ("ours", replace(lane, cameras=4)),
            (LANE, "supervision, one thread"): ("supervised", replace(lane, **theirs)),
            (LANE, "ObjectCounter, one thread"): ("counter", replace(lane, **theirs)),
            (STILL, "lanewatch, gate"): ("ours", replace(still, gated=True)),
            (STILL, "lanewatch, no gate"): ("ours", still),
            (STILL, "supervision, one thread"): ("supervised", replace(still, **theirs)),
            (STILL, "ObjectCounter, one thread"): ("counter", replace(still, **theirs)),
            (STILL, "ObjectCounter, every picture"): (
                "counter", replace(still, every_s=0.0, tuned=False, **theirs)
            ),
        }  # fmt: skip


def run_side(module: str, job: Job) -> Told | str:
    """What one run told, or why there is none."""
    rival = module in ("counter", "supervised")
    if rival and not ORACLES.is_file():
        return NO_ORACLES
    command = [str(ORACLES) if rival else sys.executable, "-m", f"scripts.rivals.{module}", job.text()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"FAILED: {(done.stderr.strip().splitlines() or ['no word'])[-1]}"
    told: Told = json.loads(done.stdout.strip().splitlines()[-1])
    told["ms"] = 1000 * told["cpu_s"] / told["frames"] / job.cameras
    return told


def best_of(runs: list[Told | str]) -> Told | str:
    """The least of each figure."""
    good = [run for run in runs if not isinstance(run, str)]
    if not good:
        return next(run for run in runs if isinstance(run, str))
    return {
        key: min(run[key] for run in good) if isinstance(value, float) else value
        for key, value in good[-1].items()
    } | {"all_ms": [round(run["ms"], 2) for run in good]}


def measure(sides: Sides, rounds: int) -> dict[Side, Told | str]:
    """All sides in turn, `rounds` times."""
    runs: dict[Side, list[Told | str]] = {name: [] for name in sides.jobs}
    with Console(stderr=True).status("") as status:
        for place in range(rounds):
            for name, (module, job) in sides.jobs.items():
                status.update(f"round {place + 1} of {rounds}: {', '.join(name)}")
                runs[name].append(run_side(module, job))
    return {name: best_of(found) for name, found in runs.items()}


def judge(found: Mapping[Side, Told | str], fps: Mapping[str, float]) -> list[Told]:
    """The goals with what was measured; None where a side is missing."""
    values = [(goal, goal.value(found, fps)) for goal in GOALS]
    return [
        {"what": goal.what, "value": value, "goal": goal.text, "reached": goal.reached(value)}
        for goal, value in values
    ]


def show(head: Told, found: dict[Side, Told | str], rows: list[Told]) -> None:
    """The tables."""
    console = Console(width=118)
    bare = found[BARE]
    floor = None if isinstance(bare, str) else bare["ms"]
    table = Table(title=f"{head['net']} {head['size']}; {head['clip']}, {head['stop_and_go']}")
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
        of_bare = "" if floor is None else f"{told['ms'] / floor:.2f}"
        counted = "" if told["counted"] is None else str(told["counted"])
        figures = (
            f"{told['ms']:.2f}",
            of_bare,
            f"{told['start_cpu_s']:.2f}",
            f"{told['rss_mb']:.0f}",
            counted,
        )
        table.add_row(part, side, *figures)
    console.print(table)
    for text in sorted({told for told in found.values() if isinstance(told, str)}):
        console.print(text)
    ends = Table(title="Ratios and goals")
    for name in ("what", "measured", "goal", ""):
        ends.add_column(name, justify="left" if name == "what" else "right")
    words = {True: "reached", False: "MISSED", None: ""}
    for row in rows:
        value = "not measured" if row["value"] is None else f"{row['value']:.2f}"
        ends.add_row(row["what"], value, row["goal"], words[row["reached"]])
    console.print(ends)


def main() -> int:
    """Exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench edge", description=__doc__)
    nano = SHARED / "models" / "yolox_nano.onnx"
    default = str(nano) if nano.is_file() else "vehicles"
    parser.add_argument("--net", default=default, help=f"a pack or an ONNX file ({default})")
    parser.add_argument("--frames", type=int, default=240, help="pictures of the clip for each run (240)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side, taken in turn (3)")
    parser.add_argument("--quick", action="store_true", help="one round of 72 pictures: an idea, no figure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    frames, rounds = (72, 1) if options.quick else (options.frames, options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        sides = Sides(options.net, frames, Path(folder))
        found = measure(sides, rounds)
    rows = judge(found, sides.fps)
    show(sides.head, found, rows)
    if options.json:
        sides_told = [{"part": part, "side": side, "told": told} for (part, side), told in found.items()]
        document = {
            "head": sides.head,
            "rounds": rounds,
            "frames": frames,
            "sides": sides_told,
            "goals": rows,
        }
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 1 if any(row["reached"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
