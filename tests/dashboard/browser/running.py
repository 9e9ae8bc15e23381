"""A port in service: the real broker and `lanewatch-port serve`, people with accounts, nodes that report."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from edge.messages import Booth, LaneReport, NodeReport, Queue, utc_ms
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import TestNode, until
from tests.ports import free_port

COMMAND = [sys.executable, "-c", "from dashboard.cli import main; main()"]
PASSWORD = "a long enough passphrase"
PEOPLE = {"mia": "manager", "vic": "viewer", "ann": "admin"}
PORT_YAML = """broker: {{url: "mqtt://127.0.0.1:{broker}"}}
store: {{url: "sqlite:///lanewatch.db"}}
http: {{host: 127.0.0.1, port: {http}}}
slice_s: 5
operator: {{en: Example Bridge Authority, fr: Régie du pont Exemple}}
ports:
  - id: ambassador
    name: {{en: Ambassador Bridge, fr: Pont Ambassador}}
    location: [-83.07, 42.31]
    directions:
      - id: us_bound
        timezone: America/Detroit
        into: us
        official: {{cbp_port_number: "380001"}}
        streams:
          - {{traffic: commercial, class: fast, lanes_max: 2, when_closed: standard}}
          - {{traffic: commercial, class: standard, lanes_max: 3}}
        lanes:
          - {{id: a1, kind: booth, serves: [commercial/fast], node: n1, view_m: 90}}
          - {{id: a2, kind: booth, serves: [commercial/standard], node: n1, view_m: 90}}
          - {{id: a3, kind: booth, serves: [commercial/standard], node: n1, view_m: 90}}
  - id: bluewater
    name: {{en: Blue Water Bridge, fr: Pont Blue Water}}
    location: [-82.42, 42.99]
    directions:
      - id: canada_bound
        timezone: America/Toronto
        into: ca
        streams:
          - {{traffic: commercial, class: standard}}
        lanes:
          - {{id: w1, kind: booth, serves: [commercial/standard], node: n2, view_m: 90}}
"""
REPORTING = {("ambassador", "n1"): ("a1", "a2", "a3"), ("bluewater", "n2"): ("w1",)}
SERVICE_S, WAITING = 8, {"a1": 2, "a2": 5, "a3": 4, "w1": 1}


def _lane(lane: str, seq: int) -> LaneReport:
    """A booth that serves a truck every SERVICE_S while WAITING others stand in its queue."""
    served, waiting = seq // SERVICE_S, WAITING[lane]
    return LaneReport(
        lane=lane,
        camera="c1",
        kind="booth",
        observed_s=float(seq),
        arrivals={"truck": served + waiting},
        departures={"truck": served},
        in_view_vs=float(waiting * seq),
        stopped_vs=float((waiting - 1) * seq),
        full_s=0.0,
        in_view_max=waiting,
        queue=Queue(in_view=waiting, stopped=waiting - 1, length_m=16.0 * (waiting - 1), at_least=False),
        booth=Booth(occupied_s=0.8 * seq, sign=None, sign_score=None),
    )


@dataclass(slots=True)
class Port:
    """`serve` on `url` beside a broker; `report` lets the nodes speak until the end."""

    folder: Path
    broker_port: int
    http: int
    process: subprocess.Popen[bytes] | None = None
    _ended: threading.Event = field(default_factory=threading.Event)
    _reporting: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Address without a path."""
        return f"http://127.0.0.1:{self.http}"

    @property
    def file(self) -> Path:
        """Its port.yaml."""
        return self.folder / "port.yaml"

    def start(self) -> None:
        """Serve, and wait until it answers."""
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--config", str(self.file)], stdout=log, stderr=log
            )
        assert until(self._answers), (self.folder / "serve.log").read_text()

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def report(self) -> None:
        """The nodes begin, if they have not, a report a second each."""
        if self._reporting is not None:
            return
        self._reporting = threading.Thread(target=self._report, daemon=True)
        self._reporting.start()

    def waits(self) -> dict[str, dict[str, object]]:
        """`port/traffic/class` -> its entry of wait-times.json."""
        ports = httpx.get(f"{self.url}/feed/v1/wait-times.json", trust_env=False).json()["ports"]
        return {f"{p['id']}/{s['traffic']}/{s['class']}": s for p in ports for s in p["lanes"]}

    def is_measured(self) -> bool:
        """Whether every stream has a figure."""
        return all(one["state"] == "measured" for one in self.waits().values())

    def end(self) -> None:
        """Nodes and central stop."""
        self._ended.set()
        if self._reporting is not None:
            self._reporting.join()
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def _report(self) -> None:
        nodes = {place: TestNode(self.broker_port, place[1], place[0]) for place in REPORTING}
        seq = 0
        while not self._ended.wait(1.0):
            seq += 1
            now = time.time()
            for (port, name), lanes in REPORTING.items():
                message = NodeReport(
                    kind="report",
                    port=port,
                    node=name,
                    boot="walk",
                    seq=seq,
                    start=utc_ms(now - 1),
                    end=utc_ms(now),
                    synced=True,
                    clock_offset_s=0.0,
                    lanes=[_lane(lane, seq) for lane in lanes],
                )
                nodes[port, name].send([message])
        for node in nodes.values():
            node.close()


@contextmanager
def running_port(folder: Path) -> Iterator[Port]:
    """A port that serves, with accounts for PEOPLE, and no node yet."""
    with broker("nats", folder) as broker_port:
        port = Port(folder, broker_port, free_port())
        port.file.write_text(PORT_YAML.format(broker=broker_port, http=port.http))
        for name, role in sorted(PEOPLE.items()):  # the first has to be an admin
            command = [*COMMAND, "account", "add", name, "--role", role, "--config", str(port.file)]
            subprocess.run(command, input=PASSWORD, text=True, check=True, capture_output=True, timeout=60)
        port.start()
        try:
            yield port
        finally:
            port.end()
