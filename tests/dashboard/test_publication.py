"""Which figure is shown when the engine's moves: rounded, steady against flicker, at once when it matters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.central import Central
from dashboard.config import CentralConfig, load_central
from dashboard.feeds.published import published
from dashboard.orders.book import OrderBook
from dashboard.orders.order import Order, Withdraw
from dashboard.portconfig import PublicationConfig
from dashboard.publication import Press, Rule, above, below, nearest, rule_of
from dashboard.waits.state import State, StreamState, Wait
from tests.dashboard.nodes import PORT_YAML
from tests.dashboard.test_central import T0, board_of, rows

FAST = "commercial/fast"
RULE = Rule()


@pytest.mark.parametrize(
    ("case", "wait_s", "step_s", "expected"),
    [
        ("half a minute rounds up", 90.0, 60, 120),
        ("less rounds down", 89.9, 60, 60),
        ("zero only below half a minute", 29.9, 60, 0),
        ("half a minute is no zero", 30.0, 60, 60),
        ("nor is it in large steps", 120.0, 300, 300),
        ("large steps", 1040.0, 300, 900),
        ("seconds", 89.4, 1, 89),
        ("never negative", -5.0, 60, 0),
    ],
)
def test_waits_are_rounded(case: str, wait_s: float, step_s: int, expected: int) -> None:
    assert nearest(wait_s, step_s) == expected


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e5), st.sampled_from([1, 5, 60, 300, 900]))
def test_rounding_never_narrows_the_interval(a: float, b: float, c: float, step_s: int) -> None:
    low_s, wait_s, high_s = sorted([a, b, c])
    assert below(low_s, step_s) <= low_s
    assert above(high_s, step_s) >= high_s
    assert below(low_s, step_s) <= nearest(wait_s, step_s) <= max(above(high_s, step_s), step_s)


@pytest.mark.parametrize(
    ("case", "config", "slice_s", "rule"),
    [
        ("service", {}, 60, Rule(60, 180.0, 120.0)),
        ("a demonstration in short slices", {}, 5, Rule(5, 15.0, 10.0)),
        ("as port.yaml says", {"step_s": 300, "change_s": 600, "hold_s": 0}, 5, Rule(300, 600.0, 0.0)),
    ],
)
def test_rules(case: str, config: dict[str, int], slice_s: int, rule: Rule) -> None:
    assert rule_of(PublicationConfig.model_validate(config), slice_s) == rule


def said(minutes: float, kind: State, end_s: float) -> StreamState:
    wait_s = 60.0 * minutes
    wait = Wait(wait_s, max(0.0, wait_s - 240), wait_s + 240, ("balance",), end_s, end_s + 900)
    return StreamState(FAST, kind, expected=None if kind == "closed" else wait)


def shown_of(
    told: list[tuple[float, State]], rule: Rule = RULE, withdrawn: dict[int, float] | None = None
) -> list[str]:
    """What is shown after each slice of 60 s: the minutes and the minute of measurement, or the state."""
    press, out = Press(rule), []
    for n, (minutes, kind) in enumerate(told):
        end_s = 60.0 * n
        press.step(
            [said(minutes, kind, end_s)],
            end_s,
            {FAST: (withdrawn or {})[n]} if n in (withdrawn or {}) else {},
        )
        (state,) = press.shows([said(minutes, kind, end_s)])
        wait = state.expected
        figure = "" if wait is None else f" {nearest(wait.wait_s, 60) // 60}@{wait.measured_at_s / 60:.0f}"
        out.append(f"{state.state}{figure}".removeprefix("measured "))
    return out


@pytest.mark.parametrize(
    ("case", "told", "shown"),
    [
        ("a small change waits for two minutes", [20, 21, 22, 22], ["20@0", "20@0", "22@2", "22@3"]),
        ("the same figure is confirmed by each measurement", [20, 20.2, 19.8], ["20@0", "20@1", "20@2"]),
        ("confirmation does not restart the two minutes", [20, 20, 21], ["20@0", "20@1", "21@2"]),
        ("three minutes are told at once", [20, 23, 22, 20], ["20@0", "23@1", "23@1", "20@3"]),
        ("flicker is not seen", [20, 21, 20, 21, 20], ["20@0", "20@0", "20@2", "21@3", "21@3"]),
        ("a slow rise is followed", [20, 21, 22, 23, 24], ["20@0", "20@0", "22@2", "22@2", "24@4"]),
    ],
)
def test_figures(case: str, told: list[float], shown: list[str]) -> None:
    assert shown_of([(minutes, "measured") for minutes in told]) == shown


@pytest.mark.parametrize(
    ("case", "told", "shown"),
    [
        ("closed at once", [(20, "measured"), (20, "closed")], ["20@0", "closed"]),
        ("measured at once", [(20, "closed"), (20, "measured")], ["closed", "20@1"]),
        ("only a bound at once", [(20, "measured"), (20, "at_least")], ["20@0", "at_least 20@1"]),
        ("unknown at once", [(20, "measured"), (20, "unknown")], ["20@0", "unknown 20@1"]),
        ("a bound waits too", [(20, "at_least"), (21, "at_least")], ["at_least 20@0", "at_least 20@0"]),
    ],
)
def test_states(case: str, told: list[tuple[float, State]], shown: list[str]) -> None:
    assert shown_of(told) == shown


def test_what_is_beside_the_figure_is_always_the_newest() -> None:
    press = Press(RULE)
    press.step([said(20, "measured", 0.0)], 0.0, {})
    newer = replace(said(21, "measured", 60.0), lanes_open=3, reason="why")
    press.step([newer], 60.0, {})
    (state,) = press.shows([newer])
    assert (state.lanes_open, state.reason) == (3, "why")
    assert state.expected is not None
    assert state.expected.wait_s == 1200.0


def test_without_a_hold_the_newest_is_shown() -> None:
    assert shown_of([(20, "measured"), (21, "measured")], Rule(60, 180.0, 0.0)) == ["20@0", "21@1"]


def test_after_a_withdrawal_the_next_measurement_is_shown() -> None:
    told: list[tuple[float, State]] = [(20, "measured"), (21, "measured"), (21.2, "measured")]
    assert shown_of(told, withdrawn={1: 0.0}) == ["20@0", "21@1", "21@2"]


@given(st.lists(st.floats(0, 200), min_size=1, max_size=30))
def test_no_figure_is_far_from_the_newest_or_old(told: list[float]) -> None:
    for n, text in enumerate(shown_of([(minutes, "measured") for minutes in told])):
        minutes, measured = (int(part) for part in text.split("@"))
        assert abs(60 * minutes - nearest(60 * told[n], 60)) < RULE.change_s
        assert n - measured < RULE.hold_s / 60


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CentralConfig:
    file = tmp_path_factory.mktemp("publication") / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    return load_central(file)


@settings(max_examples=20)
@given(pieces=st.lists(st.integers(1, 30), max_size=8))
def test_a_replay_publishes_what_was_published(config: CentralConfig, pieces: list[int]) -> None:
    """Live, the states are asked for between slices at any time; a replay asks once, at the end."""
    stored = rows(300)
    live, replayed = Central(config), Central(config)
    taken = 0
    for piece in pieces:
        live.take(stored[taken : taken + piece])
        taken = min(len(stored), taken + piece)
        if taken:
            live.estimate(stored[taken - 1].received_at_s + 0.5)
    live.take(stored[taken:])
    replayed.take(stored)
    live.close(T0 + 301)
    replayed.close(T0 + 301)
    live_said, replayed_said = (
        published(board_of(central, T0 + 301), config, T0 + 301) for central in (live, replayed)
    )
    assert live_said == replayed_said
    assert live_said.ports[0].directions[0].streams[0].expected is not None


def test_central_shows_the_figure_after_a_withdrawn_one(config: CentralConfig) -> None:
    central = Central(config)
    central.take(rows(60))
    shown_s = board_of(central, T0 + 61).directions[0].shown
    assert shown_s is not None
    assert shown_s[0].expected is not None
    withdrawn_s = shown_s[0].expected.measured_at_s
    what = Withdraw("us_bound", FAST, withdrawn_s)
    book = OrderBook([Order("testport", what, "anna", T0 + 61, T0 + 61, T0 + 900, None, 1)])
    central.obey(book)
    said = published(board_of(central, T0 + 61), config, T0 + 61, book)
    assert said.ports[0].directions[0].streams[0].reason == "withdrawn"
    central.take(rows(70)[len(rows(60)) :])
    said = published(board_of(central, T0 + 71), config, T0 + 71, book)
    assert said.ports[0].directions[0].streams[0].state == "measured"
