"""config/cluster as it is, but for folders, names and ports: servers that know each other by certificate."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from edge.node.access import tls_context
from tests.conftest import REPOSITORY
from tests.dashboard.authority.place import Caller, running
from tests.dashboard.brokers import binary_of
from tests.dashboard.nodes import until
from tests.ports import free_port

FOLDER = REPOSITORY / "config" / "cluster"


def config(folder: Path, routes: list[int], n: int, mqtt: int) -> Path:
    """The published file for server `n`; all three names are this machine's."""
    text = (FOLDER / "nats.conf").read_text()
    for number, port in enumerate(routes, 1):
        text = text.replace(f"nats://n{number}:6222", f"nats://localhost:{port}")
    text = text.replace("0.0.0.0:6222", f"127.0.0.1:{routes[n]}").replace("0.0.0.0:8883", f"127.0.0.1:{mqtt}")
    text = text.replace("/etc/lanewatch/", f"{folder}/lanewatch/").replace("/data", f"{folder}/js{n}")
    path = folder / "nats" / f"n{n}.conf"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + f'listen: "127.0.0.1:-1"\nlog_file: "{folder}/n{n}.log"\n')
    return path


@contextmanager
def server(path: Path, name: str) -> Iterator[None]:
    """One NATS server, for as long as the block lasts."""
    command = [binary_of("nats"), "-c", str(path)]
    with subprocess.Popen(command, env={"NAME": name}) as child:
        try:
            yield
        finally:
            child.terminate()


@pytest.mark.slow
def test_three_servers_agree_and_a_nodes_certificate_joins_none(tmp_path: Path) -> None:
    with running(tmp_path, "embedded") as place, ExitStack() as stack:
        access = place.enrol("n07")
        (tmp_path / "lanewatch").symlink_to(place.folder / "authority" / "broker")
        routes, ports = [free_port() for _ in range(3)], [free_port() for _ in range(3)]
        for n in range(3):
            stack.enter_context(server(config(tmp_path, routes, n, ports[n]), f"n{n + 1}"))
        leader = "JetStream cluster new metadata leader"
        logs = [tmp_path / f"n{n}.log" for n in range(3)]
        assert until(lambda: any(leader in log.read_text() for log in logs if log.exists()))
        for port in ports:
            node = Caller(port, tls_context(access), "n07", ("lanes-down/v1/testport/n07/receipt",))
            assert node.is_in(30), "a node comes in at each of them"
            node.close()

        thief = config(tmp_path, routes, 2, free_port())
        files = f'cert_file: "{access.certificate}", key_file: "{access.key}"'
        text = thief.read_text().replace(f"127.0.0.1:{routes[2]}", f"127.0.0.1:{free_port()}")
        member = f'cert_file: "{tmp_path}/lanewatch/member.crt", key_file: "{tmp_path}/lanewatch/member.key"'
        assert member in text
        text = text.replace(member, files).replace("js2", "js9").replace("n2.log", "n9.log")
        (tmp_path / "nats" / "n9.conf").write_text(text)
        stack.enter_context(server(tmp_path / "nats" / "n9.conf", "n9"))
        refused = "Router connection closed: Authentication Failure"
        assert until(lambda: refused in "".join(log.read_text() for log in logs))
        assert "Remote: n9" not in "".join(log.read_text() for log in logs)


def test_compose_starts_what_the_config_names() -> None:
    compose = YAML(typ="safe").load(FOLDER / "compose.yaml")
    assert list(compose["services"]) == ["n1", "n2", "n3"]
    for name, service in compose["services"].items():
        assert service["environment"] == {"NAME": name}
        assert [mount.split(":")[1] for mount in service["volumes"]] == [
            "/etc/nats/nats.conf",
            "/etc/lanewatch",
            "/data",
        ]
        assert service["command"] == ["-c", "/etc/nats/nats.conf"]
