"""Tables of the page: lines of Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scripts.counts.nearby import Nearby
from scripts.counts.results import ClipLine, ClipQueue, Group


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
            _row(one.clip, one.zone, one.model, rate(one.per_s), right, number(samples.in_view_mae, 2))
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
    "`in_view` MAE": lambda group: number(group.queue.in_view.mean, 2),
    "hidden": lambda group: _mean(group.hidden),
    "`stopped` MAE": lambda group: number(group.queue.stopped.mean, 2),
    "metres MAE": lambda group: number(group.queue.metres.mean, 1),
    "metres MAE but for delay": lambda group: number(group.queue.late.mean, 1),
    "metres told": lambda group: _part(len(group.queue.metres.values), group.queue.untold),
    "beyond max(3 m, 5 %)": lambda group: number(group.queue.beyond.mean, 2),
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


def rate(per_s: float | None) -> str:
    """How many pictures are taken, in words."""
    return "every one" if per_s is None else f"{per_s:g} per s"


def _true(count: int, tolerance: int) -> str:
    return f"{count}{f' (+-{tolerance})' if tolerance else ''}"


def _mean(values: Sequence[float]) -> str:
    return number(sum(values) / len(values) if values else None, 2)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _part(part: int, rest: int) -> str:
    whole = part + rest
    return "-" if not whole else f"{part / whole:.3f} ({part} of {whole})"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _head(*names: str) -> list[str]:
    return [_row(*names), "|" + "---|" * len(names)]


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
