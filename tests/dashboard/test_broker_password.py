"""A broker that asks for a password: node, central and public sender read the same address alike."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path
from queue import SimpleQueue

import pytest

from dashboard.config import BrokerConfig
from dashboard.ingest.link import client_of
from edge.config import BrokerConfig as NodeBrokerConfig
from edge.node.access import Access
from edge.node.client import new_client
from tests.conftest import program
from tests.dashboard.brokers import listening
from tests.dashboard.nodes import until
from tests.ports import free_port

pytestmark = pytest.mark.slow

USER, PASSWORD = "lane@port", "50% /#?@:"
WRITTEN = "lane%40port:50%25%20%2F%23%3F%40%3A"
"""The same in an address."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    port, passwords = free_port(), tmp_path / "passwords"
    known = [program("mosquitto_passwd"), "-b", "-c", str(passwords), USER, PASSWORD]
    subprocess.run(known, check=True, capture_output=True)
    conf = f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser {getuser()}\n"
    (tmp_path / "conf").write_text(conf)
    child = subprocess.Popen([program("mosquitto"), "-c", str(tmp_path / "conf")], stderr=subprocess.DEVNULL)
    try:
        assert listening(port, child)
        yield f"mqtt://{WRITTEN}@127.0.0.1:{port}"
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize(("key", "session"), [("broker", True), ("public_broker", False)])
def test_central_is_let_in(key: str, session: bool, address: str) -> None:
    client = client_of(BrokerConfig(url=address), "central", key=key, session=session)
    client.loop_start()
    try:
        assert until(client.is_connected)
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_node_is_let_in(address: str) -> None:
    access = Access.of(NodeBrokerConfig(url=address))
    client = new_client("n1", 1, ["lanes-down/#"], 10, SimpleQueue())
    access.give_to(client)
    client.connect_async(access.host, access.port)
    client.loop_start()
    try:
        assert until(client.is_connected)
    finally:
        client.disconnect()
        client.loop_stop()
