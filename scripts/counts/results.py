"""What a run has found: real clips line by line, rendered recordings pooled in groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scripts.counts.judge import Crossings, Queues, Samples
from scripts.counts.measuring import Result
from scripts.counts.nearby import Nearby


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


@dataclass(frozen=True, slots=True)
class Measured:
    """All of one run; what was left out for lack of time is in none of them."""

    lines: Sequence[ClipLine]
    queues: Sequence[ClipQueue]
    varied: Sequence[Nearby]
    groups: Sequence[Group]
