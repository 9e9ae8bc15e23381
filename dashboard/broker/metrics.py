"""What the broker refused, for Prometheus; the embedded one has a page of its own, on this machine only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from dashboard.broker.natsbinary import BrokerError
from dashboard.broker.refusals import Kind, Refusals

HOST = "127.0.0.1"


class RefusalCollector(Collector):
    """A counter with a sample for every kind of refusal, whether one came or not."""

    def __init__(self, *refusals: Refusals) -> None:
        self._refusals = refusals

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The samples of this moment, since the start; none when a log cannot be read."""
        refused = CounterMetricFamily(
            "lanewatch_broker_refused",
            "Connections, writes and reads that the broker refused.",
            labels=["kind"],
        )
        known = all([of_one.look() for of_one in self._refusals])
        for kind in get_args(Kind) if known else ():
            refused.add_metric([kind], sum(of_one.counts[kind] for of_one in self._refusals))
        yield refused


@contextmanager
def told_on(port: int | None, *refusals: Refusals) -> Iterator[None]:
    """Answer on `port` of the loopback address meanwhile; nothing without a port. Raises: BrokerError."""
    if port is None:
        yield
        return
    registry = CollectorRegistry()
    registry.register(RefusalCollector(*refusals))
    try:
        server, thread = start_http_server(port, HOST, registry)
    except OSError as error:
        raise BrokerError(
            f"port {port} of {HOST} cannot be used ({error.strerror}); give another by --metrics"
        ) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
