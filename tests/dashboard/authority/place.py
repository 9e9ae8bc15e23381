"""A port with its own authority, a real broker and nodes that enrol at it by the real commands. For tests."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.authority.authority import Authority
from dashboard.authority.rights import Enrolled
from edge.config import BrokerConfig, load_node
from tests.dashboard.brokers import binary_of
from tests.dashboard.nodes import PATIENCE_S, until
from tests.ports import free_port, free_ports

PORT = [sys.executable, "-c", "from dashboard.cli import main; main()"]
EDGE = [sys.executable, "-c", "from edge.cli import main; main()"]

PORT_YAML = """\
broker: {{url: "mqtts://127.0.0.1:{broker}", certificate: authority/central.crt, key: authority/central.key,
  ca: authority/ca.crt}}
authority: {{url: "https://127.0.0.1:{authority}", listen: 127.0.0.1, days: {days}, reload: {reload}}}
http: {{port: {http}}}
slice_s: 5
ports:
  - id: testport
    name: {{en: Test Port}}
    plates: {plates}
    directions:
      - id: us_bound
        streams:
          - {{traffic: commercial, class: fast}}
        lanes:
          - {{id: b1, serves: [commercial/fast], node: n07}}
          - {{id: b2, serves: [commercial/fast], node: n08}}
