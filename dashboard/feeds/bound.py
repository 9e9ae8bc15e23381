"""Which directions each agency's format carries."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from dashboard.feeds.values import Published, PublishedDirection, PublishedPort, PublishedStream
from dashboard.portconfig import DirectionConfig

Country = Literal["us", "ca"]
_BY_ID: dict[str, Country] = {"us_bound": "us", "canada_bound": "ca"}


def into(direction: DirectionConfig) -> Country | None:
    """The country it leads into: as port.yaml says, else by the usual ids; None where neither tells."""
    return direction.into or _BY_ID.get(direction.id)


def leading_into(port: PublishedPort, country: Country) -> tuple[PublishedDirection, ...]:
    """The directions of `port` that lead into `country`, and those of which nothing is known."""
    return tuple(d for d in port.directions if into(d.config) in (country, None))


def carries(said: Published, country: Country) -> bool:
    """Whether a direction leads into `country`, or may."""
    return any(leading_into(port, country) for port in said.ports)


def bound_for(said: Published, country: Country) -> Published:
    """What may be said of waits into `country`.

    Where no direction leads there, every crossing stands in it with each figure unknown: a document without
    rows is taken for good news, and the other direction's figures are not those.
    """
    return (
        said
        if carries(said, country)
        else replace(said, ports=tuple(_turned(p, country) for p in said.ports))
    )


def _turned(port: PublishedPort, country: Country) -> PublishedPort:
    directions = (
        replace(
            direction,
            config=direction.config.model_copy(update={"into": country}),
            streams=tuple(map(_unknown, direction.streams)),
        )
        for direction in port.directions
    )
    return replace(port, directions=tuple(directions), notices=())


def _unknown(stream: PublishedStream) -> PublishedStream:
    return PublishedStream(stream.direction, stream.traffic, stream.lane_class, "unknown")
