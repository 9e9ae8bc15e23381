"""What makes a NATS server one of a cluster."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """Its name, where it takes the others, and where all of them are. Three of them keep all three times."""

    name: str
    listen: str
    routes: tuple[str, ...]

    def config(self) -> str:
        """Its block of nats.conf."""
        routes = ", ".join(f'"{route}"' for route in self.routes)
        return f'cluster {{ name: lanewatch, listen: "{self.listen}", routes: [{routes}] }}'
