"""`count` on a film whose view is lost for a while: it says so, and counts nobody twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.edge.boxfile import run_cli
from tests.edge.films import write_film
from tests.edge.tinymodels import moving_model

DARK, LEVELS_PER_PX = 40, 5
STANDS_S, LOST_S, LENGTH_S = (3.0, 24.0), (8.0, 20.0), 30.0
LINES = {
    "tail": {"line": [[0.1, 0.4], [0.9, 0.4]], "toward": [0.5, 0.9], "anchor": "bottom"},
    "booth": {"line": [[0.1, 0.8], [0.9, 0.8]], "toward": [0.5, 0.99], "anchor": "bottom"},
    "area": [[0.1, 0.2], [0.9, 0.2], [0.9, 0.8], [0.1, 0.8]],
}


def foot(t_s: float) -> float:
    """The truck's lower edge, px of 32: it stands across the tail line, then drives off."""
    jitter = 0.6 * (-1) ** int(2 * t_s) if STANDS_S[0] < t_s < STANDS_S[1] else 0.0
    return float(np.interp(t_s, [0, *STANDS_S, LENGTH_S - 2], [8, 13.0, 13.0, 31])) + jitter


def pictures(lost: bool) -> Iterator[NDArray[np.uint8]]:
    """Their brightness says where the truck is; black ones, with a sensor's noise, while the view is lost."""
    rng = np.random.default_rng(1)
    for number in range(round(10 * LENGTH_S)):
        t_s = number / 10
        level = round(DARK + LEVELS_PER_PX * (foot(t_s) - 8))
        black = lost and LOST_S[0] <= t_s < LOST_S[1]
        picture = rng.integers(0, 4, (32, 64, 3)) if black else np.full((32, 64, 3), level)
        yield picture.astype(np.uint8)


def counted(folder: Path, lost: bool, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    node = {"port": "p", "node": "n", "cameras": [{"id": "c1", "lanes": [{"id": "b1"} | LINES]}]}
    (folder / "node.yaml").write_text(json.dumps(node))
    base = np.array([[20.0, 8 - 10 - DARK / LEVELS_PER_PX, 40.0, 8 - DARK / LEVELS_PER_PX]])
    slope = np.array([[0.0, 1 / LEVELS_PER_PX, 0.0, 1 / LEVELS_PER_PX]])
    model = moving_model(folder / "tiny.onnx", base, slope, np.array([[0.0, 0.9, 0.0, 0.0]]))
    film = write_film(folder / "film.mp4", pictures(lost))
    options = ("--config", folder / "node.yaml", "--model", model, "--json", folder / "out.json")
    assert run_cli(monkeypatch, "count", film, *options) == 0
    document: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return document


@pytest.mark.parametrize("lost", [False, True])
def test_a_truck_on_the_line_counts_once_though_the_view_is_lost(
    lost: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = counted(tmp_path, lost, monkeypatch)
    assert document["totals"] == {"b1": {"arrivals": 1, "departures": 1}}
    told = [row["t_s"] for row in document["queue"] if LOST_S[0] < row["t_s"] < LOST_S[1]]
    assert bool(told) is not lost
    said = capsys.readouterr().err
    assert ("were not measured" in said) is lost
    assert ("dark" in said) is lost
