"""Three NATS servers that keep every message three times: one may die and the other two go on.

On one machine this is for trials and tests; config/cluster has the same for three machines.
"""

from __future__ import annotations

import secrets
import signal
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import structlog

from dashboard.broker.broker import Broker
from dashboard.broker.member import Member
from dashboard.broker.metrics import told_on
from dashboard.broker.natsbinary import BrokerError
from dashboard.logs import configure_logs
from edge.daemon.tries import Tries

SIZE = 3
LOOK_EVERY_S = 0.5

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server takes clients, and where the other servers find it."""

    host: str
    port: int
    routes_port: int


class Cluster:
    """Servers at three places, each with a folder of its own under `folder`.

    Raises: BrokerError, as Broker does.
    """

    def __init__(
        self,
        folder: Path,
        places: Sequence[Place],
        binary: Path | None = None,
        authority: Path | None = None,
    ) -> None:
        routes = tuple(f"{place.host}:{place.routes_port}" for place in places)
        password = secrets.token_urlsafe(24)
        self.brokers = [
            Broker(
                folder / f"n{n}",
                place.port,
                place.host,
                binary,
                authority,
                Member(f"lanewatch-{n}", route, routes, password),
            )
            for n, (place, route) in enumerate(zip(places, routes, strict=True), 1)
        ]
        self._tries = [Tries() for _ in self.brokers]

    def __enter__(self) -> Self:
        with ExitStack() as unless_all_start:
            unless_all_start.callback(self.stop)
            for broker in self.brokers:
                broker.start()
            unless_all_start.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End all."""
        for broker in self.brokers:
            broker.stop()

    def look_after(self) -> None:
        """Start those again that ended (they catch up from the others), and have all read changed rights.

        One that does not start is tried at each look; the others go on meanwhile.
        """
        for broker, tries in zip(self.brokers, self._tries, strict=True):
            broker.look_after()
            if broker.wait(0) is not None:
                _log.error("member_ended", url=broker.url, log=str(broker.folder / "nats.log"))
                broker.stop()
            if broker.pid is None:
                _start_again(broker, tries)


def _start_again(broker: Broker, tries: Tries) -> None:
    try:
        broker.start()
    except BrokerError as error:
        broker.stop()  # it may hold its folder
        if tries.ended(str(error)):
            _log.error("member_not_started", url=broker.url, error=str(error))
    else:
        tries.up()


def run_cluster(
    folder: Path,
    port: int,
    host: str,
    binary: Path | None = None,
    authority: Path | None = None,
    metrics_port: int | None = None,
) -> int:
    """Run three servers on `port` and the two ports above until SIGTERM or SIGINT; gives the exit code.

    `authority` and `metrics_port` as for one (`run_broker`).

    Raises: BrokerError, if one cannot be started.
    """
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    places = [Place(host, port + n, port + SIZE + n) for n in range(SIZE)]
    configure_logs()
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster(folder, places, binary, authority))
        stack.enter_context(told_on(metrics_port, *(broker.refusals for broker in cluster.brokers)))
        urls = ", ".join(broker.url for broker in cluster.brokers)
        print(f"cluster {urls}, its files in {folder.resolve()}; it takes ten seconds to agree", flush=True)
        while not asked.wait(LOOK_EVERY_S):
            cluster.look_after()
    return 0
