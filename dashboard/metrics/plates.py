"""How matching of plates goes: counts alone, and how many tokens are held at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


class PlateCollector(Collector):
    """`results`: what became of reads, by name; `held`: tokens in memory now."""

    def __init__(self, results: Callable[[], Mapping[str, int]], held: Callable[[], int]) -> None:
        self._results, self._held = results, held

    def describe(self) -> Iterator[Metric]:
        """The names alone."""
        yield from _families()

    def collect(self) -> Iterator[Metric]:
        """The samples of this moment."""
        reads, held = _families()
        for result, times in self._results().items():
            reads.add_metric([result], float(times))
        held.add_metric([], float(self._held()))
        yield from (reads, held)


def _families() -> tuple[CounterMetricFamily, GaugeMetricFamily]:
    return (
        CounterMetricFamily(
            "lanewatch_plate_reads", "Reads of plates, by what became of them.", labels=["result"]
        ),
        GaugeMetricFamily("lanewatch_plate_tokens_held", "Tokens of plates that wait in memory for a match."),
    )
