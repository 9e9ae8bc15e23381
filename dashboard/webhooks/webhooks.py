"""All webhooks of central: looks at what is published once a second, tells receivers what happened.

A message is committed together with what the receiver was told by it before it is sent: after a kill it is
sent (again, with the same `id`), and nothing is told twice under another.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence

import structlog

from dashboard.board import TroubleView
from dashboard.feeds.values import Published, PublishedStream
from dashboard.store.store import StoreAwayError
from dashboard.webhooks.config import WebhookConfig
from dashboard.webhooks.message import message
from dashboard.webhooks.outbox import Outbox
from dashboard.webhooks.rules import Told, Watch
from dashboard.webhooks.sending import PART, USUAL, Patience, Receiver

LOOK_EVERY_S = 1.0

log = structlog.get_logger("webhooks")


class Webhooks:
    """One thread that looks, one for each receiver that sends. `published` gives None before it can tell."""

    def __init__(
        self,
        configs: Sequence[WebhookConfig],
        published: Callable[[], Published | None],
        now: Callable[[], float],
        outbox: Outbox,
        patience: Patience = USUAL,
    ) -> None:
        self._published = published
        self._now = now
        self._outbox = outbox
        self._receivers = [Receiver(config, now, patience, over=outbox.over) for config in configs]
        self._told: dict[tuple[str, str], Told] = {}
        self._watches: dict[tuple[str, str], Watch] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin; nothing runs where nothing is configured."""
        for receiver in self._receivers:
            receiver.start()
        if self._receivers:
            self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End; what was not sent is sent after the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        for receiver in self._receivers:
            receiver.end()
        for receiver in self._receivers:
            receiver.stop(timeout_s / len(self._receivers))

    def troubles(self) -> dict[str, TroubleView | None]:
        """By receiver, what keeps messages from it."""
        return {f"{PART}/{each.config.id}": each.trouble() for each in self._receivers}

    def resume(self) -> bool:
        """Go on where the process before ended; False while the database is away."""
        try:
            waiting, self._told = self._outbox.resume([receiver.config for receiver in self._receivers])
        except StoreAwayError as error:
            log.warning("webhooks_wait", error=str(error))
            return False
        for receiver in self._receivers:
            for one in waiting.get(receiver.config.id, ()):
                receiver.put(one)
        return True

    def look(self) -> None:
        """Tell the receivers what happened since the last look."""
        said, at_s = self._published(), self._now()
        if said is None:
            return
        for receiver in self._receivers:
            for stream in _streams(said, receiver.config):
                self._see(receiver, stream, at_s)

    def _see(self, receiver: Receiver, stream: PublishedStream, at_s: float) -> None:
        config, key = receiver.config, (receiver.config.id, stream.direction)
        if key not in self._watches:
            self._watches[key] = Watch(config, self._told.get(key, Told()))
        watch = self._watches[key]
        before = watch.told
        happened = watch.see(stream, at_s)
        messages = [message(config, one, stream, secrets.token_hex(12), at_s) for one in happened]
        if messages or watch.told != before:
            self._outbox.keep(config, stream.direction, watch.told, messages)
        for one in messages:
            receiver.put(one)

    def _run(self) -> None:
        resumed = self.resume()
        while not self._stopping.wait(LOOK_EVERY_S):
            resumed = resumed or self.resume()
            if resumed:
                self.look()


def _streams(said: Published, config: WebhookConfig) -> Iterator[PublishedStream]:
    for port in said.ports:
        if port.config.id == config.port:
            for direction in port.directions:
                stream = direction.stream(config.stream)
                if stream is not None and config.direction in (None, direction.config.id):
                    yield stream
