"""Cameras, steps and rows as the tests of report, ticks and outbox need them."""

from __future__ import annotations

from typing import Any

from edge.config import CameraConfig
from edge.node.outbox import NewRow
from edge.vision import Crossing, LaneStep, Line, Passage, QueueState, Step

TAIL = {"line": [[0.1, 0.4], [0.4, 0.4]], "toward": [0.25, 0.9]}
BOOTH = {"line": [[0.1, 0.9], [0.4, 0.9]], "toward": [0.25, 1.0]}
AREA = [[0.1, 0.4], [0.4, 0.4], [0.4, 0.9], [0.1, 0.9]]


def camera(name: str = "c1", lane: str = "b5", **figures: Any) -> CameraConfig:
    """A camera of one lane; without `figures` it has tail, booth and area."""
    figures = figures or {"tail": TAIL, "booth": BOOTH, "area": AREA}
    return CameraConfig.model_validate({"id": name, "lanes": [{"id": lane} | figures]})


def queue(in_view: int, stopped: int = 0, at_least: bool = False) -> QueueState:
    """What is in the area."""
    return QueueState(in_view, stopped, None, at_least, "covered" if at_least else None)


def step(
    at: float,
    state: QueueState | None = None,
    occupied: bool | None = None,
    crossed: tuple[tuple[Line, str], ...] = (),
    travels_s: tuple[float, ...] = (),
    lane: str = "b5",
) -> Step:
    """One picture of one lane."""
    return Step(
        at,
        (LaneStep(lane, state, occupied),),
        tuple(Crossing(at, lane, line, cls, 1, 0.9) for line, cls in crossed),
        tuple(Passage(at, lane, travel_s) for travel_s in travels_s),
        (),
    )


def row(seq: int, boot: str = "boot-a", end_s: int | None = None, kind: Any = "report") -> NewRow:
    """A row to keep; without `end_s` one every five seconds."""
    return NewRow(boot, seq, kind, 5 * seq if end_s is None else end_s, b"{}" * 100)
