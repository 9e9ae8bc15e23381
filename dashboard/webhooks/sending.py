"""Sending: a bounded queue and a thread for each receiver, tried again less and less often."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore
import structlog
from tenacity import RetryCallState, RetryError, Retrying, retry_if_exception_type, wait_random_exponential

from dashboard.board import TroubleView
from dashboard.faults import reason
from dashboard.trouble import Trouble
from dashboard.webhooks.addresses import CheckedBackend, ForbiddenAddressError
from dashboard.webhooks.config import WebhookConfig
from dashboard.webhooks.message import SIGNATURE, Message, signature

log = structlog.get_logger("webhooks")

PART = "webhook"
TIMEOUTS = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 5.0}
KEEP_OPEN_S = 5.0
TRY_AGAIN_STATUSES = (408, 409, 421, 425, 429)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a message is worth trying: waits grow from `first_s` to `longest_s`, all within `give_up_s`
    of the moment when it was made, also over a restart."""

    first_s: float = 2.0
    longest_s: float = 300.0
    give_up_s: float = 3600.0
    waiting: int = 100


USUAL = Patience()


class TryAgainError(Exception):
    """It did not arrive now, and may arrive later."""


class RefusedError(Exception):
    """The receiver will not have it, however often it is sent."""


class Receiver:
    """One receiver's queue; the oldest message goes when it is full, for the newest is worth most.

    `over` is told the `id` of each message that need not be kept any longer.
    """

    def __init__(
        self,
        config: WebhookConfig,
        now: Callable[[], float],
        patience: Patience,
        backend: CheckedBackend | None = None,
        over: Callable[[str], None] = lambda message_id: None,
    ) -> None:
        self.config = config
        self._now = now
        self._over = over
        self._patience = patience
        self._pool = httpcore.ConnectionPool(
            max_connections=1,
            keepalive_expiry=KEEP_OPEN_S,
            network_backend=backend or CheckedBackend(config.allow_private),
        )
        self._waiting: queue.Queue[Message | None] = queue.Queue(patience.waiting)
        self._stopping = threading.Event()
        self._trouble = Trouble(now, PART, config.id, config.port)
        self._log = log.bind(webhook=config.id, host=urlsplit(config.url).hostname)
        self._thread = threading.Thread(target=self._run, name=f"webhook-{config.id}", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def trouble(self) -> TroubleView | None:
        """Why the newest message that was tried is not there yet, or never will be; None when one arrived."""
        return self._trouble.now

    def put(self, message: Message) -> None:
        """Send it when its turn comes; never waits."""
        while True:
            try:
                self._waiting.put_nowait(message)
            except queue.Full:
                self._drop_oldest()
            else:
                return

    def end(self) -> None:
        """Take up nothing more: it ends after the try in hand."""
        self._stopping.set()
        with suppress(queue.Full):
            self._waiting.put_nowait(None)

    def stop(self, timeout_s: float) -> None:
        """End, and wait for it."""
        self.end()
        self._thread.join(timeout_s)
        self.close()

    def close(self) -> None:
        """Close the connection, if there is one."""
        self._pool.close()

    def _drop_oldest(self) -> None:
        try:
            lost = self._waiting.get_nowait()
        except queue.Empty:
            return
        if lost is not None:
            self._log.error("webhook_queue_full", lost=lost.id)
            self._over(lost.id)

    def _run(self) -> None:
        while not self._stopping.is_set():
            message = self._waiting.get()
            if message is not None and not self._stopping.is_set():
                self._deliver(message)

    def _deliver(self, message: Message) -> None:
        told = self._log.bind(message=message.id, type=message.kind)
        if self._is_too_old(message):
            told.error("webhook_given_up", tries=0)
            self._over(message.id)
            return
        try:
            tries = self._tries(message)
            tries(self._try, message)
        except RetryError as error:
            if self._stopping.is_set():
                return
            told.error("webhook_given_up", tries=error.last_attempt.attempt_number)
            self._tell(error.last_attempt.exception())
        except (RefusedError, ForbiddenAddressError) as error:
            told.error("webhook_refused", why=str(error))
            self._tell(error, refused=True)
        else:
            told.info("webhook_sent", tries=tries.statistics.get("attempt_number"))
        self._over(message.id)

    def _is_too_old(self, message: Message) -> bool:
        return self._now() - message.made_at_s > self._patience.give_up_s

    def _tries(self, message: Message) -> Retrying:
        patience = self._patience
        return Retrying(
            retry=retry_if_exception_type(TryAgainError),
            wait=wait_random_exponential(multiplier=patience.first_s, max=patience.longest_s),
            stop=lambda state: self._stopping.is_set() or self._is_too_old(message),
            sleep=self._pause,
            before_sleep=self._tell_of_next_try,
        )

    def _tell_of_next_try(self, state: RetryCallState) -> None:
        failed = state.outcome.exception() if state.outcome else None
        self._tell(failed, next_s=self._now() + state.upcoming_sleep)

    def _pause(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def _try(self, message: Message) -> None:
        try:
            self.post(message)
        except TryAgainError as error:
            self._log.warning("webhook_try_failed", message=message.id, why=str(error))
            raise
        self._trouble.over()

    def _tell(self, error: object, *, refused: bool = False, next_s: float | None = None) -> None:
        self._trouble.tell(str(error), refused=refused, next_s=next_s)

    def post(self, message: Message) -> int:
        """One try, signed anew; gives the status.

        Raises: TryAgainError, RefusedError, ForbiddenAddressError.
        """
        secret = self.config.secret.get_secret_value()
        headers: dict[bytes | str, bytes | str] = {
            "Host": urlsplit(self.config.url).netloc,
            "Content-Type": "application/json",
            "Content-Length": str(len(message.body)),
            "User-Agent": "lanewatch",
            SIGNATURE: signature(secret, int(self._now()), message.body),
        }
        try:
            with self._pool.stream(
                "POST",
                self.config.url,
                headers=headers,
                content=message.body,
                extensions={"timeout": TIMEOUTS},
            ) as reply:
                status = reply.status
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise TryAgainError(_why(error)) from error
        _judge(status)
        return status


def _why(error: Exception) -> str:
    """Why there is no answer, in words."""
    if isinstance(error, httpcore.ReadTimeout | httpcore.WriteTimeout):
        return f"was reached and did not answer within {TIMEOUTS['read']:g} s"
    if isinstance(error, httpcore.TimeoutException):
        return f"cannot be reached (no answer within {TIMEOUTS['connect']:g} s)"
    cause = next((one for one in error.args if isinstance(one, OSError)), error)
    if isinstance(error, httpcore.ConnectError):
        return f"cannot be reached ({reason(cause)})"
    return f"was reached and gave no answer ({reason(cause)})"


def _judge(status: int) -> None:
    """Raises: TryAgainError, RefusedError, unless `status` says that the message was taken."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise RefusedError(f"redirects ({status}), which is not followed; enter the final address")
    if status < 500 and status not in TRY_AGAIN_STATUSES:
        raise RefusedError(f"answered {status}")
    raise TryAgainError(f"answered {status}")
