"""`wait-times.json`: what stands in it for every state, and when a figure is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.board import Board
from dashboard.config import CentralConfig
from dashboard.feeds.published import published
from dashboard.feeds.wait_times import wait_times
from dashboard.waits.state import ActualWait, Forecast, StreamState
from dashboard.web.pages import traveller_page
from tests.dashboard.feed_cases import BARE, CONFIG, EMPTY, EVERY_STATE, MEASURED, NOW_S, board, state, wait

KEYS = [
    *(
        "direction",
        "traffic",
        "class",
        "state",
        "reason",
        "lanes_open",
        "lanes_max",
        "hours",
        "redirected_to",
    ),
    *("expected", "actual", "forecast", "queue", "fast_benefit"),
]


def lane(said: dict[str, Any], traffic: str, lane_class: str, direction: str = "us_bound") -> dict[str, Any]:
    found = [
        entry
        for port in said["ports"]
        for entry in port["lanes"]
        if (entry["direction"], entry["traffic"], entry["class"]) == (direction, traffic, lane_class)
    ]
    assert len(found) == 1
    return dict(found[0])


def fast(one: StreamState, now_s: float = NOW_S) -> dict[str, Any]:
    return lane(wait_times(board(one), CONFIG, now_s), "commercial", "fast")


@pytest.mark.parametrize("config", [CONFIG, BARE], ids=["full configuration", "bare configuration"])
@pytest.mark.parametrize(
    "shown", [EMPTY, replace(EMPTY, at_s=0.0)], ids=["no rows on the board", "board never computed"]
)
def test_without_measurement_every_stream_is_there_and_unknown(config: CentralConfig, shown: Board) -> None:
    said = wait_times(shown, config, NOW_S)
    lanes = [entry for port in said["ports"] for entry in port["lanes"]]
    assert len(lanes) == sum(len(d.streams) for port in config.ports for d in port.directions)
    for entry in lanes:
        assert list(entry) == KEYS
        assert entry["state"] == "unknown"
        assert entry["reason"] == "no measurement yet"
        assert entry["expected"] is entry["actual"] is entry["queue"] is entry["fast_benefit"] is None
        assert entry["forecast"] == []


def test_a_measured_stream_carries_everything() -> None:
    assert wait_times(EVERY_STATE, CONFIG, NOW_S)["generated_at"] == "2026-11-25T15:14:30Z"
    assert lane(wait_times(EVERY_STATE, CONFIG, NOW_S), "commercial", "fast") == {
        "direction": "us_bound",
        "traffic": "commercial",
        "class": "fast",
        "state": "measured",
        "reason": None,
        "lanes_open": 2,
        "lanes_max": 2,
        "hours": "24 hrs/day",
        "redirected_to": None,
        "expected": {
            "wait_s": 1320,
            "low_s": 1080,
            "high_s": 1560,
            "basis": ["queue", "balance"],
            "measured_at": "2026-11-25T15:14:10Z",
            "age_s": 20,
            "valid_until": "2026-11-25T15:29:10Z",
        },
        "actual": {
            "wait_s": 1260,
            "low_s": 1080,
            "high_s": 1440,
            "vehicles": 3,
            "measured_at": "2026-11-25T15:13:30Z",
        },
        "forecast": [],
        "queue": {"vehicles": 6, "length_m": 131.5, "at_least": False},
        "fast_benefit": None,
    }


def test_a_lower_bound_has_neither_point_nor_upper_end() -> None:
    entry = lane(wait_times(EVERY_STATE, CONFIG, NOW_S), "commercial", "standard")
    assert (entry["state"], entry["forecast"]) == ("at_least", [])
    assert {key: entry["expected"][key] for key in ("wait_s", "low_s", "high_s")} == {
        "wait_s": None,
        "low_s": 2700,
        "high_s": None,
    }


@pytest.mark.parametrize(
    ("case", "kind", "reason", "redirected_to"),
    [
        ("closed sends FAST to the standard lanes", "closed", "lane sign", "standard"),
        ("not offered stays not offered", "not_offered", None, None),
        ("unknown keeps the engine's reason", "unknown", "no evidence that it is open", None),
    ],
)
def test_states_without_a_figure(case: str, kind: Any, reason: str | None, redirected_to: str | None) -> None:
    entry = fast(StreamState("commercial/fast", kind, reason, expected=MEASURED))
    assert entry["expected"] is None
    assert entry["state"] == kind
    assert entry["redirected_to"] == redirected_to
    if reason:
        assert entry["reason"] == reason


def test_a_wait_that_is_spent_in_the_lanes_of_others_says_in_whose() -> None:
    """None of the FAST booths is open, and the FAST trucks wait with the standard ones."""
    told = StreamState(
        "commercial/fast", "measured", "none of its booths is open", lanes_open=0,
        redirected_to="commercial/standard", expected=MEASURED,
    )  # fmt: skip
    entry = fast(told)
    assert (entry["state"], entry["reason"]) == ("measured", "none of its booths is open")
    assert (entry["lanes_open"], entry["redirected_to"]) == (0, "standard")


def test_what_was_measured_within_a_second_is_never_dated_after_it() -> None:
    """Rounded up, a time would lie in the future of whoever reads the feed at once."""
    late = NOW_S - 0.1
    one = replace(
        state("commercial/fast", "measured", replace(MEASURED, measured_at_s=late, valid_until_s=late + 900)),
        actual=ActualWait(1260.0, 1080.0, 1440.0, 3, late),
    )
    entry = fast(one, NOW_S + 0.9)
    assert entry["expected"]["measured_at"] == entry["actual"]["measured_at"] == "2026-11-25T15:14:29Z"
    assert (entry["expected"]["valid_until"], entry["expected"]["age_s"]) == ("2026-11-25T15:29:29Z", 1)
    withdrawn = published(board(one), CONFIG, NOW_S + 2000.9).ports[0].directions[0].streams[0]
    assert withdrawn.unknown_since_s == NOW_S + 899


@pytest.mark.parametrize(
    ("standard", "redirected_to"),
    [("measured", "standard"), ("unknown", "standard"), ("closed", None), ("not_offered", None)],
)
def test_nobody_is_sent_to_lanes_that_are_closed_too(standard: Any, redirected_to: str | None) -> None:
    told = board(
        StreamState("commercial/fast", "closed", "lane sign", redirected_to="commercial/standard"),
        StreamState("commercial/standard", standard, "", expected=MEASURED),
    )
    said = wait_times(told, CONFIG, NOW_S)
    assert lane(said, "commercial", "fast")["redirected_to"] == redirected_to
    page = traveller_page(published(told, CONFIG, NOW_S), "en", valid_s=900, in_trouble=False)
    assert ("Use the standard lanes" in page) == (redirected_to is not None)


@pytest.mark.parametrize(
    ("case", "later_s", "kind", "reason"),
    [
        ("fourteen minutes after the measurement it stands", 14 * 60, "measured", None),
        ("at valid_until it stands for the last time", 900, "measured", None),
        ("sixteen minutes after it is withdrawn", 16 * 60, "unknown", "last measured at 15:14Z"),
        ("two hours after it is withdrawn", 7200, "unknown", "last measured at 15:14Z"),
    ],
)
def test_a_figure_is_withdrawn_for_its_age(case: str, later_s: int, kind: str, reason: str | None) -> None:
    measured = board(state("commercial/fast", "measured", wait(900.0, 700.0, 1100.0, age_s=0.0)))
    fresh_board = replace(measured, at_s=NOW_S + later_s)
    for shown in (measured, fresh_board):
        entry = lane(wait_times(shown, CONFIG, NOW_S + later_s), "commercial", "fast")
        assert (entry["state"], entry["reason"]) == (kind, reason)
        assert (entry["expected"] is None) == (entry["queue"] is None) == (kind == "unknown")


def test_a_port_may_withdraw_earlier() -> None:
    strict = CONFIG.model_copy(update={"valid_s": 60})
    shown = board(state("commercial/fast", "measured", wait(900.0, 700.0, 1100.0, age_s=61.0)))
    assert lane(wait_times(shown, strict, NOW_S), "commercial", "fast")["expected"] is None


def test_a_closure_on_a_stale_board_is_no_evidence() -> None:
    stale = board(state("commercial/fast", "closed", None, "lane sign"), at_s=NOW_S - 901)
    assert lane(wait_times(stale, CONFIG, NOW_S), "commercial", "fast")["state"] == "unknown"


def test_a_stamp_from_the_future_has_age_zero() -> None:
    assert (
        fast(state("commercial/fast", "measured", wait(60.0, 0.0, 90.0, age_s=-7.0)))["expected"]["age_s"]
        == 0
    )


def fast_open(hours: str) -> CentralConfig:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["directions"][0]["streams"][0]["hours"] = hours
    return CentralConfig.model_validate(told)


def test_hours_close_a_stream_whatever_was_measured() -> None:
    config = fast_open("6 am-10 pm")
    shown = board(state("commercial/fast", "measured", wait(0.0, 0.0, 30.0)))
    night_s = NOW_S - (NOW_S % 86400) + 3 * 3600 + 5 * 60
    evening_s = night_s - 10 * 60
    at_night = replace(shown, at_s=night_s)
    assert lane(wait_times(at_night, config, night_s), "commercial", "fast")["state"] == "closed"
    assert lane(wait_times(EMPTY, config, evening_s), "commercial", "fast")["state"] == "unknown"


@pytest.mark.parametrize(
    ("case", "standard", "benefit"),
    [
        (
            "both measured: the sides add up as the root of squares",
            state("commercial/standard", "measured", wait(2400.0, 2000.0, 3000.0)),
            {"s": 1080, "low_s": 596, "high_s": 1726},
        ),
        (
            "standard only bounded",
            state("commercial/standard", "at_least", wait(2400.0, 2000.0, 3000.0)),
            None,
        ),
        ("standard unknown", state("commercial/standard", "unknown"), None),
    ],
)
def test_fast_benefit(case: str, standard: StreamState, benefit: dict[str, int] | None) -> None:
    said = wait_times(board(state("commercial/fast", "measured", MEASURED), standard), CONFIG, NOW_S)
    assert lane(said, "commercial", "fast")["fast_benefit"] == benefit
    assert lane(said, "commercial", "standard")["fast_benefit"] is None


def test_forecasts_of_the_past_are_dropped() -> None:
    points = (Forecast(NOW_S - 1, 60.0, 0.0, 90.0), Forecast(NOW_S + 600, 1200.4, 900.0, 1500.0))
    entry = fast(replace(state("commercial/fast", "measured", MEASURED), forecast=points))
    assert entry["forecast"] == [{"at": "2026-11-25T15:24:30Z", "wait_s": 1200, "low_s": 900, "high_s": 1500}]


def test_no_forecast_for_when_it_is_closed() -> None:
    points = tuple(Forecast(NOW_S + after_s, 1200.0, 900.0, 1500.0) for after_s in (900, 1800, 2700))
    shown = board(replace(state("commercial/fast", "measured", MEASURED), forecast=points))
    said = wait_times(shown, fast_open("6 am-10:45 am"), NOW_S)  # it is 10:14:30
    assert [point["at"] for point in lane(said, "commercial", "fast")["forecast"]] == [
        "2026-11-25T15:29:30Z",
        "2026-11-25T15:44:30Z",
    ]


@given(
    bounds=st.lists(st.floats(0, 40000), min_size=3, max_size=3).map(sorted),
    age_s=st.floats(-100, 3000),
    kind=st.sampled_from(["measured", "at_least", "unknown", "closed", "not_offered"]),
)
def test_no_figure_without_an_age_below_its_limit(bounds: list[float], age_s: float, kind: Any) -> None:
    low_s, wait_s, high_s = bounds
    entry = fast(state("commercial/fast", kind, wait(wait_s, low_s, high_s, age_s=age_s)))
    expected = entry["expected"]
    assert (expected is not None) == (entry["state"] in ("measured", "at_least"))
    if expected is None:
        assert entry["state"] != "unknown" or entry["reason"]
        return
    assert 0 <= expected["age_s"] <= 901
    if entry["state"] == "measured":
        assert 0 <= expected["low_s"] <= expected["wait_s"] <= expected["high_s"]
    else:
        assert expected["wait_s"] is None
        assert expected["high_s"] is None
