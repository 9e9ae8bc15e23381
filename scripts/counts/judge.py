"""Counts and queues against truth. Pure: documents of `lanewatch-edge count` and truths in, figures out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.measure.queue_length import OUT_OF_SIGHT

RENDERED_TOL_S = 0.6
"""A count within this time of a true crossing is that vehicle's."""
FRAME_TOL = 6
"""On real clips, in frames, or the truth's own tolerance where that is wider."""
LATE_S = 3.0
"""`late` compares with the queue of up to so long before: who is late by no more is right."""
ROW_WITHIN_S = 0.6
"""A queue row this near to a moment of the truth tells of that moment."""


@dataclass(slots=True)
class Crossings:
    """Crossings of one or more lines: how many were true, counted, and matched; error summed line by line."""

    true: int = 0
    counted: int = 0
    matched: int = 0
    off: int = 0

    def add(self, other: Crossings) -> None:
        """Pool with another line's."""
        self.true, self.counted = self.true + other.true, self.counted + other.counted
        self.matched, self.off = self.matched + other.matched, self.off + other.off

    @property
    def recall(self) -> float | None:
        """Part of the true crossings that was counted in time."""
        return self.matched / self.true if self.true else None

    @property
    def precision(self) -> float | None:
        """Part of the counts that was a true crossing."""
        return self.matched / self.counted if self.counted else None

    @property
    def error(self) -> float | None:
        """Sum over lines of |counted - true|, over all that was true."""
        return self.off / self.true if self.true else None


@dataclass(slots=True)
class Errors:
    """Absolute errors of a figure."""

    values: list[float] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        """Mean absolute error; None: nothing to judge."""
        return sum(self.values) / len(self.values) if self.values else None


@dataclass(slots=True)
class Queues:
    """Errors of what was said of queues, and how `at_least` did: flagged rightly, missed, flagged wrongly."""

    in_view: Errors = field(default_factory=Errors)
    stopped: Errors = field(default_factory=Errors)
    metres: Errors = field(default_factory=Errors)
    beyond: Errors = field(default_factory=Errors)
    """Metres beyond what is allowed: the larger of 3 m and 5 %."""
    late: Errors = field(default_factory=Errors)
    """Metres off from the nearest of what was so within the last LATE_S."""
    right: int = 0
    missed: int = 0
    wrong: int = 0
    untold: int = 0
    """Moments whose length is not known: nobody stands in a view that begins far from the booth line, or
    fog hides where the queue begins."""

    def add(self, other: Queues) -> None:
        """Pool with another recording's."""
        for name in ("in_view", "stopped", "metres", "beyond", "late"):
            getattr(self, name).values.extend(getattr(other, name).values)
        self.right, self.missed = self.right + other.right, self.missed + other.missed
        self.wrong, self.untold = self.wrong + other.wrong, self.untold + other.untold

    @property
    def recall(self) -> float | None:
        """Part of the moments whose queue reached beyond the view that said so."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def precision(self) -> float | None:
        """Part of the moments that said so which were so."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None


def matched(true: Iterable[tuple[float, float]], found: Iterable[float]) -> Crossings:
    """Match counts (times) with true crossings (time, tolerance), each at most once, nearest first."""
    left, result = sorted(found), Crossings()
    result.counted = len(left)
    for at, tolerance in true:
        result.true += 1
        near = [t for t in left if abs(t - at) <= tolerance + 1e-6]
        if near:
            left.remove(min(near, key=lambda t: abs(t - at)))
            result.matched += 1
    result.off = abs(result.counted - result.true)
    return result


def rendered_crossings(truth: Mapping[str, Any], document: Mapping[str, Any], camera: str) -> Crossings:
    """All lines of one camera."""
    total = Crossings()
    lines = {(row["lane"], row["line"]) for row in truth["crossings"] if row["camera"] == camera}
    for lane, line in sorted(lines):
        true = [
            (row["t_s"], RENDERED_TOL_S)
            for row in truth["crossings"]
            if (row["camera"], row["lane"], row["line"]) == (camera, lane, line)
        ]
        total.add(matched(true, _times(document, lane, line)))
    return total


