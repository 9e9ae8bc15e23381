"""`lanewatch-port serve` as a process: starts whatever is away, loses nothing by kill -9, ends when asked."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dashboard.cli import main
from edge.messages import Booth, LaneReport, NodeReport, Queue, utc_ms
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import PORT_YAML, TestNode, report, until
from tests.ports import free_port

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from dashboard.cli import main; main()"]


class Served:
    """A folder with port.yaml, and the process that serves it."""

    def __init__(self, folder: Path, broker_port: int) -> None:
        self.folder = folder
        self.http = free_port()
        self.file = folder / "port.yaml"
        self.file.write_text(PORT_YAML.format(broker=broker_port, http=self.http))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **options: Any) -> None:
        """Start it (`options` go to Popen) and wait until it answers at all."""
        with (self.folder / "serve.log").open("ab") as log:
            command = [*COMMAND, "serve", "--config", str(self.file)]
            self.process = subprocess.Popen(command, **({"stdout": log, "stderr": log} | options))
        assert until(lambda: self.get("/healthz")[0] == 200), self.log()

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=30) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def is_ready(self) -> bool:
        """Whether broker and database are there."""
        return self.get("/readyz")[0] == 200

    def end(self, number: int) -> int:
        """Send a signal and wait for the end; gives the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(20)

    def stored(self) -> list[dict[str, Any]]:
        """What `stored` writes."""
        out = self.folder / "stored.json"
        command = [*COMMAND, "stored", "--config", str(self.file), "--json", str(out)]
        subprocess.run(command, check=True)
        rows: list[dict[str, Any]] = json.loads(out.read_text())
        return rows

    def log(self) -> str:
        """All it said."""
        return (self.folder / "serve.log").read_text()


@contextmanager
def serving(folder: Path, broker_port: int, more: str = "") -> Iterator[Served]:
    """A running `serve`, with `more` lines in port.yaml; it is killed at the end if it still runs."""
    served = Served(folder, broker_port)
    served.file.write_text(more + served.file.read_text())
    served.start()
    try:
        yield served
    finally:
        if served.process is not None and served.process.poll() is None:
            served.process.kill()
            served.process.wait()


ALL = set(range(1, 1501))


def send_again(node: TestNode) -> bool:
    """As a node does, send again what is not receipted; True when all is."""
    missing = sorted(ALL - node.receipted())
    node.send(report(seq) for seq in missing)
    return not missing or until(lambda: node.receipted() >= ALL, 2)


@pytest.mark.slow
def test_the_first_start_asks_for_no_table_before_it_is_made(tmp_path: Path) -> None:
    with serving(tmp_path, free_port()) as served:
        assert until(lambda: (tmp_path / "lanewatch.db").exists())
        time.sleep(2)  # two rounds of all that is done once a second
        assert "no such table" not in served.log()


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_kill_9_in_the_middle_loses_and_doubles_nothing(kind: str, tmp_path: Path) -> None:
    with broker(kind, tmp_path / "broker") as port, serving(tmp_path, port) as served:
        assert until(served.is_ready), served.log()
        node = TestNode(port)
        for first in range(1, 1501, 500):
            node.send(report(seq) for seq in range(first, first + 500))
            served.end(signal.SIGKILL)
            served.start()
        assert until(lambda: send_again(node)), served.log()
        node.close()
        row = {"node": "n1", "boot": "boot-a", "rows": 1500, "first_seq": 1, "last_seq": 1500, "gaps": []}
        assert served.stored() == [row]
        assert served.end(signal.SIGTERM) == 0
        assert served.stored() == [row]


