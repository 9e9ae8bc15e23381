"""What is to be reached, and whether it is."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.counts.judge import LATE_S, Queues
from scripts.counts.results import ClipLine, ClipQueue, Group
from scripts.counts.tables import number, rate

COUNT_GOALS = {"day": 0.005, "night": 0.02, "rain": 0.02, "snow": 0.02}
RECALL_GOAL = 0.98
QUEUE_GOAL, IN_VIEW_GOAL = 11, 0.5


def clip_goals(lines: Sequence[ClipLine], queues: Sequence[ClipQueue]) -> list[str]:
    """The goals of real clips, a line for each model and rate."""
    said = []
    for model, per_s in dict.fromkeys((one.model, one.per_s) for one in lines):
        name = f"{model}, {rate(per_s)}"
        wrong = sum(
            max(0, one.crossings.off - one.tolerance)
            for one in lines
            if (one.model, one.per_s) == (model, per_s) and one.total is not None
        )
        said.append(f"- real clips, {name}: {wrong} wrong beyond the tolerances, goal 0: {_met(wrong == 0)}")
        for one in queues:
            if (one.model, one.per_s) != (model, per_s):
                continue
            samples, mae = one.samples, one.samples.in_view_mae
            if one.clip == "ahmetozlu":
                said.append(
                    f"- ahmetozlu queue, {name}: {samples.right} of {samples.samples} right, goal "
                    f"{QUEUE_GOAL}: {_met(samples.right >= QUEUE_GOAL)}"
                )
            elif mae is not None:
                met = _met(mae <= IN_VIEW_GOAL)
                said.append(f"- {one.clip} in_view, {name}: MAE {mae:.2f}, goal {IN_VIEW_GOAL}: {met}")
    return said


def goals(groups: Sequence[Group], how: str = "") -> list[str]:
    """What is reached and what is not, a line a goal; `how` they were looked at, in words."""
    said = []
    for group in groups:
        goal = COUNT_GOALS.get(group.name)
        if goal is not None and group.crossings.error is not None:
            met = group.crossings.error <= goal
            counts = group.crossings
            said.append(
                f"- count error, {group.name}{how}: {counts.off} of {counts.true} ({counts.error:.1%}), goal "
                f"{goal:.1%}: {_met(met)}"
            )
    by_queue = Queues()
    for group in groups:
        by_queue.add(group.queue)
    if by_queue.beyond.mean is not None and by_queue.metres.mean is not None:
        within = sum(value == 0.0 for value in by_queue.beyond.values) / len(by_queue.beyond.values)
        said.append(
            f"- queue length where not `at_least`, all rendered{how}: MAE {by_queue.metres.mean:.1f} m, "
            f"within max(3 m, 5 %) in {within:.0%} of the moments: {_met(by_queue.metres.mean <= 3.0)} "
            f"({number(by_queue.late.mean, 1)} m from the nearest of what was so within {LATE_S:g} s)"
        )
    if by_queue.recall is not None:
        said.append(
            f"- `at_least` recall, all rendered{how}: {by_queue.recall:.3f}, goal {RECALL_GOAL}: "
            f"{_met(by_queue.recall >= RECALL_GOAL)}"
        )
    return said


def _met(met: bool) -> str:
    return "reached" if met else "**not reached**"
