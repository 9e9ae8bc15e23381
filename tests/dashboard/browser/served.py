"""The real application behind a real socket, with a board and a clock of the test's choosing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI

from dashboard.board import Board, BoardHolder

START_WITHIN_S = 20.0

MakeApp = Callable[[BoardHolder, Callable[[], float]], FastAPI]
"""(holder, now) -> the application to serve."""


@dataclass(slots=True)
class Served:
    """The application at `url`; `post` shows it a new board, `stop` and `start` take it away and back.

    `now_s` stands still until the test moves it; None lets the real clock run.
    """

    make: MakeApp
    board: Board
    now_s: float | None
    holder: BoardHolder = field(init=False)
    port: int = 0
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.holder = BoardHolder(self.board)

    @property
    def url(self) -> str:
        """Address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def now(self) -> float:
        """UTC seconds, as the application reads them."""
        return time.time() if self.now_s is None else self.now_s

    def post(self, board: Board) -> None:
        """Show the next board."""
        self.holder.post(board)

    def start(self) -> None:
        """Listen, on the same port as before if there was one, and wait until it answers."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self.make(self.holder, self.now), log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        run = self._server.run
        self._thread = threading.Thread(target=lambda: run(sockets=[listener]), daemon=True)
        self._thread.start()
        waited_s = 0.0
        while not self._server.started:
            assert self._thread.is_alive(), "the server ended while it started"
            assert waited_s < START_WITHIN_S, "the server did not start"
            time.sleep(0.02)
            waited_s += 0.02

    def stop(self) -> None:
        """Close every connection and the socket."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(START_WITHIN_S)
        assert not self._thread.is_alive(), "the server did not end"
        self._server = self._thread = None