def test_it_starts_without_a_broker_and_finds_it_later(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as served:
        assert served.get("/readyz")[0] == 503
        assert served.get("/feed/v1/wait-times.json")[0] == 200
        with broker("nats", tmp_path / "broker", port):
            assert until(served.is_ready), served.log()
        assert until(lambda: served.get("/readyz")[0] == 503)
        assert served.end(signal.SIGTERM) == 0


def test_it_starts_while_the_database_is_locked(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "lanewatch.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with broker("nats", tmp_path / "broker") as port, serving(tmp_path, port) as served:
        assert served.get("/readyz")[0] == 503
        assert served.get("/")[0] == 200
        other.execute("ROLLBACK")
        other.close()
        assert until(served.is_ready), served.log()
        assert served.end(signal.SIGTERM) == 0


def test_it_ends_when_asked_while_everything_is_away(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "lanewatch.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with serving(tmp_path, free_port()) as served:
        assert served.end(signal.SIGTERM) == 0
    other.close()


def live_report(seq: int, start_s: float, node: str, lane: str) -> NodeReport:
    """A busy booth: two trucks stand in view, one leaves every 10 s."""
    lane_report = LaneReport(
        lane=lane,
        camera="c1",
        kind="booth",
        observed_s=5.0 * seq,
        arrivals={"truck": seq // 2},
        departures={"truck": seq // 2},
        in_view_vs=10.0 * seq,
        stopped_vs=10.0 * seq,
        full_s=0.0,
        queue=Queue(in_view=2, stopped=2, length_m=40.0, at_least=False),
        booth=Booth(occupied_s=4.5 * seq),
    )
    times = {"start": utc_ms(start_s + 5 * seq - 5), "end": utc_ms(start_s + 5 * seq)}
    return report(seq, node=node, lanes=[lane_report], **times)


def test_reports_become_a_wait_in_the_feed(tmp_path: Path) -> None:
    with broker("nats", tmp_path / "broker") as port, serving(tmp_path, port) as served:
        assert until(served.is_ready), served.log()
        start_s = time.time() // 5 * 5 - 120
        for node_id, lane in (("n1", "b1"), ("n2", "b2")):
            node = TestNode(port, node_id)
            node.send(live_report(seq, start_s, node_id, lane) for seq in range(1, 25))
            assert until(lambda node=node: len(node.receipted()) == 24)
            node.close()

        def measured() -> bool:
            feed = json.loads(served.get("/feed/v1/wait-times.json")[1])
            return all(lane["expected"] is not None for lane in feed["ports"][0]["lanes"])

        assert until(measured), served.get("/feed/v1/wait-times.json")


Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Gives exit code and lines on stderr of a command that is to fail before anything runs."""

    def command(*arguments: str) -> tuple[int, list[str]]:
        monkeypatch.setattr(sys, "argv", ["lanewatch-port", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(str(ended.value.code)), capsys.readouterr().err.splitlines()

    return command


@pytest.mark.parametrize(
    ("case", "old", "new", "names"),
    [
        ("an address that others can reach", "host: 127.0.0.1", "host: 0.0.0.0", "http.host"),
        ("no address of this machine", "host: 127.0.0.1", "host: no.such.name.invalid", "http.host"),
        ("an unknown database", "sqlite:///lanewatch.db", "nothing://x", "store.url"),
        ("TLS without a certificate", "mqtt://", "mqtts://", "broker.certificate"),
        ("a broker port that is none", "mqtt://127.0.0.1:1", "mqtt://127.0.0.1:99991", "broker.url"),
        ("an unknown key", "slice_s: 5", "slize_s: 5", "slize_s"),
    ],
)
def test_a_bad_config_is_one_line_and_exit_2(
    case: str, old: str, new: str, names: str, tmp_path: Path, run: Run
) -> None:
    file = tmp_path / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0).replace(old, new))
    code, lines = run("serve", "--config", str(file))
    assert code == 2
    assert len(lines) == 1, lines
    assert names in lines[0]


def test_a_taken_http_port_is_one_line_and_exit_2(tmp_path: Path, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        file = tmp_path / "port.yaml"
        file.write_text(PORT_YAML.format(broker=1883, http=port))
        code, lines = run("serve", "--config", str(file))
    assert (code, len(lines)) == (2, 1)
    assert str(port) in lines[0]
    assert os.listdir(tmp_path) == ["port.yaml"]
