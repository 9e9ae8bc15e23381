"""All metrics of one central, in a registry of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, ProcessCollector

from dashboard.access.guard import Guard
from dashboard.board import BoardHolder
from dashboard.broker.metrics import RefusalCollector
from dashboard.broker.refusals import Refusals
from dashboard.config import CentralConfig
from dashboard.metrics.board import BoardCollector
from dashboard.metrics.counts import IngestCounts
from dashboard.metrics.http import HttpCounts, add_metrics
from dashboard.metrics.plates import PlateCollector
from dashboard.metrics.state import OpenSlices, StateCollector, Takes, Troubles
from dashboard.metrics.turns import TurnTimes
from dashboard.plates.matching import Matching


class Metrics:
    """The registry and who counts into it. `now` gives UTC seconds, `tick` monotonic ones."""

    def __init__(
        self, config: CentralConfig, holder: BoardHolder, now: Callable[[], float], tick: Callable[[], float]
    ) -> None:
        self.registry = CollectorRegistry()
        self._now, self._tick = now, tick
        self.ingest = IngestCounts(self.registry, [port.id for port in config.ports])
        self.http = HttpCounts(self.registry)
        self.turns = TurnTimes(self.registry)
        ProcessCollector(registry=self.registry)
        self.registry.register(BoardCollector(holder, now))

    def watch(self, ingest: Takes, open_slices: OpenSlices, beside: Troubles = dict) -> None:
        """Tell how these are, and what runs beside, too."""
        self.registry.register(StateCollector(ingest, open_slices, beside, self._now))

    def watch_plates(self, matching: Matching) -> None:
        """Tell how matching of plates goes, too."""
        self.registry.register(PlateCollector(lambda: asdict(matching.counts), matching.held))

    def watch_broker(self, log: Path | None) -> None:
        """Tell what the broker refuses, too, if its log is here."""
        if log is not None:
            self.registry.register(RefusalCollector(Refusals(log)))

    def add_to(self, app: FastAPI, guard: Guard) -> None:
        """Serve them on /metrics."""
        add_metrics(app, guard, self.registry, self.http, self._tick)
