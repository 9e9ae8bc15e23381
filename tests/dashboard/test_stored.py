"""`lanewatch-port stored`: what central holds, whether `serve` runs or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.config import CentralConfig, load_central
from dashboard.store.store import Incoming, Store, StoreAwayError
from dashboard.store.stored import write_stored
from edge.messages import encode
from tests.dashboard.nodes import PORT_YAML, report


@pytest.fixture
def config(tmp_path: Path) -> CentralConfig:
    """A port with nodes n1 and n2, no database yet."""
    file = tmp_path / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    return load_central(file)


def fill(config: CentralConfig, node: str, boot: str, seqs: list[int]) -> None:
    """Store reports."""
    store = Store(config.store.url)
    store.upgrade()
    messages = [report(seq, node=node, boot=boot) for seq in seqs]
    store.add([Incoming.of(1.0, message, encode(message)) for message in messages])
    store.close()


def test_before_the_first_start_nothing_is_held_and_nothing_is_made(
    config: CentralConfig, tmp_path: Path
) -> None:
    write_stored(config, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == []
    assert not (tmp_path / "lanewatch.db").exists()


def test_a_row_per_node_and_boot(config: CentralConfig, tmp_path: Path) -> None:
    fill(config, "n2", "x", [1])
    fill(config, "n1", "b", [1, 2, 5])
    fill(config, "n1", "a", [4, 3])
    write_stored(config, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == [
        {"node": "n1", "boot": "b", "rows": 3, "first_seq": 1, "last_seq": 5, "gaps": [[3, 4]]},
        {"node": "n1", "boot": "a", "rows": 2, "first_seq": 3, "last_seq": 4, "gaps": []},
        {"node": "n2", "boot": "x", "rows": 1, "first_seq": 1, "last_seq": 1, "gaps": []},
    ]


def test_nodes_that_are_not_named_are_told_apart(
    config: CentralConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(config, "n9", "x", [1, 2])
    write_stored(config, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == []
    assert "2 rows of node n9" in capsys.readouterr().err


def test_a_file_that_is_no_database_is_named(config: CentralConfig, tmp_path: Path) -> None:
    (tmp_path / "lanewatch.db").write_text("this is no database at all, it is only text" * 50)
    with pytest.raises(StoreAwayError, match="is not a database") as raised:
        write_stored(config, tmp_path / "out.json")
    assert "lanewatch.db: cannot be used (file is not a database); see that" in raised.value.told()
