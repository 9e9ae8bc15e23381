"""A rendered recording, and the configuration files with which the demo plays it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dashboard.config import CentralConfig, load_central
from dashboard.demo.truth import Truth, read_truth

TICK_S = 1
"""The demo's nodes report every second, so that slices of 5 s close on time."""


class RecordingError(Exception):
    """A folder that is no recording: what is missing and how to make it, one line."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A folder with port.yaml, nodes/*.yaml, the clips and, when rendered, truth.json."""

    folder: Path
    central: CentralConfig
    nodes: tuple[Path, ...]
    truth: Truth | None


@dataclass(frozen=True, slots=True)
class Ports:
    """The loopback ports of one demo."""

    broker: int
    http: int


def bundled_recording() -> Path:
    """The recording that comes with lanewatch: inside an installed wheel, else in the repository."""
    installed = Path(str(files("dashboard"))) / "_recordings" / "demo"
    return installed if installed.exists() else Path(__file__).parents[2] / "config" / "recordings" / "demo"


def open_recording(folder: Path) -> Recording:
    """Read what a recording says of itself.

    Raises: RecordingError, dashboard.demo.truth.TruthError or edge.yamlfile.ConfigError, one line each.
    """
    hint = "make one with `lanewatch-sim render --seed 1 --minutes 3 --out DIR`"
    if not (folder / "port.yaml").is_file():
        raise RecordingError(f"{folder}: no recording, port.yaml is missing; {hint}")
    nodes = tuple(sorted((folder / "nodes").glob("*.yaml")))
    if not nodes:
        raise RecordingError(f"{folder}: no recording, nodes/*.yaml is missing; {hint}")
    return Recording(folder, load_central(folder / "port.yaml"), nodes, read_truth(folder / "truth.json"))


def write_port_config(recording: Recording, work: Path, ports: Ports) -> Path:
    """port.yaml for this demo: the recording's lanes, this demo's broker, store and address."""
    document = _read(recording.folder / "port.yaml")
    document["broker"] = {"url": f"mqtt://127.0.0.1:{ports.broker}"}
    document["store"] = {"url": f"sqlite:///{work / 'lanewatch.db'}"}
    document["http"] = {"host": "127.0.0.1", "port": ports.http}
    return _write(document, work / "port.yaml")


def write_node_config(source: Path, work: Path, ports: Ports, start_at_s: float) -> Path:
    """A node's YAML for this demo: its clips from their place, all nodes with the same `start_at`."""
    document = _read(source)
    document["broker"] = {"url": f"mqtt://127.0.0.1:{ports.broker}"}
    document["tick_s"] = TICK_S
    document["outbox"] = str(work / f"outbox-{source.stem}.db")
    for camera in document["cameras"]:
        camera["source"] = str((source.parent / camera["source"]).resolve())
        camera["playback"] = {"start_at": datetime.fromtimestamp(start_at_s, UTC).isoformat(), "loop": True}
    return _write(document, work / f"node-{source.stem}.yaml")


def _read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def _write(document: Any, path: Path) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(document, stream)
    return path
