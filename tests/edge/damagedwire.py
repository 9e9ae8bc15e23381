"""A wire to an RTSP server that damages pictures on their way: a proxy for RTP over TCP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

FRAME = ord("$")
RTP_HEADER_BYTES = 14
"""The header and the start of the payload stay, so that a packet is what it says but its picture is not."""


@contextmanager
def damaged_wire(port: int, every: int) -> Iterator[int]:
    """A port that leads to `port`; of each `every`-th packet that comes back the payload is damaged."""
    entry = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                client = entry.accept()[0]
                server = socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=_copy, args=(client, server), daemon=True).start()
                threading.Thread(target=_damage, args=(server, client, every), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield entry.getsockname()[1]
    finally:
        entry.close()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError), source, sink:
        while data := source.recv(65536):
            sink.sendall(data)


def _damage(source: socket.socket, sink: socket.socket, every: int) -> None:
    """Answers (text) pass as they are; of packets (`$`, channel, length) some are damaged."""
    number = 0
    with suppress(OSError), source, sink, source.makefile("rb") as stream:
        while mark := stream.read(1):
            if mark[0] != FRAME:
                sink.sendall(mark + stream.readline())
                continue
            head = stream.read(3)
            body = bytearray(stream.read(int.from_bytes(head[1:], "big")))
            number += 1
            if head[0] == 0 and number % every == 0:
                body[RTP_HEADER_BYTES:] = bytes(len(body[RTP_HEADER_BYTES:]))
            sink.sendall(mark + head + body)
