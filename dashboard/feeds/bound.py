"""Which directions each agency's format carries."""

from __future__ import annotations

from typing import Literal

from dashboard.feeds.values import PublishedDirection, PublishedPort
from dashboard.portconfig import DirectionConfig

Country = Literal["us", "ca"]
_BY_ID: dict[str, Country] = {"us_bound": "us", "canada_bound": "ca"}


def into(direction: DirectionConfig) -> Country | None:
    """The country it leads into: as port.yaml says, else by the usual ids; None where neither tells."""
    return direction.into or _BY_ID.get(direction.id)


def leading_into(port: PublishedPort, country: Country) -> tuple[PublishedDirection, ...]:
    """The directions of `port` that lead into `country`, and those of which nothing is known."""
    return tuple(d for d in port.directions if into(d.config) in (country, None))
