"""Counts and queues on recordings against known truth -> docs/accuracy/counts.md. Real and rendered apart.

scripts/evaluate counts              real clips and every rendered condition (some 45 minutes on two cores)
scripts/evaluate counts --quick      a minute of day, night and rain, real clips at 5 per second; no page
scripts/evaluate counts --seeds 3    three recordings of each kind
scripts/evaluate counts --within 60  begin nothing new after 60 minutes; the page names what is missing
scripts/evaluate counts --renders /data/films   keep and look for the films there, not under work/renders

Films are rendered once and kept until something in simulator/ changes, so a run that was cut short goes on
where it was, and a second one takes a third of the time. Real clips come first, then what has goals.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.counts.judge import FRAME_TOL, LATE_S, RENDERED_TOL_S
from scripts.counts.measuring import count_clip, judge_clip, measure
from scripts.counts.nearby import Nearby, nearby
from scripts.counts.page import (
    ClipLine,
    ClipQueue,
    Group,
    clip_goals,
    clip_queue_table,
    clip_table,
    goals,
    grouped,
    nearby_queue_table,
    nearby_table,
    node_table,
    rate,
    rendered_table,
)
from scripts.counts.plots import draw
from scripts.counts.recordings import CACHE, SHARED, Clip, clips, matrix, quick
from scripts.output import output

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "accuracy"
PAGE = DOCS / "counts.md"
REFERENCE = SHARED / "models" / "yolox_nano.onnx"


def main() -> int:
    """Count, print, write the page."""
    chosen = _options()
    console = Console(stderr=True)
    models = chosen.model or ["vehicles"]
    wanted = quick() if chosen.quick else matrix(chosen.seconds, chosen.seeds)
    looks = list(_looks(chosen.quick, models, console))
    with ProcessPoolExecutor(chosen.jobs, multiprocessing.get_context("spawn")) as pool:
        clip_jobs = {pool.submit(count_clip, *look): look for look in looks}
        ways = {pool.submit(nearby, *one): one for one in _nearby(chosen.quick, models)}
        jobs = {pool.submit(measure, one, models, chosen.renders): one for one in wanted}
        names = {
            job: f"{look[0].name}, {Path(look[1]).stem}, {rate(look[2])}" for job, look in clip_jobs.items()
        }
        names |= {job: f"{one[0].name}, {Path(one[1]).stem}, in many ways" for job, one in ways.items()}
        names |= {job: one.name for job, one in jobs.items()}
        results, documents, varied = [], {}, []
        for job in _finished(names, 60 * chosen.within, console):
            if job in clip_jobs:
                documents[looks.index(clip_jobs[job])] = job.result()
            elif job in ways:
                varied.append(job.result())
            else:
                results += job.result()
    lines, queues = _real([(looks[row], documents[row]) for row in sorted(documents)])
    varied.sort(key=lambda one: (one.model, one.clip), reverse=True)
    results.sort(key=lambda one: wanted.index(one.recording))
    groups = grouped(results)
    missing = sorted({one.group for one in wanted} - {group.name for group in groups})
    text = "\n".join(_page(lines, queues, varied, groups, missing, chosen.seconds))
    print(text)
    if chosen.json is not None:
        chosen.json.write_text(
            json.dumps(_document(lines, queues, varied, groups), indent=1) + "\n", encoding="utf-8"
        )
    if not chosen.quick:
        draw([group for group in groups if group.model == groups[0].model and not group.as_node], DOCS)
        PAGE.write_text(text, encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        prog="scripts/evaluate counts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--quick", action="store_true", help="under two minutes; the page stays as it is")
    options.add_argument("--model", action="append", help="pack or ONNX file; may be given again")
    options.add_argument(
        "--seconds", type=int, default=120, help="length of a rendered recording (default 120)"
    )
    options.add_argument("--seeds", type=int, default=1, help="recordings of each kind (default 1)")
    options.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: all cores)"
    )
    options.add_argument(
        "--within", type=float, default=50.0, help="minutes after which nothing new is begun (default 50)"
    )
    options.add_argument(
        "--renders", type=Path, default=CACHE, help="folder of rendered films (default work/renders)"
    )
    options.add_argument("--json", type=output, help="also write every figure there")
    chosen = options.parse_args()
    if chosen.seconds < 60 or chosen.seeds < 1 or chosen.jobs < 1:
        options.error("--seconds takes 60 or more, --seeds and --jobs 1 or more")
    return chosen


def _finished(names: dict[Future[Any], str], within_s: float, console: Console) -> Iterator[Future[Any]]:
    """Jobs as they end, told with the time that is left; what has not begun within the time is left out."""
    begun = time.monotonic()  # noqa: TID251
    done, left_out = 0, False
    for job in as_completed(names):
        passed_s = time.monotonic() - begun  # noqa: TID251
        if passed_s > within_s and not left_out:
            left_out = True
            cut = sum(other.cancel() for other in names)
            console.print(
                f"after {passed_s / 60:.0f} min nothing new is begun: {cut} left out", highlight=False
            )
        if job.cancelled():
            continue
        done += 1
        left_s = min(passed_s / done * (len(names) - done), max(0.0, within_s - passed_s))
        console.print(
            f"{done} of {len(names)}: {names[job]}; {passed_s / 60:.1f} min, some {left_s / 60:.0f} left",
            highlight=False,
        )
        yield job


def _looks(
    quick_run: bool, models: Sequence[str], console: Console
) -> Iterator[tuple[Clip, str, float | None]]:
    """Real clips, by each model and the reference, on every picture and on fewer."""
    names = [*models, *([str(REFERENCE)] if REFERENCE.exists() and not quick_run else [])]
    found = list(clips())
    if not found:
        console.print("real clips: not beside this repository (../shared), left out", highlight=False)
    for clip in found:
        for model in names:
            for per_s in (5.0,) if quick_run else (None, 10.0, 5.0):
                yield clip, model, per_s


def _real(
    counted: Sequence[tuple[tuple[Clip, str, float | None], dict[str, Any]]],
) -> tuple[list[ClipLine], list[ClipQueue]]:
    """Real clips against their truth."""
    lines: list[ClipLine] = []
    queues: list[ClipQueue] = []
    for (clip, model, per_s), document in counted:
        _judge_clip(clip, Path(model).stem, per_s, document, lines, queues)
    return lines, queues


def _nearby(quick_run: bool, models: Sequence[str]) -> Iterator[tuple[Clip, str]]:
    """Real clips with a queue, by each model, to be measured in many ways."""
    for clip in () if quick_run else clips():
        for model in models if clip.zones else ():
            yield clip, model


def _judge_clip(
    clip: Clip,
    name: str,
    per_s: float | None,
    document: dict[str, Any],
    lines: list[ClipLine],
    queues: list[ClipQueue],
) -> None:
    crossings, samples = judge_clip(clip, document)
    for line, found in crossings.items():
        tolerance = clip.truth["count_tolerance"][line]
        counted = [document["totals"][lane]["arrivals"] for lane in clip.lines[line]]
        total = None if None in counted else sum(counted)
        lines.append(ClipLine(clip.name, line, name, per_s, tolerance, found, total))
    queues += [ClipQueue(clip.name, zone, name, per_s, right) for zone, right in samples.items()]


INTRO = """# Accuracy of counts and queues

