"""WSDOT's crossings: waits into Canada, -1 for everything that is not a wait."""

from __future__ import annotations

import pytest

from dashboard.config import CentralConfig
from dashboard.feeds import wsdot
from dashboard.feeds.published import published
from dashboard.waits.state import StreamState
from tests.dashboard.feed_cases import BARE, CONFIG, EMPTY, EVERY_STATE, MEASURED, NOW_S, board, state, wait

STANDARD = "commercial/standard"


def pacific_highway() -> CentralConfig:
    told = CONFIG.model_dump(by_alias=True)
    direction = told["ports"][0]["directions"][1]
    direction["timezone"] = "America/Vancouver"
    direction["official"] = {"wsdot_name": "SR543", "wsdot_road": "543"}
    return CentralConfig.model_validate(told)


@pytest.mark.parametrize(
    ("case", "told", "expected"),
    [
        ("measured", state(STANDARD, "measured", MEASURED), 22),
        ("a measured zero", state(STANDARD, "measured", wait(0.0, 0.0, 60.0)), 0),
        ("a lower bound", state(STANDARD, "at_least", MEASURED), -1),
        ("unknown", state(STANDARD, "unknown"), -1),
        ("too old", state(STANDARD, "measured", wait(420.0, 0.0, 900.0, age_s=901.0)), -1),
        ("closed", state(STANDARD, "closed"), -1),
        ("not offered is left out", state(STANDARD, "not_offered"), None),
    ],
)
def test_each_state(case: str, told: StreamState, expected: int | None) -> None:
    rows = wsdot.document(published(board(told, direction="canada_bound"), pacific_highway(), NOW_S))
    found = [row["WaitTime"] for row in rows if row["CrossingName"] == "SR543Trucks"]
    assert found == ([] if expected is None else [expected])


def test_a_row() -> None:
    shown = board(state("commercial/fast", "measured", MEASURED), direction="canada_bound")
    row = wsdot.document(published(shown, pacific_highway(), NOW_S))[0]
    assert row == {
        "BorderCrossingLocation": {
            "Description": "Ambassador Bridge Trucks FAST",
            "Direction": None,
            "Latitude": 42.31,
            "Longitude": -83.07,
            "MilePost": 0,
            "RoadName": "543",
        },
        "CrossingName": "SR543TrucksFast",
        "Time": "/Date(1795619650000-0700)/",
        "WaitTime": 22,
    }


def test_without_official_names_and_place() -> None:
    rows = wsdot.document(published(EMPTY, BARE, NOW_S))
    assert [row["CrossingName"] for row in rows] == ["Peace BridgeTrucksFast", "Peace BridgeTrucks"]
    assert {row["BorderCrossingLocation"] for row in rows} == {None}
    assert {row["WaitTime"] for row in rows} == {-1}


def test_figures_into_the_united_states_are_not_carried() -> None:
    rows = wsdot.document(published(EVERY_STATE, CONFIG, NOW_S))
    assert {row["WaitTime"] for row in rows} == {-1}