def rendered_queue(truth: Mapping[str, Any], document: Mapping[str, Any], camera: str) -> Queues:
    """Each moment of the truth against the nearest row that was measured."""
    result = Queues()
    measured: dict[str, list[Mapping[str, Any]]] = {}
    for row in document["queue"]:
        measured.setdefault(row["lane"], []).append(row)
    for true in truth["queue"]:
        if true["camera"] != camera:
            continue
        rows = measured.get(true["lane"], [])
        row = _nearest(rows, true["t_s"])
        if row is None:
            continue
        _judge_row(result, true, _before(truth["queue"], true), row)
    return result


def _nearest(rows: Sequence[Mapping[str, Any]], at_s: float) -> Mapping[str, Any] | None:
    """The row that tells of that moment; None: it was not measured."""
    row = min(rows, key=lambda found: abs(found["t_s"] - at_s), default=None)
    return row if row is not None and abs(row["t_s"] - at_s) <= ROW_WITHIN_S else None


def _has_length(true: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether the end of the queue was to be seen, and a length was told that is no lower bound."""
    return true["at_least"] is False and not row["at_least"] and row["length_m"] is not None


def _before(rows: Iterable[Mapping[str, Any]], true: Mapping[str, Any]) -> list[float]:
    """How long the same queue was within the last LATE_S."""
    return [
        row["length_m"]
        for row in rows
        if (row["camera"], row["lane"]) == (true["camera"], true["lane"])
        and 0 <= true["t_s"] - row["t_s"] <= LATE_S + 1e-6
        and row["length_m"] is not None
    ]


def _judge_row(
    result: Queues, true: Mapping[str, Any], before: Sequence[float], row: Mapping[str, Any]
) -> None:
    for figure, hidden, errors in (
        ("in_view", "hidden", result.in_view),
        ("stopped", "stopped_hidden", result.stopped),
    ):
        if row[figure] is not None:
            errors.values.append(_outside(row[figure], true[figure] - true[hidden], true[figure]))
    if row["at_least"]:
        result.right += true["at_least"] is True
        if row.get("why") == OUT_OF_SIGHT:
            result.untold += true["at_least"] is False
        else:
            result.wrong += true["at_least"] is False
        return
    result.missed += true["at_least"] is True
    if _has_length(true, row):
        error = abs(row["length_m"] - true["length_m"])
        result.metres.values.append(error)
        result.late.values.append(min(abs(row["length_m"] - length) for length in before))
        result.beyond.values.append(max(0.0, error - max(3.0, 0.05 * true["length_m"])))
    elif true["at_least"] is False:
        result.untold += 1


def _outside(value: float, low: float, high: float) -> float:
    """How far a value lies outside of what it may be."""
    return max(low - value, value - high, 0.0)


def clip_crossings(
    truth: Mapping[str, Any], line: str, lanes: Mapping[str, str | None], document: Mapping[str, Any]
) -> Crossings:
    """One line of a real clip, and the lanes that count it, each in one direction (None: all that cross)."""
    fps, total = truth["media"]["fps"], Crossings()
    for lane, direction in lanes.items():
        true = [
            (row["frame"] / fps, max(FRAME_TOL, row["frame_tol"]) / fps)
            for row in truth["crossings"]
            if row["line"] == line and direction in (None, row["direction"])
        ]
        total.add(matched(true, _times(document, lane, "tail")))
    return total


@dataclass(frozen=True, slots=True)
class Samples:
    """Queue samples of a real clip: how many were right within the truth's tolerances, error of in_view."""

    right: int
    samples: int
    in_view_mae: float | None


def clip_queue(zone: Mapping[str, Any], lane: str, document: Mapping[str, Any]) -> Samples | None:
    """Samples made by hand against the nearest measured row; None: the lane measures no queue."""
    rows = [row for row in document["queue"] if row["lane"] == lane]
    if not rows:
        return None
    right, errors = 0, Errors()
    for sample in zone["samples"]:
        row = min(rows, key=lambda found: abs(found["frame"] - sample["frame"]))
        off = abs(row["in_view"] - sample["vehicles"])
        errors.values.append(off)
        still = abs(row["stopped"] - sample["stationary"]) <= sample.get("stationary_tol", 0)
        right += off <= sample["tol"] and still
    return Samples(right, len(zone["samples"]), errors.mean)


def _times(document: Mapping[str, Any], lane: str, line: str) -> Sequence[float]:
    return [row["t_s"] for row in document["crossings"] if (row["lane"], row["line"]) == (lane, line)]
