"""What the bench has to show: ratios between sides, cameras a core, memory, start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Side = tuple[str, str]
Told = dict[str, Any]

EVERY, WIDE, LANE, STILL, SHIPPED = (
    "every picture", "every picture, input in its shape", "as a lane runs", "stop and go", "as it is shipped"
)  # fmt: skip
BARE, OURS = (EVERY, "bare onnxruntime"), (EVERY, "lanewatch")
MINE, GATED = (LANE, "lanewatch"), (STILL, "lanewatch, gate")
FOUR = "lanewatch, four cameras"
DECODER = ("live", "decode process of a camera")

SET_WITH, SET_ON_MS = "yolox_nano", 14.4
"""The network with which the goals were set, and what a bare picture of 416x416 took on that core."""


@dataclass(frozen=True, slots=True)
class Goal:
    """`over` divided by `under`; without `under` the figure `key` of `over` itself, or cameras a core.

    `as_set`: as many cameras as it would be on the core of the goals, by what the bare network takes there.
    """

    what: str
    over: Side
    under: Side | None = None
    key: str = "ms"
    least: float | None = None
    most: float | None = None
    as_set: bool = False

    def value(self, found: Mapping[Side, Told | str], fps: Mapping[str, float]) -> float | None:
        """The figure in one round; None where a side is missing."""
        over = found[self.over]
        under = found[self.under] if self.under else None
        if isinstance(over, str) or isinstance(under, str):
            return None
        if under is not None:
            return float(over[self.key] / under[self.key])
        if self.key != "ms":
            return float(over[self.key])
        cameras = 1000 / (fps[self.over[0]] * over["ms"])
        if not self.as_set:
            return cameras
        bare = found[BARE]
        return None if isinstance(bare, str) else cameras * bare["ms"] / SET_ON_MS

    def reached(self, value: float | None) -> bool | None:
        """None where there is no value or no goal."""
        if value is None or (self.least is None and self.most is None):
            return None
        return value >= self.least if self.least is not None else value <= (self.most or 0.0)

    @property
    def text(self) -> str:
        """The goal in words."""
        if self.least is not None:
            return f">= {self.least:g}"
        return "" if self.most is None else f"<= {self.most:g}"


COUNTER, TUNED, SUPERVISION = "ObjectCounter", "ObjectCounter, one thread", "supervision, one thread"
GOALS = (
    Goal("the fair one, same stride and threads: ObjectCounter / lanewatch", (LANE, TUNED), MINE),
    Goal("the same: supervision / lanewatch", (LANE, SUPERVISION), MINE),
    Goal("the same, stop and go: ObjectCounter / lanewatch with its gate", (STILL, TUNED), GATED),
    Goal("the same: supervision / lanewatch with its gate", (STILL, SUPERVISION), GATED),
    Goal("lanewatch with its gate / without, stop and go", GATED, (STILL, "lanewatch, no gate")),
    Goal("lanewatch / bare, decoded before", (EVERY, "lanewatch, decoded before"), BARE, most=1.15),
    Goal("lanewatch / bare", OURS, BARE, most=1.30),
    Goal("every picture: supervision with one thread / lanewatch", (EVERY, SUPERVISION), OURS),
    Goal("every picture: ObjectCounter / lanewatch", (EVERY, COUNTER), OURS, least=2.5),
    Goal("the same, our input in the picture's shape", (EVERY, COUNTER), (WIDE, "lanewatch"), least=4.0),
    Goal("every picture: ObjectCounter with one thread / lanewatch", (EVERY, TUNED), OURS, least=1.5),
    Goal("ObjectCounter on every picture / lanewatch as a lane runs", (EVERY, COUNTER), MINE, least=12.0),
    Goal("the same, stop and go, with the gate", (STILL, "ObjectCounter, every picture"), GATED, least=15.0),
    Goal("cameras a core, 5 pictures a second looked at, no gate", MINE, least=8.0),
    Goal(f"the same, on a core that takes {SET_ON_MS} ms for the bare network", MINE, least=8.0, as_set=True),
    Goal("cameras a core, stop and go, 6 a second, gate", GATED, least=20.0),
    Goal(f"the same, on a core that takes {SET_ON_MS} ms", GATED, least=20.0, as_set=True),
    Goal("cameras a core with the pack that is shipped, 5 a second, no gate", (SHIPPED, "lanewatch")),
    Goal("peak RSS, one camera, MB", MINE, key="rss_mb", most=160.0),
    Goal("peak RSS, four cameras, MB", (LANE, FOUR), key="rss_mb", most=200.0),
    Goal("peak RSS with the pack that is shipped, one camera, MB", (SHIPPED, "lanewatch"), key="rss_mb"),
    Goal("the same, four cameras, MB", (SHIPPED, FOUR), key="rss_mb"),
    Goal("memory of a live camera's decode process, its own, MB", DECODER, key="own_mb"),
    Goal("CPU from start to the first result, s", MINE, key="start_cpu_s", most=0.4),
    Goal("the same with what reports (store, MQTT, TLS), s", MINE, key="node_start_cpu_s"),
)


def goals_of(net: str) -> tuple[Goal, ...]:
    """What is asked of a network: of another one it is not known how long the core of the goals takes."""
    return tuple(goal for goal in GOALS if net == SET_WITH or not goal.as_set)
