"""The demo's own recordings, looked at as a node looks: every vehicle is counted, once."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from edge.camera.opening import open_source
from edge.config import load_node
from edge.detection.detector import Detector
from edge.recording.command import count_recording
from tests.conftest import REPOSITORY

DEMO = REPOSITORY / "config" / "recordings" / "demo"


@pytest.mark.slow
@pytest.mark.parametrize("camera", ["tail", "booth"])
def test_every_vehicle_of_the_demo_is_counted(camera: str) -> None:
    node = load_node(DEMO / "nodes" / f"n-{camera}.yaml")
    counted = count_recording(
        open_source(str(DEMO / f"{camera}.mp4")),
        camera,
        node.cameras[0],
        Detector.load("vehicles"),
        sample_fps=5.0,
        gated=True,
    ).document["crossings"]
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))["crossings"]
    true = Counter((row["lane"], row["line"]) for row in truth if row["camera"] == camera)
    assert Counter((row["lane"], row["line"]) for row in counted) == true
    assert sum(true.values()) == 20
