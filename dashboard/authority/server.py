"""`lanewatch-port authority`: answers nodes that enrol or renew, over HTTPS with a certificate of our own."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import structlog
import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from dashboard.access.sign_in import address_of
from dashboard.authority.desk import Desk, RefusedError
from dashboard.authority.plates import PlateSecretError
from dashboard.liveness import WatchedServer, end_on_signal
from dashboard.logs import configure_logs
from dashboard.store.store import StoreAwayError
from dashboard.web.limits import BodyLimit, RateLimit
from dashboard.web.patience import allow_connections, patient
from dashboard.web.problems import ProblemError, add_problems
from edge.daemon.notify import Notifier
from edge.pairing import CA_PATH, ENROL_PATH, RENEW_PATH, EnrolRequest, Granted, RenewRequest

PER_S, BURST = 1.0, 30.0
monotonic = time.monotonic  # noqa: TID251 for the watchdog
Asked = TypeVar("Asked", EnrolRequest, RenewRequest)
log = structlog.get_logger("authority")


def make_app(desk: Desk) -> FastAPI:
    """The desk over HTTP."""
    app = FastAPI(title="lanewatch authority", docs_url=None, redoc_url=None, openapi_url=None)
    add_problems(app)

    @app.get(CA_PATH)
    def certificate() -> Response:
        return Response(desk.authority.pem, media_type="application/x-pem-file")

    @app.post(ENROL_PATH)
    async def enrol(request: Request) -> Response:
        asked = await _read(request, EnrolRequest)
        return await run_in_threadpool(_answer, desk.grant, asked, address_of(request))

    @app.post(RENEW_PATH)
    async def renew(request: Request) -> Response:
        asked = await _read(request, RenewRequest)
        return await run_in_threadpool(_answer, desk.renew, asked, address_of(request))

    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit, per_s=PER_S, burst=BURST)
    return app


def run_authority(desk: Desk) -> int:
    """Answer until SIGTERM or SIGINT; gives the exit code. Raises: OSError."""
    configure_logs()
    desk.write_broker_files()
    desk.reload_broker()
    where = urlsplit(desk.config.authority.url or "")
    folder = desk.broker_folder
    config = uvicorn.Config(
        make_app(desk),
        http=patient(lambda: log.debug("slow_client_closed")),
        host=desk.config.authority.listen,
        port=where.port or 443,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=folder / "server.crt",
        ssl_keyfile=folder / "server.key",
    )
    config.load()
    assert config.ssl is not None
    config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    notifier = Notifier()
    server = WatchedServer(config, notifier, (), monotonic, f"authority {desk.config.authority.url}")
    end_on_signal(server)
    allow_connections()
    server.run()
    notifier.stopping()
    return 0


async def _read(request: Request, kind: type[Asked]) -> Asked:
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.DecodeError as error:
        raise ProblemError(400, f"{error}.") from None


def _answer(act: Callable[[Asked, str], Granted], asked: Asked, address: str) -> Response:
    try:
        granted = act(asked, address)
    except RefusedError as error:
        raise ProblemError(403, str(error)) from None
    except StoreAwayError:
        raise ProblemError(503, "The database is away; try again in a moment.") from None
    except PlateSecretError as error:
        log.error("plate_secret_not_handed_over", error=str(error))
        detail = (
            "The port's secret for plates cannot be handed over; the authority's log says why. "
            "Once that is mended, try again: a code was not used up."
        )
        raise ProblemError(503, detail) from None
    return Response(
        msgspec.json.encode(granted), media_type="application/json", headers={"Cache-Control": "no-store"}
    )
