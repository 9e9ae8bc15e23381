"""The shapes of our own feeds, for the description of the API; dashboard/feeds writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field
from msgspec.json import schema_components

from dashboard.feeds.geojson import PREFIXES

Seconds = Annotated[int, Meta(ge=0)]
Instant = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", description="UTC")]


class Expected(Struct):
    """Wait of one who joins the queue now; low and high hold 90 % of single vehicles."""

    wait_s: Annotated[Seconds | None, Meta(description="null where only a lower bound is known")]
    low_s: Seconds
    high_s: Seconds | None
    basis: list[Literal["queue", "balance", "match", "sign", "operator", "history"]]
    measured_at: Instant
    age_s: Seconds
    valid_until: Annotated[Instant, Meta(description="use the figure no longer than this")]


class Actual(Struct):
    """Wait of those who just reached the booth."""

    wait_s: Seconds
    low_s: Seconds
    high_s: Seconds
    vehicles: int
    measured_at: Instant


class ForecastPoint(Struct):
    """Expected wait of one who joins at `at`."""

    at: Instant
    wait_s: Seconds
    low_s: Seconds
    high_s: Seconds


class Queue(Struct):
    """How many stand in the queue, and how far it reaches; with `at_least` both are lower bounds."""

    vehicles: Annotated[
        int,
        Meta(description="standing in all its lanes, seen or not; reckoned from counts and views"),
    ]
    length_m: Annotated[
        float | None,
        Meta(
            description="of the longest lane, as cameras see it: from the booth line to the rear of the last "
            "vehicle that stands, the one at the booth included. So it may be a vehicle's length where "
            "`vehicles` is 0; null: no metres are measured"
        ),
    ]
    at_least: Annotated[bool, Meta(description="the queue goes beyond what cameras see")]


class FastBenefit(Struct):
    """What FAST saves against standard."""

    s: int
    low_s: int
    high_s: int


class Notice(Struct):
    """What the port's manager tells travellers; `direction` null: for the whole port."""

    direction: str | None
    en: str
    fr: str
    from_: Instant = field(name="from")
    until: Instant


class Lane(Struct):
    """One stream of one direction."""

    direction: str
    traffic: Literal["commercial", "passenger"]
    lane_class: Literal["fast", "standard", "nexus", "ready", "bus"] = field(name="class")
    state: Literal["measured", "at_least", "unknown", "closed", "not_offered"]
    reason: Annotated[str | None, Meta(description="why it is not simply measured")]
    lanes_open: int | None
    lanes_max: int | None
    hours: str | None
    redirected_to: Annotated[str | None, Meta(description="the class whose lanes serve it meanwhile")]
    expected: Annotated[Expected | None, Meta(description="null: no figure; never read it as no wait")]
    actual: Actual | None
    forecast: list[ForecastPoint]
    queue: Queue | None
    fast_benefit: FastBenefit | None


class Port(Struct):
    """One port; one entry in `lanes` per stream."""

    id: str
    name: str
    lanes: list[Lane]
    notices: list[Notice]


class WaitTimes(Struct):
    """The whole document."""

    generated_at: Instant
    ports: list[Port]


def schemas() -> dict[str, Any]:
    """The JSON schemas under `#/components/schemas/`, `WaitTimes` among them."""
    _, components = schema_components([WaitTimes], ref_template="#/components/schemas/{name}")
    return {**components, "WaitPoints": _points()}


def _points() -> dict[str, Any]:
    """`/feed/v1/wait-times.geojson`."""
    text, count = {"type": "string"}, {"type": ["integer", "null"], "minimum": 0}
    states = ["measured", "at_least", "unknown", "closed", "not_offered"]
    properties: dict[str, Any] = {name: text for name in ("port_number", "name", "direction", "notice")}
    for prefix, stream in PREFIXES.items():
        properties |= {
            f"{prefix}_min": {
                **count,
                "description": f"minutes of {stream}; null is not known, never no wait",
            },
            f"{prefix}_lo_min": count,
            f"{prefix}_hi_min": count,
            f"{prefix}_state": {"enum": states},
            f"{prefix}_measured_at": {"type": ["string", "null"], "format": "date-time"},
        }
    place = _object(
        {"type": {"const": "Point"}, "coordinates": {"type": "array", "items": {"type": "number"}}}
    )
    feature = {
        "type": {"const": "Feature"},
        "id": text,
        "geometry": {"anyOf": [place, {"type": "null"}]},
        "properties": _object(properties),
    }
    features = {"type": "array", "items": _object(feature)}
    told = "A point for each port and direction (RFC 7946)."
    return {"description": told, **_object({"type": {"const": "FeatureCollection"}, "features": features})}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
