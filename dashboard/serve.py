"""`lanewatch-port serve`: ingest, waits and pages in one process. Clock, sockets and threads live here."""

from __future__ import annotations

import errno
import gc
import ipaddress
import socket
import ssl
import time

import structlog
import uvicorn
from fastapi import FastAPI

from dashboard.access.accounts import Accounts
from dashboard.access.guard import Guard
from dashboard.access.pages import add_access
from dashboard.access.sign_in import SignIn
from dashboard.accuracy.pairs import Pairs
from dashboard.board import Board, BoardHolder, Lack
from dashboard.config import CentralConfig, HttpConfig
from dashboard.faults import reason
from dashboard.ingest.link import BrokerConfigError
from dashboard.liveness import Deaths, WatchedServer, end_on_signal
from dashboard.logs import configure_logs
from dashboard.metrics.http import HttpCounts
from dashboard.metrics.metrics import Metrics
from dashboard.official.figures import Figures
from dashboard.orders.orders import Orders
from dashboard.parts import Parts
from dashboard.store.history import History
from dashboard.store.store import Store, StoreAwayError, StoreUrlError
from dashboard.web.app import make_app
from dashboard.web.patience import allow_connections, patient
from dashboard.zones import ZoneDataError
from edge.daemon.notify import Notifier

utc = time.time  # noqa: TID251 - the one clock of central
monotonic = time.monotonic  # noqa: TID251 - for intervals

STOP_WITHIN_S = 5.0

log = structlog.get_logger("serve")


class ServeError(Exception):
    """Central cannot be served as configured: one line that names the key and the fix."""


FAULTS = (BrokerConfigError, ServeError, StoreUrlError, ZoneDataError)
"""What can be wrong before anything runs."""


def serve(config: CentralConfig, *, takes_in: bool = True) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code. `takes_in` False: ingest workers fill the store.

    Raises: ServeError, StoreUrlError, BrokerConfigError, ZoneDataError, one line each, before anything runs.
    """
    store = Store(config.store.url)
    people = SignIn(store, utc)
    refuse_open_address(config.http, people.accounts)
    listener = listen(config.http)
    url = url_of(config.http, listener)
    starting = Lack("figures", "starting: reading back the last reports")
    holder = BoardHolder(Board(at_s=utc(), directions=(), trouble=starting))
    orders = Orders(store)
    metrics = Metrics(config, holder, utc, monotonic)
    metrics.watch_broker(config.authority.broker_log)
    parts = Parts(config, store, holder, orders, metrics, utc, monotonic, takes_in=takes_in)
    web = web_config(pages(config, store, holder, orders, metrics, people), config.http, metrics.http)
    notifier = Notifier()
    server = WatchedServer(web, notifier, parts.pulses(), monotonic, f"serving {url}")
    allow_connections()
    configure_logs()
    deaths = end_on_signal_or_fault(server)
    parts.start()
    gc.freeze()  # what is made by now stays: each look through all of it would hold up every thread
    log.info("serving", url=url)
    server.run(sockets=[listener])
    notifier.stopping()
    parts.stop(STOP_WITHIN_S)
    store.close()
    log.info("ended")
    return deaths.exit_code


def pages(
    config: CentralConfig,
    store: Store,
    holder: BoardHolder,
    orders: Orders,
    metrics: Metrics,
    people: SignIn,
) -> FastAPI:
    """Everything that is answered over HTTP. Raises: ZoneDataError."""
    guard = Guard(people)
    app = make_app(
        holder,
        config,
        utc,
        guard,
        orders=orders,
        history=History(store),
        figures=Figures(store),
        pairs=Pairs(store),
        store=store,
    )
    add_access(app, people, guard)
    metrics.add_to(app, guard)
    return app


def end_on_signal_or_fault(server: uvicorn.Server) -> Deaths:
    """SIGTERM and SIGINT end the server; so does a thread that dies of a fault."""

    def stop() -> None:
        server.should_exit = True

    deaths = Deaths(log, stop)
    deaths.watch()
    end_on_signal(server)
    return deaths


def web_config(app: FastAPI, http: HttpConfig, counts: HttpCounts) -> uvicorn.Config:
    """How the pages are served. Raises: ServeError, when certificate or key cannot be used."""
    config = uvicorn.Config(
        app,
        http=patient(counts.too_slow.inc),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        proxy_headers=bool(http.trusted_proxies),
        forwarded_allow_ips=list(http.trusted_proxies),
        ssl_certfile=http.certificate,
        ssl_keyfile=http.key,
    )
    try:
        config.load()
    except (ssl.SSLError, OSError) as error:
        raise ServeError(
            f"http.certificate, key: {http.certificate} cannot be used ({reason(error)}); "
            "give PEM files that fit"
        ) from None
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    return config


def refuse_open_address(http: HttpConfig, accounts: Accounts) -> None:
    """Raises: ServeError, where others can reach the pages and nobody could sign in safely.

    While the database is away nobody can be let in either, so that serving may begin.
    """
    addresses = _resolved(http)
    if all(ipaddress.ip_address(address[0].split("%")[0]).is_loopback for _, address in addresses):
        return
    missing = []
    try:
        if not accounts.any("admin"):
            missing.append("add an admin (lanewatch-port account add NAME --role admin --config port.yaml)")
    except StoreAwayError:
        log.warning("accounts_unknown", why="the database is away")
    if http.certificate is None and not http.trusted_proxies:
        missing.append("give http.certificate and http.key, or http.trusted_proxies")
    if missing:
        raise ServeError(
            f"http.host: {http.host} can be reached from outside: {' and '.join(missing)}; or use 127.0.0.1"
        )


def listen(http: HttpConfig) -> socket.socket:
    """A listening socket, also right after a kill. Raises: ServeError, when the port is taken."""
    family, address = _resolved(http)[0]
    try:
        return socket.create_server(address, family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem = f"http.port: {http.port} is taken; end what uses it or choose another port"
        else:
            problem = f"http: {http.host} port {http.port} cannot be used ({error.strerror}); choose another"
        raise ServeError(problem) from None


def _resolved(http: HttpConfig) -> list[tuple[int, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(http.host, http.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ServeError(f"http.host: {http.host} is no address of this machine; use 127.0.0.1") from None
    return [(family, (str(address[0]), int(address[1]))) for family, _, _, _, address in found]


def url_of(http: HttpConfig, listener: socket.socket) -> str:
    """Where a browser on this machine finds the pages."""
    host, port = listener.getsockname()[:2]
    named = f"[{host}]" if ":" in host else host
    return f"{'https' if http.certificate else 'http'}://{named}:{port}/"
