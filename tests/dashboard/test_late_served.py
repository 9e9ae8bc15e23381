"""The same over a real broker: what a node delivers an hour late is in the history of its lane."""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path

import pytest

from edge.messages import NodeReport, utc_ms
from tests.dashboard import test_serve
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import TestNode, report, until

pytestmark = pytest.mark.slow

IMPATIENT = "import dashboard.rollup.late as late; late.QUIET_S = 2.0; from dashboard.cli import main; main()"


def told(seq: int, end_s: float) -> NodeReport:
    """A second of n1's lane b1, in which one vehicle came."""
    return report(seq, start=utc_ms(end_s - 1), end=utc_ms(end_s))


def test_an_hour_late_over_a_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_serve, "COMMAND", [sys.executable, "-c", IMPATIENT])
    now_s = int(time.time())
    first_s = (now_s - 3600) // 60 * 60
    with (
        broker("mosquitto", tmp_path / "broker") as port,
        test_serve.serving(tmp_path, port) as served,
    ):
        assert until(served.is_ready), served.log()
        node = TestNode(port)
        node.send([told(3600 + now_s - first_s, float(now_s))])
        node.send(told(seq, first_s + float(seq)) for seq in range(1, 601))

        def completed() -> list[tuple[float, int]]:
            with sqlite3.connect(tmp_path / "lanewatch.db") as database:
                query = "SELECT start_s, arrivals FROM lane_minutes WHERE lane = 'b1' AND start_s < ?"
                return list(database.execute(query, (now_s - 600.0,)))

        assert until(lambda: len(completed()) >= 10), served.log()
        assert completed()[:10] == [(first_s + 60.0 * n, 60) for n in range(10)]
        node.close()
