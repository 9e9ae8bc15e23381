"""What `count --json` writes, gathered step by step."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from edge.config import CameraConfig
from edge.vision import Crossing, Line, Step

QUEUE_EVERY_S = 0.25
"""A row per lane at the first picture after this time; pictures come at least twice a second."""


class Tally:
    """Crossings, queue rows and totals of one camera's recording.

    `blind`: up to its end things passed in which the detector found no vehicle. `wrong`: pictures that were
    not measured, by what was wrong with the view.
    """

    def __init__(self, camera: CameraConfig) -> None:
        self._camera = camera
        self._crossings: list[Crossing] = []
        self._queue: list[dict[str, Any]] = []
        self._numbers: list[int] = []
        self._times: list[float] = []
        self._queue_at: float | None = None
        self.blind = False
        self.wrong: Counter[str] = Counter()

    def add(self, number: int, step: Step, measured: bool = True, wrong: str | None = None) -> None:
        """Take the step of picture `number`; `wrong` says what was wrong with one that was not measured."""
        self._numbers.append(number)
        self._times.append(step.at)
        self._crossings += step.crossings
        if wrong is not None:
            self.wrong[wrong] += 1
        if not measured:
            return
        self.blind = step.blind
        if self._queue_at is None or step.at - self._queue_at >= QUEUE_EVERY_S - 1e-6:
            self._queue_at = step.at
            self._queue += _queue_rows(number, step)

    @property
    def pictures(self) -> int:
        """Taken so far."""
        return len(self._numbers)

    def close(self, last: Step) -> None:
        """Take the step that ends the recording: its crossings only."""
        self._crossings += last.crossings

    def crossings(self) -> list[dict[str, Any]]:
        """Rows by time; `frame` is the number of the picture at the interpolated time."""
        return [
            {
                "frame": round(float(np.interp(crossing.t_s, self._times, self._numbers))),
                "t_s": round(crossing.t_s, 3),
                "lane": crossing.lane,
                "line": crossing.line,
                "class": crossing.cls,
                "track": crossing.track,
                "score": round(crossing.score, 4),
            }
            for crossing in sorted(self._crossings, key=lambda crossing: crossing.t_s)
        ]

    def queue(self) -> list[dict[str, Any]]:
        """A row per lane with an area, several times a second."""
        return self._queue

    def totals(self) -> dict[str, dict[str, int | None]]:
        """Arrivals and departures of every lane; None where it has no such line, or cannot be seen."""
        counts = Counter((crossing.lane, crossing.line) for crossing in self._crossings)
        lines: dict[str, Line] = {"arrivals": "tail", "departures": "booth"}
        return {
            lane.id: {
                name: None if getattr(lane, line) is None or self.blind else counts[lane.id, line]
                for name, line in lines.items()
            }
            for lane in self._camera.lanes
        }


def _queue_rows(number: int, step: Step) -> list[dict[str, Any]]:
    return [
        {
            "frame": number,
            "t_s": round(step.at, 3),
            "lane": lane.lane,
            "in_view": lane.queue.in_view,
            "stopped": lane.queue.stopped,
            "length_m": None if lane.queue.length_m is None else round(lane.queue.length_m, 2),
            "at_least": lane.queue.at_least,
            "why": lane.queue.why,
        }
        for lane in step.lanes
        if lane.queue is not None
    ]
