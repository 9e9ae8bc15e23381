"""GeoJSON: flat properties, unknown as null."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.config import CentralConfig
from dashboard.feeds import geojson
from dashboard.feeds.published import published
from dashboard.waits.state import StreamState
from tests.dashboard.feed_cases import BARE, CONFIG, EMPTY, MEASURED, NOW_S, board, state, wait

FAST = "commercial/fast"
AT = "2026-11-25T15:14:10Z"


@pytest.mark.parametrize(
    ("case", "told", "expected"),
    [
        ("measured", state(FAST, "measured", MEASURED), (22, 18, 26, "measured", AT)),
        (
            "the range is widened",
            state(FAST, "measured", wait(600.0, 541.0, 659.0)),
            (10, 9, 11, "measured", AT),
        ),
        ("a measured zero", state(FAST, "measured", wait(0.0, 0.0, 0.0)), (0, 0, 0, "measured", AT)),
        ("a lower bound", state(FAST, "at_least", MEASURED), (None, 18, None, "at_least", AT)),
        ("unknown", state(FAST, "unknown"), (None, None, None, "unknown", None)),
        (
            "too old",
            state(FAST, "measured", wait(420.0, 0.0, 900.0, age_s=901.0)),
            (None, None, None, "unknown", None),
        ),
        ("closed", state(FAST, "closed"), (None, None, None, "closed", None)),
        ("not offered", state(FAST, "not_offered"), (None, None, None, "not_offered", None)),
    ],
)
def test_each_state(case: str, told: StreamState, expected: tuple[Any, ...]) -> None:
    properties = geojson.document(published(board(told), CONFIG, NOW_S))["features"][0]["properties"]
    keys = ("min", "lo_min", "hi_min", "state", "measured_at")
    assert tuple(properties[f"cv_fast_{key}"] for key in keys) == expected


@pytest.mark.parametrize("config", [CONFIG, BARE], ids=["full configuration", "bare configuration"])
def test_without_measurement_every_number_is_null(config: CentralConfig) -> None:
    features = geojson.document(published(EMPTY, config, NOW_S))["features"]
    assert len(features) == 2
    for feature in features:
        numbers = {key: value for key, value in feature["properties"].items() if key.endswith("_min")}
        assert len(numbers) == 15
        assert set(numbers.values()) == {None}


def test_a_feature_per_port_and_direction() -> None:
    first, second = geojson.document(published(EMPTY, CONFIG, NOW_S))["features"]
    assert (first["id"], second["id"]) == ("ambassador/us_bound", "ambassador/canada_bound")
    assert first["geometry"] == {"type": "Point", "coordinates": [-83.07, 42.31]}
    assert first["properties"]["port_number"] == "380001"
    bare = geojson.document(published(EMPTY, BARE, NOW_S))["features"][0]
    assert bare["geometry"] is None
