"""Which part of what nodes send an ingest takes: all of it, reports of some ports, or the signs of life."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from dashboard.config import CentralConfig
from edge.messages import TOPICS


@dataclass(frozen=True, slots=True)
class Share:
    """Topics by name; `ports` None: of every port. `role` begins the name of its session at the broker."""

    role: str
    names: tuple[str, ...]
    ports: tuple[str, ...] | None = None

    @property
    def has_reports(self) -> bool:
        """Whether reports come this way."""
        return "report" in self.names

    def filters(self) -> list[tuple[str, int]]:
        """Subscriptions, each with its QoS."""
        return [(topic_filter, 1) for topic_filter in self._filters()]

    def _filters(self) -> list[str]:
        if self.ports is None:
            return [TOPICS[name].every() for name in self.names]
        return [TOPICS[name].of(port, "+") for name in self.names for port in self.ports]

    def client_id(self, config: CentralConfig) -> str:
        """The same at every start, so that the broker keeps the session: one per store and ports."""
        ports = self.ports or tuple(port.id for port in config.ports)
        digest = hashlib.sha256("\n".join([config.store.url, *ports]).encode()).hexdigest()
        return f"{self.role}-{digest[:12]}"


REPORTS = ("report", "event")
READS = "reads"
"""Tokens of plates: they go to the matcher alone (dashboard/plates/), never to the store."""
WHOLE = Share("central", tuple(n for n, topic in TOPICS.items() if topic.writer == "node" and n != READS))
"""What `serve` takes."""

SIGNS = Share("signs", tuple(name for name in WHOLE.names if name not in REPORTS))
"""What `serve --no-ingest` takes: presence and health, which the broker retains."""


def of_worker(ports: tuple[str, ...]) -> Share:
    """What an ingest worker of these ports takes."""
    return Share("worker", REPORTS, tuple(sorted(ports)))