"""
NODE_YAML = """\
port: testport
node: {node}
broker: {{url: "mqtts://127.0.0.1:{broker}", certificate: node.crt, key: node.key, ca: ca.crt}}
cameras: [{{id: c1}}]
"""
RELOAD = '[sh, -c, "kill -HUP $(cat {folder}/pid)"]'


class Place:
    """`kind`: `embedded` (lanewatch-port broker), `cluster` (three of it), `nats` (own) or `mosquitto`."""

    def __init__(self, folder: Path, kind: str, days: float = 90, plates: bool = False) -> None:
        self.folder, self.kind = folder, kind
        self.broker, self.http = free_ports(6), free_port()
        self.authority_port, self.metrics = free_port(), free_port()
        reload = "[]" if kind in ("embedded", "cluster") else RELOAD.format(folder=folder)
        self.yaml = folder / "port.yaml"
        self.yaml.write_text(
            PORT_YAML.format(
                broker=self.broker,
                authority=self.authority_port,
                http=self.http,
                days=days,
                reload=reload,
                plates=str(plates).lower(),
            )
        )
        self._children: list[subprocess.Popen[bytes]] = []

    def command(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run `lanewatch-port`."""
        command = [*PORT, *arguments, "--config", str(self.yaml)]
        return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False)

    def start(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        """Start a process that ends with the place; its output goes to a file."""
        with (self.folder / log).open("ab") as file:
            child = subprocess.Popen(command, stdout=file, stderr=file)
        self._children.append(child)
        return child

    def start_authority(self) -> None:
        """`lanewatch-port authority`."""
        self.start([*PORT, "authority", "--config", str(self.yaml)], "authority.log")
        assert until(lambda: _open(self.authority_port)), self.text("authority.log")

    def start_broker(self) -> None:
        """The broker of this kind, with the configuration that the commands write."""
        if self.kind in ("embedded", "cluster"):
            child = self.start(
                [*PORT, "broker", "--dir", str(self.folder / "broker"), "--port", str(self.broker),
                 "--metrics", str(self.metrics), "--config", str(self.yaml),
                 *(["--cluster"] if self.kind == "cluster" else [])], "broker.log",
            )  # fmt: skip
        else:
            listen = ("--host", "127.0.0.1", "--port", str(self.broker))
            written = self.command("rights", "--broker", self.kind, *listen)
            assert written.returncode == 0, written.stderr
            conf = Path(written.stdout.strip())
            text = conf.read_text().replace("/var/lib/lanewatch", str(self.folder))
            text = text.replace("/var/lib/mosquitto", str(self.folder))
            if self.kind == "mosquitto":
                text += "log_type debug\nuser root\n"
            conf.write_text(text)
            child = self.start([binary_of(self.kind), "-c", str(conf)], "broker.log")
            (self.folder / "pid").write_text(str(child.pid))
        assert until(lambda: _open(self.broker)), self.text("broker.log")
        assert child.poll() is None

    def code(self, node: str) -> str:
        """An enrolment code."""
        made = self.command("enrol", node)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def node_yaml(self, node: str) -> Path:
        """node.yaml of a node, in a folder of its own."""
        folder = self.folder / node
        folder.mkdir(exist_ok=True)
        path = folder / "node.yaml"
        path.write_text(NODE_YAML.format(node=node, broker=self.broker))
        return path

    def use_code(self, node: str, code: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Type a code at a node."""
        command = [*EDGE, "enrol", "--config", str(self.node_yaml(node)), *options]
        return subprocess.run(command, input=code, capture_output=True, text=True, timeout=60, check=False)

    def enrol(self, node: str) -> BrokerConfig:
        """Enrol a node; gives what it connects with."""
        done = self.use_code(node, self.code(node))
        assert done.returncode == 0, done.stderr
        return self.access(node)

    def access(self, node: str) -> BrokerConfig:
        """What node.yaml of an enrolled node says."""
        broker = load_node(self.node_yaml(node)).broker
        assert broker is not None
        return broker

    def central(self) -> BrokerConfig:
        """What central connects with."""
        files = self.folder / "authority"
        return BrokerConfig(
            url=f"mqtts://127.0.0.1:{self.broker}",
            certificate=files / "central.crt",
            key=files / "central.key",
            ca=files / "ca.crt",
        )

    def authority(self) -> Authority:
        """The authority itself."""
        return Authority(self.folder / "authority")

    def text(self, log: str) -> str:
        """What a process wrote."""
        return (self.folder / log).read_text(errors="replace")

    def refused(self) -> list[dict[str, Any]]:
        """The refusals that the embedded broker logged."""
        lines = [json.loads(line) for line in self.text("broker.log").splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == "broker_refused"]

    def stop(self) -> None:
        """End everything."""
        for child in reversed(self._children):
            child.send_signal(signal.SIGTERM)
        for child in self._children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@contextmanager
def running(folder: Path, kind: str, **options: Any) -> Iterator[Place]:
    """A place with authority and broker up."""
    if kind not in ("embedded", "cluster"):
        binary_of(kind)
    place = Place(folder, kind, **options)
    try:
        place.start_authority()
        place.start_broker()
        yield place
    finally:
        place.stop()


class Caller:
    """A client with a certificate (or none), and what happened to it."""

    def __init__(self, port: int, context: ssl.SSLContext, name: str, filters: tuple[str, ...] = ()) -> None:
        self.events: list[str] = []
        self.heard: list[str] = []
        self._connected = threading.Event()
        self._filters = filters
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=True)
        self._client.reconnect_delay_set(1, 1)
        self._client.tls_set_context(context)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._connected.set()
        self._client.on_disconnect = lambda *a: self._gone()
        self._client.on_connect_fail = lambda *_: self.events.append("failed")
        self._client.on_message = lambda _c, _d, message: self.heard.append(message.topic)
        self._client.connect_async("127.0.0.1", port)
        self._client.loop_start()

    def is_in(self, within_s: float = PATIENCE_S) -> bool:
        """Whether the broker takes it."""
        return self._connected.wait(within_s)

    def is_out(self, within_s: float = PATIENCE_S) -> bool:
        """Whether it is not connected, and a new attempt has failed, too."""
        return until(lambda: not self._connected.is_set() and len(self.events) > 3, within_s)

    def publish(self, topic: str) -> None:
        """Say something."""
        assert self.is_in()
        self._client.publish(topic, b"{}", 1)
        time.sleep(0.3)

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            self.events.append("refused")
            return
        self.events.append("in")
        if self._filters:
            client.subscribe([(topic, 0) for topic in self._filters])
        else:
            self._connected.set()

    def _gone(self) -> None:
        self._connected.clear()
        self.events.append("out")


def mark_of(path: Path) -> Enrolled:
    """What a certificate of a node says of it."""
    from cryptography import x509  # noqa: PLC0415

    names = x509.load_pem_x509_certificate(path.read_bytes()).extensions
    found = names.get_extension_for_class(x509.SubjectAlternativeName).value
    mark, _, node = found.get_values_for_type(x509.DNSName)[0].partition(".")
    return Enrolled(node, "testport", mark)


def _open(port: int) -> bool:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
