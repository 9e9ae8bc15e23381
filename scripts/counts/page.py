"""docs/accuracy/counts.md out of results: real clips first, rendered ones apart from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from scripts.counts.goals import clip_goals, goals
from scripts.counts.judge import FRAME_TOL, LATE_S, RENDERED_TOL_S
from scripts.counts.results import Measured
from scripts.counts.tables import (
    clip_queue_table,
    clip_table,
    nearby_queue_table,
    nearby_table,
    node_table,
    rendered_table,
)

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


def page(found: Measured, missing: Sequence[str], seconds: int) -> Iterator[str]:
    """Its found.lines. `missing`: groups that were left out; `seconds`: length of a rendered recording."""
    yield INTRO.format(frames=FRAME_TOL)
    yield from clip_table(found.lines)
    yield "\nQueue samples: right if vehicles and standing vehicles lie within the truth's tolerances.\n"
    yield from clip_queue_table(found.queues)
    if found.varied:
        yield NEARBY
        yield from nearby_table(found.varied)
        yield ""
        yield from nearby_queue_table(found.varied)
    yield RENDERED.format(seconds=seconds, tolerance=RENDERED_TOL_S, late=LATE_S)
    looked, as_node = ([group for group in found.groups if group.as_node is held] for held in (False, True))
    yield from rendered_table(looked)
    if missing:
        yield f"\nNot measured in this run: {', '.join(missing)}."
    yield "\n![crossings and detector](counts-crossings.png)\n\n![queues](counts-queues.png)\n"
    yield AS_NODE
    yield from node_table(as_node)
    yield "\n## Goals\n"
    yield from clip_goals(found.lines, found.queues)
    yield from goals(looked)
    yield from goals(as_node, ", as a node looks")
    yield ""


def figures(found: Measured) -> dict[str, object]:
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
        for group in found.groups
    ]
    return {
        "clips": [asdict(one) for one in found.lines],
        "clip_queues": [asdict(one) for one in found.queues],
        "clips_in_many_ways": [asdict(one) for one in found.varied],
        "rendered": rendered,
    }
