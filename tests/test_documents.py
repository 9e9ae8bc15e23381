"""The guides: what they have a technician write is taken by the programs, and every key is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from dashboard.config import CentralConfig, load_central
from dashboard.webhooks.config import WebhookConfig
from edge.config import NodeConfig, load_node
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


def models_in(kind: object) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, their own ones too."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models_in(field.annotation)
    for inner in get_args(kind):
        yield from models_in(inner)


@pytest.mark.parametrize(("file", "whole"), [("node.yaml", NodeConfig), ("port.yaml", CentralConfig)])
def test_every_key_is_told(file: str, whole: type[BaseModel]) -> None:
    told = (DOCS / "configuration.md").read_text().partition(f"\n## {file}\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in told.splitlines() if line.startswith("| `")]
    beside = set(re.findall(r"`(\w+)`", told))
    keys = {
        field.alias or name
        for model in models_in(whole)
        if model.__name__ != "WebhookConfig"  # docs/webhooks.md tells of these
        for name, field in model.model_fields.items()
    }
    assert keys - beside == set()
    headed = {name for row in rows for name in re.findall(r"`(\w+)`", row[0])}
    assert headed - keys == set(), "no key that there is not"


def test_every_key_of_a_webhook_is_told() -> None:
    told = (DOCS / "webhooks.md").read_text()
    assert [name for name in WebhookConfig.model_fields if not re.search(rf"\b{name}\b", told)] == []
