"""`scripts/evaluate waits` on small ports: its figures are those of score.py, its plots are made."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts import evaluate_waits
from scripts.waits.limits import Against, against_fusion, read_limits
from scripts.waits.page import written
from scripts.waits.plots import draw
from scripts.waits.traces import Trace, by_hour, by_stream, by_stream_of_port, by_told
from tests.dashboard.recorded_port import write_port

UNKNOWN = math.nan
ORACLE = "53 / 121 / 0.92 / 0.72 / 0.72 / 0.85"
LIMITS = f"""| scenario, class | f_fusion | oracle_now | oracle_schedule |
|---|---|---|---|
| p01 truck_fast | 71 / 133 / 0.90 / 0.50 / 0.72 / 0.99 | {ORACLE} | {ORACLE} |
| p01 truck_std | 98 / 164 / 0.83 / 0.20 / 0.60 / 0.96 | {ORACLE} | {ORACLE} |
"""


def trace(
    port: str, told_min: list[float], true_min: list[float], name: str = "truck_std", from_h: float = 0
) -> Trace:
    """Minutes whose band is the told wait, 2 min either way."""
    told_s, true_s = np.array(told_min) * 60, np.array(true_min) * 60
    clock_h = from_h + np.arange(len(told_min)) / 60
    return Trace(port, name, clock_h, true_s, told_s, told_s - 120, told_s + 120)


TWO_PORTS = (
    trace("p01_a", [1, 1, 12, UNKNOWN, 12, 100], [1, 9, 13, 13, UNKNOWN, 99]),
    trace("p02_b", [1, 1], [2, 3], "truck_fast", 23 + 59.5 / 60),
)


def test_only_minutes_with_a_truth_and_a_band_are_judged() -> None:
    rows = by_stream_of_port(TWO_PORTS)
    assert [(row.label, row.minutes, row.share) for row in rows] == [
        ("p01 truck_std", 4, 0.75),
        ("p02 truck_fast", 2, 1.0),
    ]
    assert [(row.label, row.minutes) for row in by_stream(TWO_PORTS)] == [("truck_fast", 2), ("truck_std", 4)]


def test_groups_are_by_the_wait_that_was_told_and_by_the_clock_past_midnight() -> None:
    assert [(row.label, row.minutes, row.share, row.ports) for row in by_told(TWO_PORTS)] == [
        ("0-5 min", 4, 0.75, (0.5, 1.0)),
        ("10-20 min", 1, 1.0, (1.0,)),
        ("90 min +", 1, 1.0, (1.0,)),
    ]
    assert [(row.label, row.minutes) for row in by_hour(TWO_PORTS)] == [("00-03 h", 5), ("21-24 h", 1)]


def test_a_plot_of_each_port_and_of_coverage_unknown_streams_too(tmp_path: Path) -> None:
    silent = trace("p02_b", [UNKNOWN, UNKNOWN], [2, 3], "truck_std", 23)
    drawn = draw([*TWO_PORTS, silent], tmp_path / "plots")
    assert [path.name for path in drawn] == ["reliability.png", "p01_a.png", "p02_b.png"]
    for path in drawn:
        with Image.open(path) as image:
            assert image.width > 900
            assert len(image.getcolors() or ()) > 4


def test_the_fusion_of_a_port_is_its_streams_by_their_minutes(tmp_path: Path) -> None:
    (tmp_path / "LIMITS.md").write_text(LIMITS)
    streams = {
        "truck_fast": {"n_truth": 100, "n_over10min": 30},
        "truck_std": {"n_truth": 300, "n_over10min": 10},
    }
    overall = {"within_3min_over10min_unknown_missed": 0.5, "mae_s": 90.0}
    port = {"per_class": streams, "overall": overall}
    found = against_fusion({"p01_x": port, "p77_not_in_limits": port}, read_limits(tmp_path / "LIMITS.md"))
    assert found == [Against("p01_x", 0.5, pytest.approx(0.425), 90.0, pytest.approx(91.25))]


def test_the_page_of_a_small_port_has_the_figures_of_score_py(shared: Path, tmp_path: Path) -> None:
    port = write_port(tmp_path / "p01_small", minutes=30)
    with (port / "expected.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["at_s", "lane_class", "wait_s", "wait_mean_s", "joiners_10min"])
        for minute in range(60):
            rows.writerow([minute * 60, "truck_fast", 100 + 20 * minute, 120 + 20 * minute, 5])
            rows.writerow([minute * 60, "truck_std", "" if minute % 7 == 0 else 700, 650, 5])
    (port / "events.csv").write_text("at_s,booth,event,value\n0,b1,initial,open\n")
    figures = evaluate_waits.measure(evaluate_waits.VARIANTS[0], [port])
    scores = figures["p01_small"]["per_class"]
    assert scores["truck_fast"]["n_truth"] == 60
    assert 0 < scores["truck_fast"]["unknown_share"] < 1
    for row in by_stream_of_port(figures["p01_small"]["traces"]):
        score = scores[row.label.split()[1]]
        assert (row.share, row.minutes) == (score["coverage90"], score["n_scored"])

    (tmp_path / "LIMITS.md").write_text(LIMITS)
    page = [*written({"noisy": figures}, read_limits(tmp_path / "LIMITS.md"), "waits")]
    line = next(line for line in page if line.startswith("| p01 truck_fast |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[1] == f"{scores['truck_fast']['mae_s']:.0f}"
    assert cells[7] == str(scores["truck_fast"]["n_over10min"])
    assert any(line.startswith("Better than the fusion row in ") and " of 1 ports" in line for line in page)
    assert "![Truth, estimate and 90 % band of p01_small](waits/p01_small.png)" in page
