"""config/cluster/compose.yaml on a real container engine: three servers, R3, one of them killed.

The published image is not fetched: a server that is here is put into an image of its own, which stands in
the place of the published one. Everything else is the file as it is, but for the port on the outside.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from dashboard.config import load_central
from dashboard.ingest.ingest import Ingest
from dashboard.store.store import Store
from edge.node.access import tls_context
from tests.conftest import REPOSITORY, required
from tests.dashboard.authority.place import Place, running
from tests.dashboard.brokers import binary_of
from tests.dashboard.clusters import NAME, rows
from tests.dashboard.nodes import TestNode, report, until
from tests.ports import free_port

pytestmark = pytest.mark.slow

DOCKERFILE = 'FROM scratch\nCOPY nats-server /nats-server\nENTRYPOINT ["/nats-server"]\n'
NAMES = "[n1, n2, n3, " + NAME + "]"


@dataclass(frozen=True, slots=True)
class Composed:
    """The project of a compose file; `port` is where each of the three listens."""

    folder: Path
    port: int

    def __call__(self, *arguments: str) -> str:
        """`docker compose ...` in the folder."""
        command = [*_compose(), "--project-name", self.folder.parent.name.lower(), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def file_of(self, service: str, path: str) -> bytes:
        """A file inside a container."""
        container = self("ps", "-q", service).strip()
        command = ["docker", "cp", f"{container}:{path}", "-"]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
            content = archive.extractfile(archive.getmembers()[0])
            assert content is not None
            return content.read()


def _compose() -> list[str]:
    """The plugin, or the program of older systems."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]


def _engine() -> None:
    """Skip where no container engine answers."""
    if shutil.which("docker") is None:
        required("docker", "is not installed")
    asked = subprocess.run(["docker", "info"], capture_output=True, check=False)
    required("docker", None if asked.returncode == 0 else "no engine answers")
    required("docker", None if _compose()[1:] or shutil.which("docker-compose") else "compose is missing")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An authority whose certificates name the three servers, and a node enrolled there."""
    _engine()
    with running(tmp_path, "embedded") as place:
        text = place.yaml.read_text().replace(
            "listen: 127.0.0.1, days", f"names: {NAMES}, listen: 127.0.0.1, days"
        )
        place.yaml.write_text(text)
        place.enrol("n07")
        assert place.command("rights", "--broker", "nats").returncode == 0
        yield place


@pytest.fixture
def cluster(place: Place) -> Iterator[Composed]:
    """The published files, started."""
    folder = place.folder / "compose"
    shutil.copytree(REPOSITORY / "config" / "cluster", folder)
    shutil.copytree(place.folder / "authority" / "broker", folder / "broker")
    composed = Composed(folder, free_port())
    file = folder / "compose.yaml"
    file.write_text(file.read_text().replace(":8883:8883", f":{composed.port}:8883"))
    (folder / "compose.override.yaml").write_text(_image_here(folder))
    try:
        composed("up", "--detach")
        yield composed
    finally:
        composed("down", "--volumes", "--timeout", "5")


def _image_here(folder: Path) -> str:
    """Makes an image around the server that is here; gives the override that names it."""
    made = folder / "image"
    made.mkdir()
    shutil.copy(binary_of("nats"), made / "nats-server")
    (made / "Dockerfile").write_text(DOCKERFILE)
    subprocess.run(["docker", "build", "--tag", "lanewatch-test-nats", made], check=True, capture_output=True)
    return json.dumps({"services": {name: {"image": "lanewatch-test-nats"} for name in ("n1", "n2", "n3")}})


@pytest.mark.usefixtures("name_with_three_addresses")
def test_the_composed_cluster_keeps_all_three_times_and_survives_a_kill(
    place: Place, cluster: Composed
) -> None:
    place.yaml.write_text(
        place.yaml.read_text().replace(f"127.0.0.1:{place.broker}", f"{NAME}:{cluster.port}")
    )
    config = load_central(place.yaml)
    store = Store(config.store.url)
    ingest = Ingest(config, store, time.time, time.monotonic, lambda: None)
    ingest.start()
    assert until(lambda: ingest.trouble() is None), cluster("logs")
    node = TestNode(cluster.port, "n07", host=NAME, context=tls_context(place.access("n07")))

    def sends(seqs: range) -> bool:
        node.send(report(seq, node="n07") for seq in sorted(set(seqs) - node.receipted()))
        return until(lambda: node.receipted() >= set(seqs), 2)

    try:
        assert until(lambda: sends(range(1, 101))), cluster("logs")
        assert ingest.trouble() is None
        kept = json.loads(cluster.file_of("n1", "/data/jetstream/$G/streams/$MQTT_msgs/meta.inf"))
        assert kept["num_replicas"] == 3
        cluster("kill", "--signal", "SIGKILL", "n1")
        assert until(lambda: sends(range(101, 201))), cluster("logs")
        assert ingest.trouble() is None
        cluster("start", "n1")
        assert until(lambda: sends(range(201, 301))), cluster("logs")
        assert rows(place.folder) == list(range(1, 301))
    finally:
        node.close()
        ingest.stop(10)
        store.close()
