"""A thousand clients that send their requests byte by byte: the others are served, and the slow ones go."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.brokers import broker
from tests.dashboard.metrics.test_metrics import samples
from tests.dashboard.nodes import TestNode, report, until
from tests.dashboard.test_serve import serving

CLIENTS = 1000
pytestmark = pytest.mark.slow


@pytest.fixture
def many_files() -> Iterator[None]:
    """This test process, too, needs a thousand sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 3 * CLIENTS:
        pytest.skip(f"{hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3 * CLIENTS), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


HEADS = (
    b"GET /feed/v1/wait-times.json HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"",
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /hea",
)


async def drip(port: int, number: int) -> bool:
    """A byte a second until the server closes; True when it did."""
    head = HEADS[number % len(HEADS)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(OSError):
        writer.write(head)
        for _ in range(40):
            await asyncio.sleep(1)
            writer.write(b"a")
            await writer.drain()
            if reader.at_eof() or (number % len(HEADS) == 3 and await _closed(reader)):
                return True
    return True


async def _closed(reader: asyncio.StreamReader) -> bool:
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(reader.read(4096), 0.01) == b""
    return False


async def besiege(port: int, while_dripping: object) -> int:
    """Open all, do something meanwhile in a thread, wait for the end; gives how many were closed."""
    clients = [asyncio.create_task(drip(port, number)) for number in range(CLIENTS)]
    await asyncio.sleep(2)
    await asyncio.to_thread(while_dripping)  # type: ignore[arg-type]
    return sum(await asyncio.gather(*clients))


def test_a_thousand_slow_connections_stop_nobody(tmp_path: Path, many_files: None) -> None:
    with broker("nats", tmp_path / "broker") as port, serving(tmp_path, port) as served:
        assert until(served.is_ready), served.log()
        node = TestNode(port)

        def others() -> None:
            for seq in range(1, 6):
                assert served.get("/feed/v1/wait-times.json")[0] == 200
                assert served.get("/")[0] == 200
                node.send([report(seq)])
                assert until(lambda seq=seq: seq in node.receipted())

        closed = asyncio.run(besiege(served.http, others))
        node.close()
        assert closed == CLIENTS
        told = samples(served.get("/metrics")[1].decode())
        assert told["lanewatch_http_slow_closed_total", ()] >= 0.9 * CLIENTS
        assert told["process_open_fds", ()] < 200
        assert served.is_ready()
        assert served.end(15) == 0
