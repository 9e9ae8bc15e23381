"""The ingest bench runs both sides on the same rows and prints the ratio; no figure is judged here."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from dashboard.config import load_central
from scripts import bench_ingest
from scripts.load.reports import backlog, config_text
from tests.ports import free_port

pytestmark = pytest.mark.slow


def test_both_sides_store_the_same_rows(tmp_path: Path) -> None:
    rows = {}
    for side, table in (("floor", "floor"), ("ours", "reports")):
        folder = tmp_path / side
        folder.mkdir()
        load = bench_ingest.Load(nodes=20, reports=200, rate=0)
        run = bench_ingest.run_side(side, load, f"sqlite:///{folder}/x.db", folder, lambda: 0.0)
        assert run.cpu_us > 0
        with sqlite3.connect(folder / "x.db") as stored:
            rows[side] = stored.execute(f"SELECT port, node, seq FROM {table} ORDER BY node, seq").fetchall()
    assert rows["ours"] == rows["floor"]
    assert len(rows["ours"]) == 200


def test_the_table_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.json"
    few = ["--reports", "200", "--nodes", "20", "--rounds", "1", "--paced-s", "1", "--databases", "sqlite"]
    monkeypatch.setattr("sys.argv", ["bench", *few, "--json", str(out)])
    assert bench_ingest.main() in (0, 1)
    rows = json.loads(out.read_text())
    assert [(row["database"], row["load"]) for row in rows] == [
        ("sqlite", "flat out"),
        ("sqlite", "1 report/s a node"),
    ]
    assert all(row["ratio"] == row["ours"]["cpu_us"] / row["floor"]["cpu_us"] for row in rows)


def test_the_fleet_is_that_of_its_port_yaml(tmp_path: Path) -> None:
    file = tmp_path / "port.yaml"
    file.write_text(config_text(50, free_port(), "sqlite:///x.db", 0))
    config = load_central(file)
    named = {lane.node for p in config.ports for d in p.directions for lane in d.lanes}
    assert named == {topic.split("/")[3] for topic, _ in backlog(50, 50, 1.8e9, "b")}
    assert sum(len(d.lanes) for p in config.ports for d in p.directions) == 200
