"""Free ports for tests, which run beside each other."""

from __future__ import annotations

import itertools
import os
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack

FIRST_PORT, PORTS, WORKERS = 12000, 2500, 8


def free_port() -> int:
    """A loopback port that nobody uses now."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of so many loopback ports in a row that nobody uses now.

    Each worker of the tests goes round in a range of its own, below those that the system hands out, so that
    the port is still free when the program that it is for starts.
    """
    while True:
        first = next(_FIRSTS)
        try:
            with ExitStack() as stack:
                for port in range(first, first + count):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
        except OSError:
            continue
        return first


def _firsts() -> Iterator[int]:
    """Every tenth port of this worker's range, from a random one on: others may run the tests, too."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    own = range(FIRST_PORT + worker * PORTS, FIRST_PORT + (worker + 1) * PORTS, 10)
    begun = random.randrange(len(own))
    return itertools.cycle([*own[begun:], *own[:begun]])


_FIRSTS = _firsts()
