"""A broker that lets clients in, answers their pings, and takes no message. For tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CONNECT, SUBSCRIBE, PING = 0x10, 0x80, 0xC0
CONNACK, PINGRESP = b"\x20\x02\x00\x00", b"\xd0\x00"


class MuteBroker:
    """`connections` counts the clients that were let in."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more clients."""
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as stream:
            while head := stream.read(1):
                body = stream.read(_length(stream))
                self._answer(client, head[0] & 0xF0, body)

    def _answer(self, client: socket.socket, kind: int, body: bytes) -> None:
        if kind == CONNECT:
            self.connections += 1
            client.sendall(CONNACK)
        elif kind == SUBSCRIBE:
            client.sendall(b"\x90\x04" + body[:2] + b"\x00\x00")
        elif kind == PING:
            client.sendall(PINGRESP)


def _length(stream: object) -> int:
    value, shift = 0, 0
    while True:
        byte = stream.read(1)[0]  # type: ignore[attr-defined]
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value
        shift += 7


@contextmanager
def mute_broker() -> Iterator[MuteBroker]:
    """From its start to its end."""
    server = MuteBroker()
    try:
        yield server
    finally:
        server.close()
