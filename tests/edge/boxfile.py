"""Writing recorded boxes and configurations, and running the command on them as a user does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from edge.cli import main

WIDTH, HEIGHT = 1280, 720

Row = tuple[Any, ...]
"""cx, cy, width, height in px, then class and score where they matter."""


def point(x: float, y: float) -> list[float]:
    """Pixels as fractions."""
    return [x / WIDTH, y / HEIGHT]


def line(
    a: tuple[float, float], b: tuple[float, float], toward: tuple[float, float], anchor: str = "center"
) -> dict[str, Any]:
    """A line of node.yaml, from pixels."""
    return {"line": [point(*a), point(*b)], "toward": point(*toward), "anchor": anchor}


def across(y: float, x0: float = 0, x1: float = WIDTH, anchor: str = "center") -> dict[str, Any]:
    """A level line; vehicles drive down over it."""
    return line((x0, y), (x1, y), ((x0 + x1) / 2, y + 60), anchor)


def area(x0: float, y0: float, x1: float, y1: float) -> list[list[float]]:
    """A rectangle as an area."""
    return [point(x0, y0), point(x1, y0), point(x1, y1), point(x0, y1)]


def picture(number: int, t_s: float, rows: Iterable[Row]) -> dict[str, Any]:
    """One line of recorded boxes."""
    boxes = []
    for cx, cy, w, h, *rest in rows:
        name, score = (*rest, *("car", 0.9)[len(rest) :])
        boxes.append(
            {"xyxy": [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], "class": name, "score": score}
        )
    return {"frame": number, "t_s": t_s, "width": WIDTH, "height": HEIGHT, "boxes": boxes}


def write_case(
    folder: Path, lanes: Sequence[dict[str, Any]], frames: Sequence[tuple[float, list[Row]]]
) -> None:
    """node.yaml (JSON is YAML) and boxes.jsonl of one camera."""
    node = {"port": "p", "node": "n", "cameras": [{"id": "c1", "lanes": list(lanes)}]}
    (folder / "node.yaml").write_text(json.dumps(node))
    rows = [json.dumps(picture(number, t_s, boxes)) for number, (t_s, boxes) in enumerate(frames)]
    (folder / "boxes.jsonl").write_text("\n".join(rows))


def run_cli(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Exit code of `lanewatch-edge` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["lanewatch-edge", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def count_boxes(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    lanes: Sequence[dict[str, Any]],
    frames: Sequence[tuple[float, list[Row]]],
    *options: object,
) -> dict[str, Any]:
    """The document that `count --boxes` writes for these boxes."""
    write_case(folder, lanes, frames)
    arguments = ("count", "--boxes", folder / "boxes.jsonl", "--config", folder / "node.yaml")
    assert run_cli(monkeypatch, *arguments, *options, "--json", folder / "out.json") == 0
    document: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return document
