"""`lanewatch-port ingest`: the reports of some ports, in a process of its own, beside `serve --no-ingest`.

Each port belongs to one worker. When a worker dies the others go on; what it would have taken waits at the
broker and on the nodes, and is stored when it is back.
"""

from __future__ import annotations

import signal
import threading
import time

import structlog

from dashboard.board import Lack
from dashboard.config import CentralConfig
from dashboard.ingest.forgetting import forget_session
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.share import of_worker
from dashboard.liveness import Deaths
from dashboard.logs import configure_logs
from dashboard.store.store import Store, StoreAwayError
from edge.daemon.notify import Notifier, trouble_of

utc = time.time  # noqa: TID251 - a shell
monotonic = time.monotonic  # noqa: TID251

EVERY_S = 1.0
MISSING_AFTER_S = 15.0
STOP_WITHIN_S = 5.0
_MARK = "ingest:"

log = structlog.get_logger("worker")


class WorkerError(Exception):
    """The worker cannot run as asked: one line with the fix."""


class Workers:
    """What `serve --no-ingest` knows of the workers: each marks its ports in the store every second."""

    def __init__(self, config: CentralConfig, store: Store) -> None:
        self._ports = [port.id for port in config.ports]
        self._store = store
        self._begun_s: float | None = None

    def trouble(self, at_s: float) -> Lack | None:
        """The first port whose worker was not seen for long. Raises: StoreAwayError."""
        if self._begun_s is None:
            self._begun_s = at_s
        marks = self._store.marks(_MARK)
        for port in self._ports:
            silent_s = at_s - max(self._begun_s, marks.get(port, 0))
            if silent_s > MISSING_AFTER_S:
                return Lack("ingest", f"no ingest worker of port {port} was seen for {silent_s:.0f} s")
        return None


def run_worker(config: CentralConfig, ports: tuple[str, ...], *, forget: bool = False) -> int:
    """Take in the reports of `ports` until SIGTERM or SIGINT; gives the exit code.

    `forget` instead ends the worker's session at the broker, which then keeps nothing for it any more.

    Raises: WorkerError, StoreUrlError, BrokerConfigError, before anything runs.
    """
    share = of_worker(_known(config, ports))
    if forget:
        stays = forget_session(config.broker, share.client_id(config))
        if stays is not None:
            raise WorkerError(f"--forget: {stays}; mend `broker` or start it, and say it again")
        return 0
    store = Store(config.store.url)
    if store.dialect != "postgresql":
        raise WorkerError("store.url: several processes write; use postgresql://, or `serve` alone on SQLite")
    ingest = Ingest(config, store, utc, monotonic, lambda: None, share=share)
    configure_logs()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    deaths = Deaths(log, stopping.set)
    deaths.watch()
    notifier = Notifier()
    ingest.start()
    notifier.ready(f"taking in {', '.join(ports)}")
    log.info("taking_in", ports=list(ports))
    while not stopping.wait(EVERY_S):
        notifier.alive(monotonic(), lambda: trouble_of([ingest.pulse], monotonic()))
        if ingest.trouble() is None:
            _mark(store, ports)
    notifier.stopping()
    ingest.stop(STOP_WITHIN_S)
    store.close()
    log.info("ended")
    return deaths.exit_code


def _mark(store: Store, ports: tuple[str, ...]) -> None:
    try:
        store.mark({f"{_MARK}{port}": int(utc()) for port in ports})
    except StoreAwayError as error:
        log.warning("mark_waits", error=str(error))


def _known(config: CentralConfig, ports: tuple[str, ...]) -> tuple[str, ...]:
    named = [port.id for port in config.ports]
    if not ports:
        raise WorkerError(f"--ports: names none; port.yaml names {', '.join(named)}")
    for port in ports:
        if port not in named:
            raise WorkerError(f"--ports: {port} is not in port.yaml, which names {', '.join(named)}")
    return ports
