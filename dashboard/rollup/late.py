"""Which minutes got rows after their slice had closed: they are made again from the stored rows. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.rollup.whole import MINUTE_S
from edge.messages import NodeReport

QUIET_S = 30.0
"""A backlog that brought nothing for so long is over, or pauses."""

AT_MOST_S = 600.0
"""One that never pauses is taken up this often all the same."""

STEPS_A_RANGE = 10
"""Minutes that are made again in one go."""

OLDEST_S = 96 * 3600.0
"""Nodes keep three days; what claims to be older is stored and changes nothing."""

LONGEST_REPORT_S = 600.0

Boot = tuple[str, str]
"""(node, boot)."""


@dataclass(frozen=True, slots=True)
class Span:
    """Reports of one boot, from `first_seq` to `last_seq` inclusive."""

    node: str
    boot: str
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class LateRange:
    """Minutes of one direction in [from_s, to_s) (UTC s) to be made again, and the reports that came late."""

    port: str
    direction: str
    from_s: float
    to_s: float
    spans: tuple[Span, ...]


class LateNotes:
    """The minutes (or longer slices) of one direction for which reports came late."""

    def __init__(self, port: str, direction: str, slice_s: int) -> None:
        self._port, self._direction = port, direction
        self._step_s = max(MINUTE_S, float(slice_s))
        self._steps: dict[float, dict[Boot, tuple[int, int]]] = {}
        self._first_s = self._last_s = -math.inf

    @property
    def since_s(self) -> float:
        """When the first report came (UTC s) whose minutes were not taken yet; infinite when all were."""
        return self._first_s if self._steps else math.inf

    def note(self, report: NodeReport, times_s: tuple[float, float], received_at_s: float) -> None:
        """A report of (start, end) `times_s` (UTC s) came when its slice had closed."""
        start_s, end_s = max(times_s[0], times_s[1] - LONGEST_REPORT_S), times_s[1]
        if end_s < received_at_s - OLDEST_S:
            return
        if not self._steps:
            self._first_s = received_at_s
        self._last_s = received_at_s
        first, last = math.floor(start_s / self._step_s), math.floor(end_s / self._step_s)
        for number in range(first, last + 1):
            boots = self._steps.setdefault(number * self._step_s, {})
            known = boots.get((report.node, report.boot), (report.seq, report.seq))
            boots[report.node, report.boot] = (min(known[0], report.seq), max(known[1], report.seq))

    def take(self, at_s: float, open_s: float) -> list[LateRange]:
        """What is due at `at_s` and not taken yet: of minutes so old that the next two closed by `open_s`.

        The minute behind each range is made again too: it may have counted what the range's last one lacked.
        """
        waits = at_s - self._last_s < QUIET_S and at_s - self._first_s < AT_MOST_S
        ready = [] if waits else sorted(s for s in self._steps if s + 3 * self._step_s <= open_s)
        if not ready:
            return []
        runs: list[list[float]] = []
        for start_s in ready:
            if runs and start_s == runs[-1][-1] + self._step_s and len(runs[-1]) < STEPS_A_RANGE:
                runs[-1].append(start_s)
            else:
                runs.append([start_s])
        ranges = [self._range(run) for run in runs]
        for start_s in ready:
            del self._steps[start_s]
        self._first_s = at_s
        return ranges

    def _range(self, run: Sequence[float]) -> LateRange:
        seqs: dict[Boot, tuple[int, int]] = {}
        for start_s in run:
            for boot, (first, last) in self._steps[start_s].items():
                known = seqs.get(boot, (first, last))
                seqs[boot] = (min(known[0], first), max(known[1], last))
        spans = tuple(Span(*boot, *seqs[boot]) for boot in sorted(seqs))
        return LateRange(self._port, self._direction, run[0], run[-1] + 2 * self._step_s, spans)
