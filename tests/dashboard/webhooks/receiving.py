"""A real HTTP server that takes messages, and answers as a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dashboard.webhooks.config import WebhookConfig
from tests.dashboard.nodes import PATIENCE_S

SECRET = "a secret of more than sixteen letters"


@dataclass
class Inbox:
    """What came in; `answers` are the statuses of the next answers, 200 when they are used up."""

    port: int = 0
    location: str = ""
    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """Where to send."""
        return f"http://127.0.0.1:{self.port}/hook?key=quiet"

    def wait_for(self, n: int, within_s: float = PATIENCE_S) -> None:
        """Until `n` requests came in."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.bodies) >= n, within_s), (
                f"{len(self.bodies)} of {n} came"
            )


@contextmanager
def receiving(**settings: object) -> Iterator[Inbox]:
    """A server on a free port of this machine."""
    inbox = Inbox(**settings)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with inbox.came:  # noted before the answer, which lets the next message come
                status = inbox.answers.pop(0) if inbox.answers else 200
                self.send_response(status)
                if inbox.location:
                    self.send_header("Location", inbox.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
                inbox.bodies.append(body)
                inbox.signatures.append(self.headers["X-Lanewatch-Signature"])
                inbox.came.notify_all()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield inbox
    server.shutdown()
    server.server_close()
    thread.join(10)


def hook(url: str = "https://dispatch.example/hook", **settings: object) -> WebhookConfig:
    """A webhook on FAST of the Ambassador Bridge."""
    told = {"id": "dispatch", "url": url, "secret": SECRET, "port": "ambassador", "stream": "commercial/fast"}
    return WebhookConfig.model_validate({**told, "above_min": 30, **settings})
