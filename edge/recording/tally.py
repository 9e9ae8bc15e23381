"""What `count --json` writes, gathered step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from edge.config import CameraConfig
from edge.vision import Crossing, LaneQueue, Line, Step

QUEUE_EVERY_S = 0.2
"""A row per lane at the first picture after this time: as often as a node looks."""


class Tally:
    """Crossings, queue rows and totals of one camera's recording.

    `blind`: up to its end things passed in which the detector found no vehicle. `wrong`: pictures that were
    not measured, by what was wrong with the view.
    """

    def __init__(self, camera: CameraConfig) -> None:
        self._camera = camera
        self._crossings: list[Crossing] = []
        self._queue: list[dict[str, Any]] = []
        self._queue_at: dict[str, float] = {}
        self._numbers: list[int] = []
        self._times: list[float] = []
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
        self._note(step.queues)

    @property
    def pictures(self) -> int:
        """Taken so far."""
        return len(self._numbers)

    def close(self, last: Step) -> None:
        """Take the step that ends the recording: its crossings, and the queues that were not told yet."""
        self._crossings += last.crossings
        self._note(last.queues)

    def crossings(self) -> list[dict[str, Any]]:
        """Rows by time; `frame` is the number of the picture at that time."""
        return [
            {
                "frame": self._number_at(crossing.t_s),
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

    def _note(self, queues: Sequence[LaneQueue]) -> None:
        for queue in queues:
            if queue.at - self._queue_at.get(queue.lane, -inf) >= QUEUE_EVERY_S - 1e-6:
                self._queue_at[queue.lane] = queue.at
                self._queue.append(self._row(queue))

    def _row(self, queue: LaneQueue) -> dict[str, Any]:
        state = queue.state
        return {
            "frame": self._number_at(queue.at),
            "t_s": round(queue.at, 3),
            "lane": queue.lane,
            "in_view": state.in_view,
            "stopped": state.stopped,
            "length_m": None if state.length_m is None else round(state.length_m, 2),
            "at_least": state.at_least,
            "why": state.why,
        }

    def _number_at(self, at: float) -> int:
        """The number of the picture at that time (s), interpolated."""
        return round(float(np.interp(at, self._times, self._numbers)))
