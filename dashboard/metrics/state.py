"""How central's own parts are at this moment: broker, database, ingest, roll-up, what runs beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

PART, DIRECTION = ("part",), ("port", "direction")


class Takes(Protocol):
    """Ingest, as far as it is asked here."""

    def troubles(self) -> dict[str, str | None]:
        """By part (`broker`, `database`), what keeps it from its work."""

    def horizon_s(self) -> float:
        """Every report that came before is committed."""

    def waiting(self) -> int:
        """Messages that wait for their COMMIT."""


Troubles = Callable[[], Mapping[str, object]]
"""By part, what keeps it from its work; None: nothing does."""

OpenSlices = Callable[[], dict[tuple[str, str], float]]
"""By port and direction, the start (UTC s) of the slice that is not closed yet."""


class StateCollector(Collector):
    """Gauges of the parts; `now` gives UTC seconds."""

    def __init__(
        self, ingest: Takes, open_slices: OpenSlices, beside: Troubles, now: Callable[[], float]
    ) -> None:
        self._ingest, self._open_slices, self._beside, self._now = ingest, open_slices, beside, now

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The names alone."""
        yield from _families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The samples of this moment."""
        up, lag, waiting, rollup = _families()
        for part, trouble in {**self._ingest.troubles(), **self._beside()}.items():
            up.add_metric([part], float(trouble is None))
        lag.add_metric([], max(0.0, self._now() - self._ingest.horizon_s()))
        waiting.add_metric([], float(self._ingest.waiting()))
        for (port, direction), open_s in self._open_slices().items():
            rollup.add_metric([port, direction], self._now() - open_s)
        yield from (up, lag, waiting, rollup)


def _families() -> tuple[GaugeMetricFamily, ...]:
    return (
        GaugeMetricFamily("lanewatch_up", "1: the part is there.", labels=PART),
        GaugeMetricFamily("lanewatch_ingest_lag_seconds", "Age of the batch that is not committed yet."),
        GaugeMetricFamily("lanewatch_ingest_waiting", "Messages that wait for their COMMIT."),
        GaugeMetricFamily(
            "lanewatch_rollup_lag_seconds",
            "Since the start of the slice that is still open.",
            labels=DIRECTION,
        ),
    )
