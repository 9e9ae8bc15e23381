"""The real recordings beside the repository, in ../shared, and `count` run on them as a user does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.edge.boxfile import run_cli

REPOSITORY = Path(__file__).parent.parent.parent
SHARED = REPOSITORY.parent / "shared"
EXAMPLES = REPOSITORY / "config" / "examples"
YOLOX = SHARED / "models" / "yolox_nano.onnx"
PACK = REPOSITORY / "models" / "vehicles"
MEDIA = {"opendatacam": "frames", "ahmetozlu": "input_video.mp4", "intel-car": "car-detection.mp4"}

are_here = pytest.mark.skipif(not SHARED.is_dir(), reason="the real recordings in ../shared are not here")


def count(
    monkeypatch: pytest.MonkeyPatch, clip: str, model: Path, out: Path, *more: object
) -> dict[str, Any]:
    arguments = ("count", SHARED / "data" / clip / MEDIA[clip], "--config", EXAMPLES / f"{clip}.yaml")
    assert run_cli(monkeypatch, *arguments, "--model", model, "--json", out, *more) == 0
    document: dict[str, Any] = json.loads(out.read_text())
    return document
