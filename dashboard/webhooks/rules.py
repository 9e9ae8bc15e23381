"""When a receiver is told: pure, with hysteresis, so that a wait at a threshold does not flap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.feeds.values import PublishedStream
from dashboard.waits.state import State
from dashboard.webhooks.config import WebhookConfig

Kind = Literal["wait.above", "wait.above.ended", "wait.below", "wait.below.ended", "state.changed"]


@dataclass(frozen=True, slots=True)
class Happened:
    """What a receiver is to be told; `before` is the state until then, for a change of state."""

    kind: Kind
    threshold_min: float | None = None
    before: State | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Where a receiver stands: beyond which thresholds, in which state (None: it was told of none)."""

    above: bool = False
    below: bool = False
    state: State | None = None


class Watch:
    """One webhook on one stream, going on from what was `told` before.

    Unknown and closed tell nothing about the wait: a threshold that was crossed stays so. A lower bound can
    reach `above_min`; it is never below anything. The first wait is told where it is beyond a threshold, the
    first state is not.
    """

    def __init__(self, config: WebhookConfig, told: Told = Told()) -> None:
        self._config = config
        self._above = told.above
        self._below = told.below
        self._state = told.state
        self._next: tuple[State, float] | None = None

    @property
    def told(self) -> Told:
        """What the receiver was told, all in all."""
        return Told(self._above, self._below, self._state)

    def see(self, stream: PublishedStream, at_s: float) -> tuple[Happened, ...]:
        """What happened, now that the stream is this at `at_s` (UTC seconds)."""
        told = [*self._see_wait(stream)]
        changed = self._see_state(stream.state, at_s) if self._config.on_state else None
        return (*told, changed) if changed else tuple(told)

    def _see_wait(self, stream: PublishedStream) -> list[Happened]:
        wait = stream.expected
        if wait is None:
            return []
        at_least_min = (wait.low_s if wait.wait_s is None else wait.wait_s) / 60
        exactly_min = None if wait.wait_s is None else wait.wait_s / 60
        return [*self._see_above(at_least_min, exactly_min), *self._see_below(at_least_min, exactly_min)]

    def _see_above(self, at_least_min: float, exactly_min: float | None) -> list[Happened]:
        limit, slack = self._config.above_min, self._config.hysteresis_min
        if limit is None:
            return []
        if not self._above and at_least_min >= limit:
            self._above = True
            return [Happened("wait.above", limit)]
        if self._above and exactly_min is not None and _is_back(exactly_min, limit, slack):
            self._above = False
            return [Happened("wait.above.ended", limit)]
        return []

    def _see_below(self, at_least_min: float, exactly_min: float | None) -> list[Happened]:
        limit, slack = self._config.below_min, self._config.hysteresis_min
        if limit is None:
            return []
        if not self._below and exactly_min is not None and exactly_min < limit:
            self._below = True
            return [Happened("wait.below", limit)]
        if self._below and at_least_min >= limit + slack:
            self._below = False
            return [Happened("wait.below.ended", limit)]
        return []

    def _see_state(self, state: State, at_s: float) -> Happened | None:
        if self._state is None or state == self._state:
            self._state, self._next = state, None
            return None
        if self._next is None or self._next[0] != state:
            self._next = (state, at_s)
        if at_s - self._next[1] < self._config.settle_s:
            return None
        before, self._state, self._next = self._state, state, None
        return Happened("state.changed", before=before)


def _is_back(exactly_min: float, limit: float, slack: float) -> bool:
    """Whether a wait that was above has fallen by the hysteresis (to nothing, where that is more)."""
    return exactly_min < limit and exactly_min <= max(limit - slack, 0.0)
