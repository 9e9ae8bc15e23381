"""The embedded broker: its binary is checked, it dies with its parent, and what it holds outlives it."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.broker.broker import Broker
from dashboard.broker.natsbinary import BrokerError, check, known_binary, own_binary
from edge.messages import TOPICS
from tests.conftest import REPOSITORY, program
from tests.dashboard.brokers import binary_of
from tests.dashboard.nodes import PATIENCE_S, until
from tests.ports import free_port

RUN = """
import sys
from pathlib import Path
from dashboard.broker.broker import BrokerError, run_broker
try:
    sys.exit(run_broker(Path(sys.argv[1]), int(sys.argv[2])))
except BrokerError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
"""


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def command(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), str(port)], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


class Client:
    """Connects, and remembers what comes on its topic."""

    def __init__(self, port: int, topic: str, client_id: str = "reader") -> None:
        self.seen: list[bytes] = []
        self._subscribed = threading.Event()
        self.mqtt = mqtt.Client(CallbackAPIVersion.VERSION2, client_id, clean_session=False)
        self.mqtt.on_connect = lambda client, *_: client.subscribe(topic, 1)
        self.mqtt.on_subscribe = lambda *_: self._subscribed.set()
        self.mqtt.on_message = lambda _client, _data, message: self.seen.append(message.payload)
        self.mqtt.connect_async("127.0.0.1", port)
        self.mqtt.loop_start()
        assert self._subscribed.wait(PATIENCE_S)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


@pytest.mark.slow
def test_what_is_retained_and_what_a_session_waits_for_outlive_kill_9_of_the_broker(tmp_path: Path) -> None:
    port = free_port()
    with Broker(tmp_path, port) as server:
        with Client(port, "lanes/v1/p/n/#"):
            pass
        with Client(port, "unused", "writer") as writer:
            writer.mqtt.publish("lanes/v1/p/n/status", b"online", 1, True).wait_for_publish(10)
            writer.mqtt.publish("lanes/v1/p/n/report", b"row", 1).wait_for_publish(10)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server.wait(10)
    with Broker(tmp_path, port), Client(port, "lanes/v1/p/n/#") as reader:
        assert until(lambda: {b"online", b"row"} <= set(reader.seen))


@pytest.mark.slow
def test_the_server_ends_with_its_parent_even_by_kill_9_and_can_start_again(tmp_path: Path) -> None:
    port = free_port()
    with command(tmp_path / "broker", port) as first:
        assert until(lambda: answers(port))
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert until(lambda: not answers(port))
    with command(tmp_path / "broker", port) as second:
        assert until(lambda: answers(port))
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
        assert until(lambda: not answers(port))


@pytest.mark.slow
def test_a_taken_port_gives_one_line_and_exit_code_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with command(tmp_path, port) as child:
            _, told = child.communicate(timeout=30)
    assert child.returncode == 2
    assert told == f"port {port} of 127.0.0.1 is taken; stop what listens there, or give another by --port\n"


@pytest.mark.slow
def test_it_listens_on_loopback_alone(tmp_path: Path) -> None:
    with Broker(tmp_path, free_port()) as server:
        found = subprocess.run([program("ss"), "-Hltnp"], capture_output=True, text=True, check=True).stdout
        mine = [line.split()[3] for line in found.splitlines() if f"pid={server.pid}," in line]
    assert len(mine) == 2
    assert all(address.startswith("127.0.0.1:") for address in mine)


@pytest.mark.slow
def test_a_server_that_ends_at_its_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "js").write_text("a file where the store should be")
    with pytest.raises(BrokerError, match="ended at its start: "):
        Broker(tmp_path, free_port()).start()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BrokerError, match="give another folder by --dir"):
        Broker(tmp_path / "file" / "broker", free_port()).start()


def test_a_folder_serves_one_broker_at_a_time(tmp_path: Path) -> None:
    says = "another broker uses it; stop it, or give another folder"
    with Broker(tmp_path, free_port()), pytest.raises(BrokerError, match=says):
        Broker(tmp_path, free_port()).start()
    with Broker(tmp_path, free_port()) as again:
        assert again.pid is not None


def test_the_installed_binary_is_the_known_one() -> None:
    assert known_binary().name.startswith("nats-server")


@pytest.mark.parametrize(
    ("case", "version", "platform", "expected"),
    [
        ("another content", "2.15.1", "manylinux_2_28_x86_64", "SHA-256 is"),
        ("a version that was never looked at", "9.9.9", "manylinux_2_28_x86_64", "is not known here"),
        ("a platform that was never looked at", "2.15.1", "plan9_mips", "is not known here"),
    ],
)
def test_a_binary_that_is_not_known_is_refused(
    case: str, version: str, platform: str, expected: str, tmp_path: Path
) -> None:
    (tmp_path / "nats-server").write_bytes(b"another program")
    with pytest.raises(BrokerError, match=expected):
        check(tmp_path / "nats-server", version, platform)


def test_the_users_own_server_must_be_a_program(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="give the path of nats-server"):
        own_binary(tmp_path / "nats-server")


def test_the_nats_example_is_accepted_by_the_server(tmp_path: Path) -> None:
    program = binary_of("nats")
    if program is None:
        pytest.skip("nats-server is not installed")
    text = (REPOSITORY / "config" / "broker" / "nats.conf").read_text()
    (tmp_path / "nats.conf").write_text(without_tls(text))
    done = subprocess.run(
        [program, "-t", "-c", str(tmp_path / "nats.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def without_tls(text: str) -> str:
    """The example without the lines that need certificates."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("tls {"))


@pytest.mark.slow
def test_mosquittos_example_keeps_each_node_to_its_own_topics(tmp_path: Path, mosquitto: str) -> None:
    """The example with plain loopback and user names in the place of certificates."""
    folder, port = REPOSITORY / "config" / "broker", free_port()
    text = (folder / "mosquitto.conf").read_text()
    for old, new in (
        ("listener 8883", f"listener {port} 127.0.0.1"),
        ("acl_file /etc/mosquitto/lanewatch.acl", f"acl_file {tmp_path / 'acl'}"),
        ("persistence_location /var/lib/mosquitto/", f"persistence_location {tmp_path}/"),
    ):
        assert old in text
        text = text.replace(old, new)
    needs_tls = ("cafile", "certfile", "keyfile", "require_certificate", "use_identity_as_username")
    lines = [line for line in text.splitlines() if not line.startswith(needs_tls)]
    (tmp_path / "mosquitto.conf").write_text(
        "\n".join([*lines, "allow_anonymous true", f"user {getpass.getuser()}", ""])
    )
    (tmp_path / "acl").write_text((folder / "mosquitto.acl").read_text())
    child = subprocess.Popen([mosquitto, "-c", str(tmp_path / "mosquitto.conf")], stderr=subprocess.DEVNULL)
    try:
        assert until(lambda: answers(port))
        assert written_by_n07(port) == {"lanes/v1/p/n07/report"}
    finally:
        child.kill()
        child.wait()


def written_by_n07(port: int) -> set[str]:
    """Topics that central (or n07 itself) gets when n07 writes to its own and to others'."""
    seen: set[str] = set()
    with user(port, "central", "lanes/v1/#", seen):
        for topic in (
            TOPICS["receipt"].of("p", "n08"),
            TOPICS["receipt"].of("p", "n07"),
            TOPICS["report"].of("p", "n08"),
            TOPICS["report"].of("p", "n07"),
        ):
            with user(port, "n07", "lanes-down/v1/p/n08/#", seen) as node:
                sent = node.publish(topic, b"{}", 1)
                assert until(sent.is_published)
        assert until(lambda: "lanes/v1/p/n07/report" in seen)
    return seen


@contextmanager
def user(port: int, name: str, topic: str, seen: set[str]) -> Iterator[mqtt.Client]:
    """A subscribed client; Mosquitto 2.0.11 may end a connection on which it refused a publish."""
    subscribed = threading.Event()
    client: Any = mqtt.Client(CallbackAPIVersion.VERSION2, f"{name}-client")
    client.username_pw_set(name, "")
    client.on_connect = lambda client, *_: client.subscribe(topic, 1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _data, message: seen.add(message.topic)
    client.connect_async("127.0.0.1", port)
    client.loop_start()
    try:
        assert subscribed.wait(PATIENCE_S)
        yield client
    finally:
        client.disconnect()
        client.loop_stop()