Written by `scripts/evaluate counts`. The same settings for all recordings beyond their lines and areas.
What the conditions look like, and what fails where and why: [conditions.md](conditions.md).

## Real clips, truth made by hand

A count is right if it lies within max({frames}, the truth's own tolerance) frames of a true crossing.
intel-car looks straight down: all four (two each way) are right, or that they cannot be seen; never some.
"""
NEARBY = """
## The same clips, looked at a little otherwise

The rows above are one draw each. Here boxes were found once in every picture, and measured in each way that
differs by next to nothing: every choice of pictures at 5 and 10 a second and all of them, scores as they are,
.03 lower and .03 higher (other weights), and, scores as they are, levels of the pixels off by one at random
(processors of another kind round colours and scaling otherwise). What holds in all ways is measured; what
does not hangs on a vehicle that is half hidden when it crosses, and was luck where the rows above have it.
"""
RENDERED = """
## Rendered, known truth

Rendered pictures flatter a detector that was trained on rendered pictures; these figures compare
conditions and show where measuring fails, they do not foretell a real port. 5 pictures a second (`day`:
every one of 10), {seconds} s a recording (trucks 210 s), tail camera 15 m up and facing away unless the
name says more. A crossing counts within {tolerance} s. `hidden`: vehicles in a lane's area, on average, of
which less than a quarter can be seen; counting them or not are both right. Queues here stop and go, so who
is wrong for a second about the last vehicle is wrong by the whole queue: `but for delay` compares the
metres with the nearest of what was so within the {late:g} s before. `metres told`: a camera over the
canopy, which sees the road from 40 m on, does not know a queue that ends before, and says so; so does one
whose far end is in fog; and where the end hangs on a vehicle that has been hidden for a second none is
told. `at_least` is judged where the truth is clear: the queue reaches beyond the view or its end is hidden
by standing vehicles, or neither. `detector finds`: of the vehicles that can be seen in sample pictures.
"""

AS_NODE = """
## The same, as a node looks

Above every picture is looked at. A node takes 5 a second, and looks at those in which something moved since
its last look (`count --gate`; docs/decisions/0014); `pictures held`: the others.
"""


def _page(
    lines: Sequence[ClipLine],
    queues: Sequence[ClipQueue],
    varied: Sequence[Nearby],
    groups: Sequence[Group],
    missing: Sequence[str],
    seconds: int,
) -> Iterator[str]:
    yield INTRO.format(frames=FRAME_TOL)
    yield from clip_table(lines)
    yield "\nQueue samples: right if vehicles and standing vehicles lie within the truth's tolerances.\n"
    yield from clip_queue_table(queues)
    if varied:
        yield NEARBY
        yield from nearby_table(varied)
        yield ""
        yield from nearby_queue_table(varied)
    yield RENDERED.format(seconds=seconds, tolerance=RENDERED_TOL_S, late=LATE_S)
    looked, as_node = ([group for group in groups if group.as_node is held] for held in (False, True))
    yield from rendered_table(looked)
    if missing:
        yield f"\nNot measured in this run: {', '.join(missing)}."
    yield "\n![crossings and detector](counts-crossings.png)\n\n![queues](counts-queues.png)\n"
    yield AS_NODE
    yield from node_table(as_node)
    yield "\n## Goals\n"
    yield from clip_goals(lines, queues)
    yield from goals(looked)
    yield from goals(as_node, ", as a node looks")
    yield ""


def _document(
    lines: Sequence[ClipLine],
    queues: Sequence[ClipQueue],
    varied: Sequence[Nearby],
    groups: Sequence[Group],
) -> dict[str, object]:
    """Every figure of the page, for scripts."""
    rendered = [
        {
            "recording": group.name,
            "model": group.model,
            "as_node": group.as_node,
            "held": group.held,
            "crossings": asdict(group.crossings),
            "in_view_mae": group.queue.in_view.mean,
            "stopped_mae": group.queue.stopped.mean,
            "metres_mae": group.queue.metres.mean,
            "metres_mae_but_for_delay": group.queue.late.mean,
            "metres_beyond_mean": group.queue.beyond.mean,
            "metres_not_told": group.queue.untold,
            "at_least": {
                "right": group.queue.right,
                "missed": group.queue.missed,
                "wrong": group.queue.wrong,
            },
            "detector": {"visible": group.visible, "found": group.found, "false": group.false},
        }
        for group in groups
    ]
    return {
        "clips": [asdict(one) for one in lines],
        "clip_queues": [asdict(one) for one in queues],
        "clips_in_many_ways": [asdict(one) for one in varied],
        "rendered": rendered,
    }


if __name__ == "__main__":
    sys.exit(main())
