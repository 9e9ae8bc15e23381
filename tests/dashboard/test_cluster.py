"""Three brokers: one is killed, clients go to another by DNS, and no committed row is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dashboard.broker.cluster import Cluster, Place
from dashboard.config import load_central
from dashboard.ingest.ingest import Ingest
from dashboard.store.store import Store
from tests.dashboard.clusters import HOSTS, NAME, rows
from tests.dashboard.nodes import PORT_YAML, TestNode, healed, report, until
from tests.ports import free_port, free_ports

pytestmark = pytest.mark.slow


def sends(node: TestNode, seqs: range) -> bool:
    """Send what is not receipted, as a node does; True when all is."""
    node.send(report(seq) for seq in sorted(set(seqs) - node.receipted()))
    return until(lambda: node.receipted() >= set(seqs), 2)


@pytest.mark.usefixtures("name_with_three_addresses")
def test_one_of_three_is_killed(tmp_path: Path) -> None:
    port = free_port()
    with Cluster(tmp_path / "cluster", [Place(host, port, free_port()) for host in HOSTS]) as cluster:
        file = tmp_path / "port.yaml"
        file.write_text(PORT_YAML.format(broker=port, http=0).replace("mqtt://127.0.0.1", f"mqtt://{NAME}"))
        config = load_central(file)
        store = Store(config.store.url)
        ingest = Ingest(config, store, time.time, time.monotonic, lambda: None)
        ingest.start()
        assert until(lambda: ingest.trouble() is None), ingest.trouble()
        node = TestNode(port, host=NAME)
        try:
            assert until(lambda: sends(node, range(1, 201)))
            first = cluster.brokers[0].pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            node.send(report(seq) for seq in range(201, 301))
            assert healed("one of three brokers died", lambda: sends(node, range(201, 401))), ingest.trouble()
            assert ingest.trouble() is None
            assert rows(tmp_path) == list(range(1, 401))
            cluster.look_after()
            assert until(lambda: cluster.brokers[0].pid not in (None, first))
            assert until(lambda: sends(node, range(401, 501)))
            assert rows(tmp_path) == list(range(1, 501))
        finally:
            node.close()
            ingest.stop(10)
            store.close()


def test_one_that_does_not_start_again_ends_no_other(tmp_path: Path) -> None:
    places = [Place("127.0.0.1", free_port(), free_port()) for _ in range(3)]
    with Cluster(tmp_path / "cluster", places) as cluster, capture_logs() as logs:
        dead, *others = cluster.brokers
        assert dead.pid is not None
        os.kill(dead.pid, signal.SIGKILL)
        assert dead.wait(10) is not None
        with socket.create_server((dead.host, dead.port)):  # somebody else was quicker
            for _ in range(3):
                cluster.look_after()
            assert dead.pid is None
            assert [broker.wait(0) for broker in others] == [None, None]
        cluster.look_after()
        assert dead.pid is not None
        told = [line["event"] for line in logs]
    assert told.count("member_ended") == told.count("member_not_started") == 1


def test_the_command_starts_three_and_ends_them(tmp_path: Path) -> None:
    port = free_ports(6)
    command = [sys.executable, "-c", "from dashboard.cli import main; main()", "broker", "--cluster"]
    options = ["--dir", str(tmp_path), "--port", str(port)]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert [f":{port + n}" in said for n in range(3)] == [True] * 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
    for n in range(3):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port + n)) != 0
