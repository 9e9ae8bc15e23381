"""`serve` from a report to the public event, with a hold between, over two real brokers."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.brokers import broker
from tests.dashboard.events.test_events import Reader
from tests.dashboard.nodes import TestNode, until
from tests.dashboard.test_serve import Served, live_report

pytestmark = pytest.mark.slow

HOLD = {"action": "hold", "direction": "us_bound", "stream": "commercial/fast"}
TOPIC = "waits/v1/testport/us_bound/commercial/fast"


def ordered(served: Served, body: dict[str, str]) -> int:
    """Status of an order of the manager on this machine."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{served.http}/api/v1/ports/testport/publication",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return int(reply.status)


def public_broker_up(served: Served) -> str:
    """What /metrics says of it."""
    with urllib.request.urlopen(f"http://127.0.0.1:{served.http}/metrics", timeout=10) as reply:
        (line,) = [one for one in reply.read().decode().splitlines() if 'part="public_broker"' in one]
    return str(line.split()[-1])


def equipment(served: Served) -> str:
    """What the desk shows."""
    where = f"http://127.0.0.1:{served.http}/manager/ports/testport/equipment"
    with urllib.request.urlopen(where, timeout=10) as reply:
        return str(reply.read().decode())


def test_from_report_to_event_with_a_hold_between(tmp_path: Path) -> None:
    with broker("mosquitto", tmp_path / "nodes") as nodes, ending(Served(tmp_path, nodes)) as served:
        with broker("mosquitto", tmp_path / "public") as public:
            text = served.file.read_text()
            served.file.write_text(f"public_broker: {{url: 'mqtt://127.0.0.1:{public}'}}\n{text}")
            served.start()
            reader = Reader(public)

            def data() -> dict[str, Any]:
                found: dict[str, Any] = reader.last.get(TOPIC, {}).get("data", {})
                return found

            assert until(lambda: data().get("state") == "unknown"), served.log()
            assert until(served.is_ready), served.log()
            start_s = time.time() // 5 * 5 - 120
            for node_id, lane in (("n1", "b1"), ("n2", "b2")):
                node = TestNode(nodes, node_id)
                node.send(live_report(seq, start_s, node_id, lane) for seq in range(1, 25))
                assert until(lambda node=node: len(node.receipted()) == 24)
                node.close()
            assert until(lambda: data().get("state") == "measured"), (data(), served.log())
            assert ordered(served, HOLD) == 200
            assert until(lambda: data().get("reason") == "held"), data()
            assert data()["expected"] is None
            assert ordered(served, HOLD | {"action": "release"}) == 200
            assert until(lambda: data().get("state") == "measured"), data()
            assert public_broker_up(served) == "1.0"
            assert "Broker for the public" not in equipment(served)
            reader.close()
        assert until(lambda: public_broker_up(served) == "0.0"), "its trouble is told"
        assert until(lambda: f"The broker at 127.0.0.1:{public} cannot be reached." in equipment(served))
        assert served.is_ready(), "the public broker is gone and central does not mind"
        assert served.end(signal.SIGTERM) == 0


@contextmanager
def ending(served: Served) -> Iterator[Served]:
    """Kills what still runs at the end."""
    try:
        yield served
    finally:
        if served.process is not None and served.process.poll() is None:
            served.process.kill()
            served.process.wait()
