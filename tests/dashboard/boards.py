"""Ports in known states, for pictures and for tests in a browser."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.board import Board, DirectionView, LaneView, NodeView
from dashboard.config import CentralConfig
from dashboard.waits.state import Forecast, StreamQueue, StreamState
from tests.dashboard.feed_cases import CONFIG, NOW_S, state, wait

US, CA = "us_bound", "canada_bound"


def _second_and_third(config: CentralConfig) -> CentralConfig:
    told = config.model_dump(by_alias=True, mode="json")
    names = [("bluewater", "Blue Water Bridge", "Pont Blue Water"), ("peace", "Peace Bridge", "Pont Peace")]
    for port_id, english, french in names:
        port = CONFIG.model_dump(by_alias=True, mode="json")["ports"][0]
        for direction in port["directions"]:
            for lane in direction["lanes"]:
                lane["id"] = f"{port_id}-{lane['id']}"
        told["ports"].append({**port, "id": port_id, "name": {"en": english, "fr": french}})
    return CentralConfig.model_validate(told)


THREE_PORTS = _second_and_third(CONFIG)


def _long_names(config: CentralConfig) -> CentralConfig:
    told = config.model_dump(by_alias=True, mode="json")
    told["operator"] = {
        "en": "The Thousand Islands and Saint Lawrence Seaway International Bridge Authority",
        "fr": "L’Administration du pont international des Mille-Îles et de la voie maritime du Saint-Laurent",
    }
    told["ports"][0]["name"] = {
        "en": "Thousand Islands International Bridge at Lansdowne and Alexandria Bay",
        "fr": "Pont international des Mille-Îles, de Lansdowne à Alexandria Bay",
    }
    return CentralConfig.model_validate(told)


LONG_NAMES = _long_names(CONFIG)


def measured(stream: str, low: int, likely: int, high: int, ahead: tuple[int, ...] = ()) -> StreamState:
    """A measured stream in minutes; `ahead` are its forecasts of 15, 30, 45 and 60 minutes."""
    spread = (high - low) / 2
    points = tuple(
        Forecast(
            NOW_S + 900 * n, 60.0 * then, 60 * max(0, then - spread - 2 * n), 60 * (then + spread + 2 * n)
        )
        for n, then in enumerate(ahead, start=1)
    )
    told = state(stream, "measured", wait(60.0 * likely, 60.0 * low, 60.0 * high))
    vehicles = round(likely * 0.4)
    return replace(told, forecast=points, queue=StreamQueue(vehicles, vehicles * 21.5, False))


def at_least(stream: str, low: int) -> StreamState:
    """A queue beyond the view: a lower bound in minutes."""
    return state(stream, "at_least", wait(60.0 * low + 600, 60.0 * low, 60.0 * low + 1800))


def unknown(stream: str, why: str) -> StreamState:
    """Nothing is known, and why."""
    return state(stream, "unknown", None, why)


def closed(stream: str, why: str = "lane sign", elsewhere: str | None = None) -> StreamState:
    """Closed on evidence."""
    return replace(state(stream, "closed", None, why), redirected_to=elsewhere)


def board_of(*directions: tuple[str, str, tuple[StreamState, ...]], at_s: float = NOW_S) -> Board:
    """`(port, direction, streams)`, each with one lane and one node."""
    views = tuple(
        DirectionView(port, direction, streams, (_lane(at_s),), (NodeView("n07", True, at_s - 3, 812, 0),))
        for port, direction, streams in directions
    )
    return Board(at_s, views)


def _lane(at_s: float) -> LaneView:
    return LaneView(
        "b5", "booth", ("commercial/fast",), ("n07",), 6, 4, 88.2, False, None, 120, 114, 0.8, at_s
    )


FAST, STANDARD, CARS, NEXUS = (
    "commercial/fast",
    "commercial/standard",
    "passenger/standard",
    "passenger/nexus",
)

_US_LIVE = (
    measured(FAST, 8, 12, 16, (14, 19, 22, 24)),
    measured(STANDARD, 38, 47, 58, (44, 36, 28, 24)),
    measured(CARS, 4, 6, 9, (6, 7, 6, 5)),
    replace(state(NEXUS, "measured", wait(0.0, 0.0, 100.0)), queue=StreamQueue(0, 0.0, False)),
)
_CA_LIVE = (
    closed(FAST, "lane sign", STANDARD),
    measured(STANDARD, 18, 22, 26),
    measured(CARS, 11, 14, 18, (15, 21, 24, 27)),
)

LIVE = board_of(("ambassador", US, _US_LIVE), ("ambassador", CA, _CA_LIVE))
AT_LEAST = board_of(
    (
        "ambassador",
        US,
        (measured(FAST, 8, 12, 16), at_least(STANDARD, 45), at_least(CARS, 20), closed(NEXUS)),
    ),
    ("ambassador", CA, (at_least(FAST, 12), at_least(STANDARD, 60), measured(CARS, 11, 14, 18))),
)
CLOSED = board_of(
    (
        "ambassador",
        US,
        (closed(FAST, elsewhere=STANDARD), closed(STANDARD, "operator"), closed(CARS), closed(NEXUS)),
    ),
    ("ambassador", CA, (closed(FAST, "outside its hours", STANDARD), closed(STANDARD), closed(CARS))),
)
UNKNOWN = board_of(
    (
        "ambassador",
        US,
        (
            unknown(FAST, "no evidence that it is open"),
            state(STANDARD, "unknown", wait(2800.0, 2300.0, 3400.0, age_s=1500.0)),
            unknown(CARS, "no lane measures it"),
            unknown(NEXUS, "held"),
        ),
    ),
    ("ambassador", CA, (unknown(FAST, "not measured lately"), unknown(STANDARD, "no measurement yet"))),
)
SEVERAL = board_of(
    ("ambassador", US, _US_LIVE),
    ("ambassador", CA, _CA_LIVE),
    (
        "bluewater",
        US,
        (measured(FAST, 3, 5, 8), at_least(STANDARD, 45), measured(CARS, 20, 24, 29), closed(NEXUS)),
    ),
    ("bluewater", CA, (measured(FAST, 6, 8, 11), measured(STANDARD, 12, 15, 19), measured(CARS, 5, 7, 9))),
    (
        "peace",
        US,
        (unknown(FAST, "held"), measured(STANDARD, 25, 30, 36), measured(CARS, 9, 11, 14), closed(NEXUS)),
    ),
    (
        "peace",
        CA,
        (measured(FAST, 2, 4, 6), measured(STANDARD, 7, 9, 12), unknown(CARS, "not measured lately")),
    ),
)

CROWDED = board_of(
    (
        "ambassador",
        US,
        (
            measured(FAST, 95, 118, 145, (124, 139, 152, 164)),
            measured(STANDARD, 228, 271, 333, (280, 285, 290, 301)),
            at_least(CARS, 190),
            unknown(NEXUS, "its booths serve other classes"),
        ),
    ),
    (
        "ambassador",
        CA,
        (
            closed(FAST, "outside its hours", STANDARD),
            measured(STANDARD, 60, 75, 90),
            unknown(CARS, "camera moved"),
        ),
    ),
)
"""Waits of hours at a port of long names."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A board as read at `now_s`."""

    board: Board
    now_s: float = NOW_S
    config: CentralConfig = CONFIG


SCENES = {
    "live": Scene(LIVE),
    "at-least": Scene(AT_LEAST),
    "closed": Scene(CLOSED),
    "unknown": Scene(UNKNOWN),
    "stale": Scene(LIVE, NOW_S + 1500),
    "several": Scene(SEVERAL, config=THREE_PORTS),
    "crowded": Scene(CROWDED, config=LONG_NAMES),
    "first-day": Scene(Board(NOW_S, ())),
}
