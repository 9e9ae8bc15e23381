"""Mutual TLS and rights, with the configurations of config/broker/ (paths and port replaced)."""

from __future__ import annotations

import getpass
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.config import BrokerConfig
from edge.messages import NodeReport, Receipt, encode, utc_ms
from edge.node.access import tls_context
from tests.conftest import REPOSITORY, program
from tests.dashboard.brokers import binary_of
from tests.dashboard.nodes import report, until
from tests.edge.centrals import Central, Wire, now
from tests.edge.certificates import Authority
from tests.ports import free_port

EXAMPLES = REPOSITORY / "config" / "broker"
pytestmark = pytest.mark.slow


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Certificates of the server, central and two nodes."""
    made = Authority(program("openssl"), tmp_path / "lanewatch")
    for name in ("server", "central", "n07", "n08"):
        made.issue(name)
    return made


def example(kind: str, folder: Path, port: int, acl: Path) -> Path:
    """The example of that broker, moved into `folder`, Mosquitto's with the rights of `acl`."""
    text = (EXAMPLES / f"{kind}.conf").read_text()
    moved = {
        "/etc/mosquitto/lanewatch.acl": str(acl),
        "/etc/lanewatch/": f"{folder}/lanewatch/",
        "/var/lib/lanewatch/": f"{folder}/",
        "/var/lib/mosquitto/": f"{folder}/",
        "127.0.0.1:4222": "127.0.0.1:-1",
        "0.0.0.0:8883": f"127.0.0.1:{port}",
        "listener 8883": f"user {getpass.getuser()}\nlistener {port} 127.0.0.1",
    }
    for old, new in moved.items():
        text = text.replace(old, new)
    if kind == "nats":
        text += text_of_second_node(text)
    path = folder / f"{kind}.conf"
    path.write_text(text)
    return path


def text_of_second_node(text: str) -> str:
    """The users again, with n08 beside n07: the last `authorization` block holds."""
    block = text[text.index("authorization {") :]
    line = block[block.index('    { user: "n07"') : block.index('    { user: "central"')]
    return "\n" + block.replace(line, line + line.replace("n07", "n08"))


@contextmanager
def server(kind: str, folder: Path, acl: Path = EXAMPLES / "mosquitto.acl") -> Iterator[int]:
    binary, port = binary_of(kind), free_port()
    if binary is None:
        pytest.skip(f"{kind} is not installed")
    with (folder / "broker.log").open("w") as log:
        child = subprocess.Popen([binary, "-c", example(kind, folder, port, acl)], stdout=log, stderr=log)
    try:
        yield port
    finally:
        child.kill()
        child.wait()


def central(port: int, authority: Authority, name: str = "central") -> Central:
    return Central(port, name == "central", tls_context(authority.broker(port, name)), name)


def receipt(boot: str) -> Receipt:
    return Receipt(boot=boot, ranges=[(1, 10)], at=utc_ms(now()))


def forged(node: str) -> NodeReport:
    """A report that says to be of that node; its seq is the node's number."""
    return report(int(node[1:]), node=node, boot="forged-by-n08")


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_node_delivers_over_mutual_tls_and_no_other_node_can_free_its_rows(
    kind: str, tmp_path: Path, authority: Authority
) -> None:
    with server(kind, tmp_path) as port:
        receiver = central(port, authority)
        receiver.ready()
        with Wire(tmp_path, authority.broker(port, "n07"), "n07").running() as node:
            node.report(5)
            assert until(lambda: not node.left())
            receiver.receipts = False
            node.report(5)
            assert until(lambda: len(receiver.seqs(node.keeper.series.boot)) == 10)
            forger = central(port, authority, "n08")
            forger.ready()
            forger.publish("receipt", encode(receipt(node.keeper.series.boot)), node="n07")
            forger.publish("report", encode(forged("n07")), node="n07")
            forger.publish("report", encode(forged("n08")), node="n08")
            assert until(lambda: receiver.seqs("forged-by-n08") == [8])
            receiver.receipt(node.keeper.series.boot, 10, 10, node="n07")
            assert until(lambda: len(node.left()) == 4)
            assert not until(lambda: len(node.left()) != 4, 2)
            forger.close()
        receiver.close()


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_server_of_another_authority_is_not_trusted(
    kind: str, tmp_path: Path, authority: Authority
) -> None:
    other = Authority(program("openssl"), tmp_path / "other")
    trusting_another = authority.broker(1, "n07").model_copy(update={"ca": other.folder / "ca.crt"})
    with server(kind, tmp_path) as port:
        config = BrokerConfig(**(trusting_another.model_dump() | {"url": f"mqtts://127.0.0.1:{port}"}))
        with Wire(tmp_path, config, "n07").running() as node:
            node.report(1)
            assert not until(lambda: node.do(lambda: node.link.connected), 4)
            assert len(node.left()) == 1
