"""The finder of plates that tests run with."""

from __future__ import annotations

import pytest

from edge.detection.layouts import ModelError
from edge.detection.packs import find_pack
from tests.conftest import SHARED


def plate_finder() -> str:
    """The pack of plates, or the reference beside the repository; skips without either."""
    try:
        return str(find_pack("plates").folder)
    except ModelError:
        reference = SHARED / "models" / "y5fu_320x_sim.onnx"
        if not reference.is_file():
            pytest.skip("no finder of plates: neither the pack `plates` nor ../shared")
        return str(reference)
