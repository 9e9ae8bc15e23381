"""What makes a NATS server one of a cluster."""

from __future__ import annotations

from dataclasses import dataclass

USER = "member"


@dataclass(frozen=True, slots=True)
class Member:
    """Its name, where it takes the others (host:port), and where all of them are.

    Three of them keep all three times. `password` is what they know each other by: who may join is past all
    rights of nodes.
    """

    name: str
    listen: str
    places: tuple[str, ...]
    password: str

    def config(self) -> str:
        """Its block of nats.conf."""
        known = f'authorization {{ user: "{USER}", password: "{self.password}" }}'
        routes = ", ".join(f'"nats://{USER}:{self.password}@{place}"' for place in self.places)
        return f'cluster {{ name: lanewatch, listen: "{self.listen}", {known}, routes: [{routes}] }}'
