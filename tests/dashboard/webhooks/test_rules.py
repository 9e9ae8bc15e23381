"""When a receiver is told: minutes in a row -> what is said at each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dashboard.feeds.values import PublishedStream, PublishedWait
from dashboard.waits.state import State
from dashboard.webhooks.rules import Told, Watch
from tests.dashboard.webhooks.receiving import SECRET, hook

AT_LEAST_40, UNKNOWN, CLOSED = "at least 40", "unknown", "closed"


def stream(told: float | str) -> PublishedStream:
    """A wait in minutes, or one of the words."""
    state: State = "measured"
    wait_s, low_s = None, 0
    if told == AT_LEAST_40:
        state, low_s = "at_least", 2400
    elif told == UNKNOWN:
        state = "unknown"
    elif told == CLOSED:
        state = "closed"
    else:
        wait_s = low_s = round(60 * float(told))
    expected = (
        PublishedWait(wait_s, low_s, wait_s, ("queue",), 0, 0, 900)
        if state in ("measured", "at_least")
        else None
    )
    return PublishedStream("us_bound", "commercial", "fast", state, expected=expected)


def said(watch: Watch, told: list[float | str], step_s: float = 60.0) -> list[str]:
    """`step: kind` for everything that was told."""
    return [
        f"{n}: {happened.kind}"
        for n, one in enumerate(told)
        for happened in watch.see(stream(one), 1000 + n * step_s)
    ]


@pytest.mark.parametrize(
    ("case", "settings", "told", "expected"),
    [
        ("nothing while it is short", {}, [5, 29, 10], []),
        ("once when it reaches the limit", {}, [29, 30, 31, 45], ["1: wait.above"]),
        ("at once where it is above at the start", {}, [45, 46], ["0: wait.above"]),
        ("no flapping around the limit", {}, [29, 30, 29, 31, 28, 30, 26], ["1: wait.above"]),
        (
            "over when it fell by the hysteresis",
            {},
            [31, 26, 25, 24],
            ["0: wait.above", "2: wait.above.ended"],
        ),
        (
            "again after it was over",
            {},
            [31, 20, 33],
            ["0: wait.above", "1: wait.above.ended", "2: wait.above"],
        ),
        ("a lower bound can be above", {}, [10, AT_LEAST_40], ["1: wait.above"]),
        ("a lower bound ends nothing", {"above_min": 60}, [61, AT_LEAST_40, 61], ["0: wait.above"]),
        ("unknown and closed end nothing", {}, [31, UNKNOWN, CLOSED, 31], ["0: wait.above"]),
        ("unknown begins nothing", {}, [UNKNOWN, UNKNOWN], []),
        (
            "without hysteresis just below is over",
            {"hysteresis_min": 0},
            [30, 29.9, 30],
            ["0: wait.above", "1: wait.above.ended", "2: wait.above"],
        ),
        (
            "a hysteresis beyond zero ends at no wait",
            {"above_min": 3, "hysteresis_min": 5},
            [4, 1, 0],
            ["0: wait.above", "2: wait.above.ended"],
        ),
        (
            "below, with the same care",
            {"above_min": None, "below_min": 10},
            [12, 9, 11, 8, 14.9, 15, 9],
            ["1: wait.below", "5: wait.below.ended", "6: wait.below"],
        ),
        ("a lower bound is below nothing", {"above_min": None, "below_min": 50}, [AT_LEAST_40], []),
        (
            "a lower bound ends what is below",
            {"above_min": None, "below_min": 20},
            [10, AT_LEAST_40],
            ["0: wait.below", "1: wait.below.ended"],
        ),
        (
            "states are told when asked for",
            {"on_state": True},
            [5, CLOSED, CLOSED, 5, 5],
            ["2: state.changed", "4: state.changed"],
        ),
        ("a state that does not last is not", {"on_state": True}, [5, UNKNOWN, 5, CLOSED, 5], []),
        ("the first state is not told", {"on_state": True}, [CLOSED, CLOSED, CLOSED], []),
        ("at once without settling", {"on_state": True, "settle_s": 0}, [5, CLOSED], ["1: state.changed"]),
    ],
)
def test_what_is_told(
    case: str, settings: dict[str, Any], told: list[float | str], expected: list[str]
) -> None:
    assert said(Watch(hook(**settings)), told) == expected


def test_a_change_of_state_names_the_state_before() -> None:
    watch = Watch(hook(on_state=True, settle_s=0))
    watch.see(stream(5), 0)
    assert [happened.before for happened in watch.see(stream(CLOSED), 1)] == ["measured"]


@given(st.lists(st.floats(0, 120) | st.sampled_from([AT_LEAST_40, UNKNOWN, CLOSED]), max_size=60))
def test_beginning_and_end_take_turns(told: list[float | str]) -> None:
    kinds = [line.split(": ")[1] for line in said(Watch(hook()), told)]
    assert kinds == ["wait.above", "wait.above.ended"] * (len(kinds) // 2) + ["wait.above"] * (len(kinds) % 2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"above_min": None}, "tells nothing"),
        ({"secret": "short"}, "openssl rand -hex 32"),
        ({"url": "http://dispatch.example/"}, "must be https"),
        ({"url": "ftp://dispatch.example/"}, "no web address"),
        ({"url": "https://"}, "no web address"),
        ({"url": "https://dispatch.example:99999/"}, "no web address"),
        ({"url": "https://müller.example/"}, "no web address"),
        ({"url": "https://[::1/"}, "no web address"),
        ({"url": "https://me:word@dispatch.example/"}, "neither user, password"),
        ({"above": 3}, "Extra inputs"),
    ],
)
def test_what_cannot_work_is_told_at_once(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as raised:
        hook(**settings)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("case", "settings", "before", "after", "expected"),
    [
        ("a wait that stays above is not told again", {}, [45], [45, 46], []),
        ("one that fell meanwhile is", {}, [45], [10], ["0: wait.above.ended"]),
        ("one that rose meanwhile is", {}, [10], [45], ["0: wait.above"]),
        ("below as well", {"above_min": None, "below_min": 10}, [5], [6, 20], ["1: wait.below.ended"]),
        ("a state that changed meanwhile", {"on_state": True}, [45], [CLOSED, CLOSED], ["1: state.changed"]),
        ("a state that did not", {"on_state": True}, [CLOSED], [CLOSED, CLOSED], []),
    ],
)
def test_a_watch_goes_on_after_a_restart(
    case: str, settings: dict[str, Any], before: list[float | str], after: list[float | str], expected: Any
) -> None:
    config = hook(**settings)
    first = Watch(config, Told())
    said(first, before)
    assert said(Watch(config, first.told), after) == expected
