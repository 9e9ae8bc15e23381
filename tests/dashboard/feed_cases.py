"""A port and its board in every state, shared by the tests of feeds and pages."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.board import Board, DirectionView, LaneView, NodeView
from dashboard.config import CentralConfig
from dashboard.waits.state import ActualWait, State, StreamQueue, StreamState, Wait

NOW_S = datetime(2026, 11, 25, 15, 14, 30, tzinfo=UTC).timestamp()

CONFIG = CentralConfig.model_validate(
    {
        "operator": {"en": "Example Bridge Authority", "fr": "Régie du pont Exemple"},
        "ports": [
            {
                "id": "ambassador",
                "name": {"en": "Ambassador Bridge", "fr": "Pont Ambassador"},
                "location": [-83.07, 42.31],
                "directions": [
                    {
                        "id": "us_bound",
                        "timezone": "America/Detroit",
                        "into": "us",
                        "official": {"cbp_port_number": "380001"},
                        "streams": [
                            {
                                "traffic": "commercial",
                                "class": "fast",
                                "hours": "24 hrs/day",
                                "lanes_max": 2,
                                "when_closed": "standard",
                            },
                            {"traffic": "commercial", "class": "standard", "lanes_max": 6},
                            {"traffic": "passenger", "class": "standard"},
                            {"traffic": "passenger", "class": "nexus"},
                        ],
                        "lanes": [{"id": "b5", "serves": ["commercial/fast"], "node": "n07"}],
                    },
                    {
                        "id": "canada_bound",
                        "timezone": "America/Toronto",
                        "into": "ca",
                        "streams": [
                            {"traffic": "commercial", "class": "fast"},
                            {"traffic": "commercial", "class": "standard"},
                            {"traffic": "passenger", "class": "standard"},
                        ],
                    },
                ],
            }
        ],
    }
)

BARE = CentralConfig.model_validate(
    {
        "ports": [
            {
                "id": "peace",
                "name": {"en": "Peace Bridge"},
                "directions": [
                    {
                        "id": "canada_bound",
                        "into": "ca",
                        "streams": [
                            {"traffic": "commercial", "class": "fast"},
                            {"traffic": "commercial", "class": "standard"},
                        ],
                    },
                    {"id": "us_bound", "into": "us", "streams": [{"traffic": "commercial", "class": "fast"}]},
                ],
            }
        ],
    }
)


def wait(
    wait_s: float, low_s: float, high_s: float, *, age_s: float = 20.0, valid_for_s: float = 900.0
) -> Wait:
    """An expected wait measured `age_s` before NOW_S."""
    measured_at_s = NOW_S - age_s
    return Wait(wait_s, low_s, high_s, ("queue", "balance"), measured_at_s, measured_at_s + valid_for_s)


def state(stream: str, kind: State, expected: Wait | None = None, reason: str | None = None) -> StreamState:
    """A stream with two lanes open and six vehicles waiting where it is measured."""
    seen = kind in ("measured", "at_least")
    return StreamState(
        stream=stream,
        state=kind,
        reason=reason,
        lanes_open=2 if seen else None,
        expected=expected,
        actual=ActualWait(1250.0, 1100.0, 1400.0, 3, NOW_S - 60) if seen else None,
        queue=StreamQueue(6, 131.54, kind == "at_least") if seen else None,
    )


def board(
    *states: StreamState, direction: str = "us_bound", port: str = "ambassador", at_s: float = NOW_S
) -> Board:
    """A board of one direction with one lane and one node."""
    lane = LaneView(
        "b5", "booth", ("commercial/fast",), ("n07",), 6, 4, 88.2, False, None, 120, 114, 0.8, at_s
    )
    dark = LaneView(
        "b6", "booth", ("commercial/standard",), (), None, None, None, True, "dark", 0, None, None, None
    )
    node = NodeView("n07", True, at_s - 3, 812, 0)
    return Board(at_s, (DirectionView(port, direction, states, (lane, dark), (node,)),))


EMPTY = Board(NOW_S, ())

MEASURED = wait(1320.0, 1080.0, 1560.0)
"""22 minutes, 18 to 26."""

EVERY_STATE = board(
    state("commercial/fast", "measured", MEASURED),
    state("commercial/standard", "at_least", wait(3000.0, 2710.0, 4000.0)),
    state("passenger/standard", "unknown", wait(540.0, 400.0, 700.0, age_s=1500.0)),
    state("passenger/nexus", "closed", None, "lane sign"),
)
