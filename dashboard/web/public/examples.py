"""What to write for a parameter of the API: ids of what is served here, so that an example answers."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.config import CentralConfig

ANY_PORT_NUMBER = "380001"
"""CBP numbers its ports with six digits; this one stands where no port here has a number."""

IDS = ("port", "direction", "stream")
"""These mean the same in a path and behind it."""


def parameter_examples(config: CentralConfig) -> Mapping[str, str]:
    """Name of a parameter -> an example, of the first port and its first direction."""
    number = _port_number(config)
    fixed = {
        "port_number": number,
        "part": "all",
        "pov": "-1",
        "cov": number,
        "ped": "-1",
        "country": "canada",
    }
    port = config.ports[0]
    direction = port.directions[0]
    lanes = [lane.id for one in port.directions for lane in one.lanes]
    known = {"port": port.id, "direction": direction.id, "stream": direction.streams[0].id}
    return fixed | known | ({"lane": lanes[0]} if lanes else {})


def _port_number(config: CentralConfig) -> str:
    numbers = (d.official.get("cbp_port_number") for p in config.ports for d in p.directions)
    return next(filter(None, numbers), ANY_PORT_NUMBER)
