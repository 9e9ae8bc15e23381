"""One port at one moment, the source of every example in the API's description."""

from __future__ import annotations

from dashboard.board import Board, DirectionView
from dashboard.config import CentralConfig
from dashboard.feeds.published import published
from dashboard.feeds.values import Published
from dashboard.waits.state import ActualWait, Forecast, StreamQueue, StreamState, Wait

AT_S = 1_795_620_870.0
"""2026-11-25T15:34:30Z."""

_FAST = {"traffic": "commercial", "class": "fast"}
_CONFIG = CentralConfig.model_validate(
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
                                "lanes_max": 2,
                                "when_closed": "standard",
                            },
                            {"traffic": "commercial", "class": "standard", "lanes_max": 6},
                        ],
                    },
                    {
                        "id": "canada_bound",
                        "timezone": "America/Toronto",
                        "into": "ca",
                        "streams": [_FAST],
                    },
                ],
            }
        ],
    }
)


def sample() -> Published:
    """A measured stream with its forecast, a lower bound, and a closed one."""
    measured_s = AT_S - 20
    fast = StreamState(
        stream="commercial/fast",
        state="measured",
        lanes_open=2,
        expected=Wait(750.0, 480.0, 1020.0, ("queue", "balance"), measured_s, measured_s + 900),
        actual=ActualWait(690.0, 600.0, 780.0, 3, AT_S - 60),
        forecast=(Forecast(AT_S + 900, 840.0, 480.0, 1260.0), Forecast(AT_S + 1800, 1140.0, 660.0, 1620.0)),
        queue=StreamQueue(6, 131.5, False),
    )
    standard = StreamState(
        stream="commercial/standard",
        state="at_least",
        reason="the queue goes beyond the view",
        lanes_open=4,
        expected=Wait(3300.0, 2700.0, 4500.0, ("queue",), measured_s, measured_s + 900),
        queue=StreamQueue(21, 155.0, True),
    )
    shut = StreamState("commercial/fast", "closed", "lane sign", 0, "standard")
    views = (
        DirectionView("ambassador", "us_bound", (fast, standard), (), ()),
        DirectionView("ambassador", "canada_bound", (shut,), (), ()),
    )
    return published(Board(AT_S, views), _CONFIG, AT_S)
