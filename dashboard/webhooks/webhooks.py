"""All webhooks of central: looks at what is published once a second, tells receivers what happened."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence

from dashboard.feeds.values import Published, PublishedStream
from dashboard.webhooks.config import WebhookConfig
from dashboard.webhooks.message import message
from dashboard.webhooks.rules import Watch
from dashboard.webhooks.sending import USUAL, Patience, Receiver

LOOK_EVERY_S = 1.0


class Webhooks:
    """One thread that looks, one for each receiver that sends. `published` gives None before it can tell."""

    def __init__(
        self,
        configs: Sequence[WebhookConfig],
        published: Callable[[], Published | None],
        now: Callable[[], float],
        patience: Patience = USUAL,
    ) -> None:
        self._published = published
        self._now = now
        self._receivers = [Receiver(config, now, patience) for config in configs]
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
        """End; what was not sent is lost."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        for receiver in self._receivers:
            receiver.end()
        for receiver in self._receivers:
            receiver.stop(timeout_s / len(self._receivers))

    def look(self) -> None:
        """Tell the receivers what happened since the last look."""
        said, at_s = self._published(), self._now()
        if said is None:
            return
        for receiver in self._receivers:
            config = receiver.config
            for stream in _streams(said, config):
                watch = self._watches.setdefault((config.id, stream.direction), Watch(config))
                for happened in watch.see(stream, at_s):
                    receiver.put(message(config, happened, stream, secrets.token_hex(12), at_s))

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            self.look()


def _streams(said: Published, config: WebhookConfig) -> Iterator[PublishedStream]:
    for port in said.ports:
        if port.config.id == config.port:
            for direction in port.directions:
                stream = direction.stream(config.stream)
                if stream is not None and config.direction in (None, direction.config.id):
                    yield stream
