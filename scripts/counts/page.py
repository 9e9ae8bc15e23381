"""docs/accuracy/counts.md out of results: real clips first, rendered ones apart from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from scripts.counts.judge import LATE_S, Crossings, Queues, Samples
from scripts.counts.measuring import Result
from scripts.counts.nearby import Nearby

COUNT_GOALS = {"day": 0.005, "night": 0.02, "rain": 0.02, "snow": 0.02}
RECALL_GOAL = 0.98
QUEUE_GOAL, IN_VIEW_GOAL = 11, 0.5


@dataclass(frozen=True, slots=True)
class ClipLine:
    """A line of a real clip, counted in one way. `says`: what the command gave as the total."""

    clip: str
    line: str
    model: str
    per_s: float | None
    tolerance: int
    crossings: Crossings
    total: int | None


@dataclass(frozen=True, slots=True)
class ClipQueue:
    """A zone of a real clip, measured in one way."""

    clip: str
    zone: str
    model: str
    per_s: float | None
    samples: Samples


@dataclass(slots=True)
class Group:
    """Rendered recordings that are judged together.

    `as_node`: looked at only where something moved; `held`: the other pictures' share, of each recording.
    """

    name: str
    model: str
    as_node: bool = False
    crossings: Crossings = field(default_factory=Crossings)
    queue: Queues = field(default_factory=Queues)
    visible: int = 0
    found: int = 0
    false: int = 0
    hidden: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    seconds: int = 0

    @property
    def detector(self) -> float | None:
        """Part of the vehicles that can be seen which the detector finds."""
        return self.found / self.visible if self.visible else None


def grouped(results: Iterable[Result]) -> list[Group]:
    """Pool results of one group, model and way of looking, in the order in which the groups come."""
    groups: dict[tuple[str, str, bool], Group] = {}
    for one in results:
        key = one.recording.group, one.model, one.held is not None
        group = groups.setdefault(key, Group(*key))
        group.held += [] if one.held is None else [one.held]
        group.crossings.add(one.crossings)
        group.queue.add(one.queue)
        group.visible, group.found = group.visible + one.detector.visible, group.found + one.detector.found
        group.false += one.detector.false
        group.hidden.append(one.hidden)
        group.seconds += one.recording.order.length_s
    return list(groups.values())


def clip_table(lines: Sequence[ClipLine]) -> list[str]:
    """Crossings of real clips."""
    rows = _head(
        "clip", "line", "model", "pictures", "true", "counted", "missed", "extra", "beyond the tolerance"
    )
    for one in lines:
        counts = one.crossings
        off = max(0, counts.off - one.tolerance)
        true = _true(counts.true, one.tolerance)
        found = [counts.counted, counts.true - counts.matched, counts.counted - counts.matched, off]
        if one.total is None:
            found = ["cannot see", "-", "-", "-"]
        rows.append(_row(one.clip, one.line, one.model, rate(one.per_s), true, *found))
    return rows


def clip_queue_table(queues: Sequence[ClipQueue]) -> list[str]:
    """Queue samples of real clips."""
    rows = _head("clip", "zone", "model", "pictures", "samples right", "`in_view` MAE")
    for one in queues:
        samples = one.samples
        right = f"{samples.right} of {samples.samples}"
        rows.append(
            _row(one.clip, one.zone, one.model, rate(one.per_s), right, _number(samples.in_view_mae, 2))
        )
    return rows


def nearby_table(found: Sequence[Nearby]) -> list[str]:
    """Crossings of real clips in many ways, a row a line."""
    rows = _head("clip", "line", "model", "ways", "true", "missed", "extra", "beyond the tolerance")
    for one in found:
        for line, ways in one.crossings.items():
            tolerance = one.tolerances[line]
            missed = _mean([way.true - way.matched for way in ways])
            extra = _mean([way.counted - way.matched for way in ways])
            beyond = sum(way.off > tolerance for way in ways)
            true = _true(ways[0].true, tolerance)
            rows.append(_row(one.clip, line, one.model, len(ways), true, missed, extra, f"in {beyond}"))
    return rows


def nearby_queue_table(found: Sequence[Nearby]) -> list[str]:
    """Queue samples of real clips in the same ways."""
    rows = _head("clip", "zone", "model", "ways", "samples right", "fewest", "`in_view` MAE")
    for one in found:
        for zone, ways in one.samples.items():
            right = [way.right for way in ways]
            cells = f"{_mean(right)} of {ways[0].samples}", min(right)
            error = _mean([way.in_view_mae for way in ways if way.in_view_mae is not None])
            rows.append(_row(one.clip, zone, one.model, len(ways), *cells, error))
    return rows


COLUMNS: dict[str, Callable[[Group], object]] = {
    "recording": lambda group: group.name,
    "s": lambda group: group.seconds,
    "pictures held": lambda group: _percent(sum(group.held) / len(group.held)),
    "true": lambda group: group.crossings.true,
    "counted": lambda group: group.crossings.counted,
    "precision": lambda group: _share(group.crossings.precision),
    "recall": lambda group: _share(group.crossings.recall),
    "count error": lambda group: _percent(group.crossings.error),
    "`in_view` MAE": lambda group: _number(group.queue.in_view.mean, 2),
    "hidden": lambda group: _mean(group.hidden),
    "`stopped` MAE": lambda group: _number(group.queue.stopped.mean, 2),
    "metres MAE": lambda group: _number(group.queue.metres.mean, 1),
    "metres MAE but for delay": lambda group: _number(group.queue.late.mean, 1),
    "metres told": lambda group: _part(len(group.queue.metres.values), group.queue.untold),
    "beyond max(3 m, 5 %)": lambda group: _number(group.queue.beyond.mean, 2),
    "`at_least` precision": lambda group: _share(group.queue.precision),
    "`at_least` recall": lambda group: _part(group.queue.right, group.queue.missed),
    "detector finds": lambda group: _part(group.found, group.visible - group.found),
    "false boxes": lambda group: group.false,
}
"""What a table of rendered recordings says of one group, by the head of the column."""

NODE_COLUMNS = (
    "recording", "pictures held", "true", "counted", "precision", "recall", "count error", "`in_view` MAE",
    "`stopped` MAE", "metres MAE", "metres told", "`at_least` recall",
)  # fmt: skip


def rendered_table(groups: Sequence[Group]) -> list[str]:
    """Crossings, queues and the detector, a row a group."""
    return _group_table([name for name in COLUMNS if name != "pictures held"], groups)


def node_table(groups: Sequence[Group]) -> list[str]:
    """Crossings and queues as a node measures them, a row a group."""
    return _group_table(NODE_COLUMNS, groups)


def _group_table(names: Sequence[str], groups: Sequence[Group]) -> list[str]:
    return _head(*names) + [_row(*(COLUMNS[name](group) for name in names)) for group in groups]


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
            f"({_number(by_queue.late.mean, 1)} m from the nearest of what was so within {LATE_S:g} s)"
        )
    if by_queue.recall is not None:
        said.append(
            f"- `at_least` recall, all rendered{how}: {by_queue.recall:.3f}, goal {RECALL_GOAL}: "
            f"{_met(by_queue.recall >= RECALL_GOAL)}"
        )
    return said


def _met(met: bool) -> str:
    return "reached" if met else "**not reached**"


def rate(per_s: float | None) -> str:
    """How many pictures are taken, in words."""
    return "every one" if per_s is None else f"{per_s:g} per s"


def _true(count: int, tolerance: int) -> str:
    return f"{count}{f' (+-{tolerance})' if tolerance else ''}"


def _mean(values: Sequence[float]) -> str:
    return _number(sum(values) / len(values) if values else None, 2)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _part(part: int, rest: int) -> str:
    whole = part + rest
    return "-" if not whole else f"{part / whole:.3f} ({part} of {whole})"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _head(*names: str) -> list[str]:
    return [_row(*names), "|" + "---|" * len(names)]


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
