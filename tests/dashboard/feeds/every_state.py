"""One port with the same two commercial streams in both directions, in each state that can be told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.board import Board, DirectionView
from dashboard.config import CentralConfig
from dashboard.feeds.published import published
from dashboard.feeds.values import Published
from dashboard.orders.book import NO_ORDERS, OrderBook
from dashboard.orders.order import Hold, Order, Withdraw
from dashboard.waits.state import StreamState
from tests.dashboard.feed_cases import EMPTY, NOW_S, state, wait

STREAM, OTHER = "commercial/standard", "commercial/fast"

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
                        "id": direction,
                        "timezone": zone,
                        "into": country,
                        "official": official,
                        "streams": [
                            {"traffic": "commercial", "class": "standard"},
                            {"traffic": "commercial", "class": "fast"},
                        ],
                    }
                    for direction, zone, country, official in (
                        ("us_bound", "America/Detroit", "us", {"cbp_port_number": "380001"}),
                        (
                            "canada_bound",
                            "America/Toronto",
                            "ca",
                            {"cbsa_location": "Windsor, ON/Detroit, MI", "wsdot_name": "SR543"},
                        ),
                    )
                ],
            }
        ],
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """What the engine says of STREAM (None: no nodes at all), and what the manager ordered."""

    name: str
    said: StreamState | None
    book: OrderBook = NO_ORDERS

    def published(self) -> Published:
        """What may be said; OTHER is measured with 12 minutes in both directions."""
        if self.said is None:
            return published(EMPTY, CONFIG, NOW_S)
        states = (self.said, state(OTHER, "measured", wait(720.0, 600.0, 900.0, age_s=200)))
        views = tuple(
            DirectionView("ambassador", one, states, (), ()) for one in ("us_bound", "canada_bound")
        )
        return published(Board(NOW_S, views), CONFIG, NOW_S, self.book)


def _ordered(*ordered: Hold | Withdraw) -> OrderBook:
    return OrderBook(
        Order("ambassador", what, "anna", NOW_S - 5, NOW_S - 5, NOW_S + 600, None, n + 1)
        for n, what in enumerate(ordered)
    )


def _measured(wait_s: float) -> StreamState:
    return state(STREAM, "measured", wait(wait_s, 0.7 * wait_s, 1.4 * wait_s))


MEASURED_S = NOW_S - 20

CASES = (
    Case("measured", _measured(1320.0)),
    Case("under 10 minutes", _measured(300.0)),
    Case("zero", _measured(20.0)),
    Case("one minute", _measured(60.0)),
    Case("over an hour", _measured(3660.0)),
    Case("measured, lanes open not known", replace(_measured(1320.0), lanes_open=None)),
    Case("at least", state(STREAM, "at_least", wait(3000.0, 2710.0, 4000.0))),
    Case("at least, under 10 minutes", state(STREAM, "at_least", wait(900.0, 500.0, 4000.0))),
    Case("unknown", state(STREAM, "unknown", None, "no evidence that it is open")),
    Case("stale", state(STREAM, "measured", wait(1320.0, 1000.0, 1600.0, age_s=901))),
    Case("closed", state(STREAM, "closed", None, "lane sign")),
    Case("not offered", state(STREAM, "not_offered", None)),
    Case("held", _measured(1320.0), _ordered(Hold("us_bound", STREAM), Hold("canada_bound", STREAM))),
    Case(
        "withdrawn",
        _measured(1320.0),
        _ordered(Withdraw("us_bound", STREAM, MEASURED_S), Withdraw("canada_bound", STREAM, MEASURED_S)),
    ),
    Case("no nodes at all", None),
)
