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
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.counts.measuring import count_clip, judge_clip, measure
from scripts.counts.nearby import nearby
from scripts.counts.page import figures, page
from scripts.counts.plots import draw
from scripts.counts.recordings import CACHE, SHARED, Clip, Rendered, clips, matrix, quick
from scripts.counts.results import ClipLine, ClipQueue, Measured, grouped
from scripts.counts.tables import rate
from scripts.output import output

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "accuracy"
PAGE = DOCS / "counts.md"
REFERENCE = SHARED / "models" / "yolox_nano.onnx"


def main() -> int:
    """Count, print, write the page."""
    chosen = _options()
    console = Console(stderr=True)
    wanted = quick() if chosen.quick else matrix(chosen.seconds, chosen.seeds)
    found = _measured(chosen, wanted, console)
    missing = sorted({one.group for one in wanted} - {group.name for group in found.groups})
    text = "\n".join(page(found, missing, chosen.seconds))
    print(text)
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(figures(found), indent=1) + "\n", encoding="utf-8")
    if not chosen.quick:
        first = {group.model for group in found.groups[:1]}  # none, if no recording was in time
        draw([group for group in found.groups if group.model in first and not group.as_node], DOCS)
        PAGE.write_text(text, encoding="utf-8")
    return 0


def _measured(chosen: argparse.Namespace, wanted: Sequence[Rendered], console: Console) -> Measured:
    """Real clips and the rendered recordings that are `wanted`, on all processes."""
    models = chosen.model or ["vehicles"]
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
    return Measured(lines, queues, varied, grouped(results))


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


if __name__ == "__main__":
    sys.exit(main())
