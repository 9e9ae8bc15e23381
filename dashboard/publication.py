"""Which figure is shown: rounded to a step, and not changed for every flicker. Pure.

The rules work on closed slices, at the time of their end, so a replay publishes the same figures. Withdrawal
for age, for hours and by order is decided when somebody asks (dashboard/feeds/published.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dashboard.portconfig import PublicationConfig
from dashboard.waits.state import StreamState, Wait

ZERO_BELOW_S = 30.0
"""A wait is called zero below this, whatever the step."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Waits are told in steps of `step_s`; one that differs by less than `change_s` waits for `hold_s`."""

    step_s: int = 60
    change_s: float = 180.0
    hold_s: float = 120.0


def rule_of(config: PublicationConfig, slice_s: int) -> Rule:
    """What port.yaml says; where it does not, the rules of a port with short slices are as much finer."""
    pace = min(1.0, slice_s / 60)
    return Rule(
        step_s=config.step_s or max(1, round(60 * pace)),
        change_s=180 * pace if config.change_s is None else config.change_s,
        hold_s=120 * pace if config.hold_s is None else config.hold_s,
    )


def nearest(wait_s: float, step_s: int) -> int:
    """`wait_s` in steps, a half rounded up; never zero from half a minute on."""
    steps = math.floor(max(0.0, wait_s) / step_s + 0.5)
    return step_s * (steps or int(wait_s >= ZERO_BELOW_S))


def below(bound_s: float, step_s: int) -> int:
    """The step at or below a lower bound."""
    return step_s * int(max(0.0, bound_s) // step_s)


def above(bound_s: float, step_s: int) -> int:
    """The step at or above an upper bound."""
    return -step_s * int(-max(0.0, bound_s) // step_s)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a stream; its figure last changed at `since_s`."""

    state: StreamState
    since_s: float


def next_shown(shown: Shown | None, fresh: StreamState, at_s: float, rule: Rule) -> Shown:
    """What is shown from `at_s` on, when the engine says `fresh` then."""
    if shown is None or shown.state.state != fresh.state:
        return Shown(fresh, at_s)
    old, new = _figure(shown.state, rule), _figure(fresh, rule)
    if old is None or new is None:
        return Shown(fresh, at_s)
    if old == new:
        return Shown(fresh, shown.since_s)
    if abs(new - old) < rule.change_s and at_s - shown.since_s < rule.hold_s:
        return Shown(replace(fresh, expected=shown.state.expected), shown.since_s)
    return Shown(fresh, at_s)


class Press:
    """What is shown of the streams of one direction."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._shown: dict[str, Shown] = {}

    def step(self, states: Iterable[StreamState], at_s: float, withdrawn_s: dict[str, float]) -> None:
        """Take in the states at the end of a slice, `at_s`.

        `withdrawn_s`: per stream until which measurement figures were withdrawn; the next one publishes.
        """
        for fresh in states:
            shown, gone_s = self._shown.get(fresh.stream), withdrawn_s.get(fresh.stream, -math.inf)
            if shown is not None and _measured_s(shown.state.expected) <= gone_s:
                shown = None
            self._shown[fresh.stream] = next_shown(shown, fresh, at_s, self.rule)

    def shows(self, states: Iterable[StreamState]) -> tuple[StreamState, ...]:
        """What is shown, where `states` are the newest; without a hold these themselves."""
        if self.rule.hold_s <= 0:
            return tuple(states)
        return tuple(
            self._shown[state.stream].state if state.stream in self._shown else state for state in states
        )


def _figure(state: StreamState, rule: Rule) -> int | None:
    """The number that readers see move: the wait, or the lower bound where only that is shown."""
    if state.expected is None or state.state not in ("measured", "at_least"):
        return None
    if state.state == "at_least":
        return below(state.expected.low_s, rule.step_s)
    return nearest(state.expected.wait_s, rule.step_s)


def _measured_s(wait: Wait | None) -> float:
    return math.inf if wait is None else math.floor(wait.measured_at_s)
