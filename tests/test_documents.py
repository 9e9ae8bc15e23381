"""The configurations that the guides tell a technician to write are taken by the programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.config import load_central
from edge.config import load_node
from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"


def file_in(guide: str, pattern: str, folder: Path, name: str) -> Path:
    """What the guide has written into a file."""
    found = re.search(pattern, (DOCS / guide).read_text(), re.DOTALL)
    assert found is not None
    path = folder / name
    path.write_text(found[1])
    return path


def test_the_ports_file(tmp_path: Path) -> None:
    config = load_central(
        file_in("install.md", r">/etc/lanewatch/port.yaml <<'END'\n(.*?)END\n", tmp_path, "port.yaml")
    )
    assert config.store.url.startswith("postgresql")
    assert config.authority.reload == ("systemctl", "reload", "mosquitto")


def test_the_nodes_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAM_PASSWORD", "of-the-camera")
    pattern = r"```yaml\n(# /etc/lanewatch/node.yaml.*?)```"
    config = load_node(file_in("setup.md", pattern, tmp_path, "node.yaml"))
    assert config.broker is not None
    assert config.outbox is not None
    state = Path("/var/lib/lanewatch-node")
    kept = (config.broker.certificate, config.broker.key, config.broker.ca, config.outbox)
    assert {path and path.parent for path in kept} == {state}, "where the unit may write"
