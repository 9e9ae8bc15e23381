"""`count` on a real recording taken straight from above; it lies beside the repository, in ../shared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.edge.answers import answers_are_kept
from tests.edge.realclips import PACK, YOLOX, are_here, count

pytestmark = [pytest.mark.slow, are_here, pytest.mark.usefixtures("answers_are_kept")]
__all__ = ["answers_are_kept"]


@pytest.mark.parametrize("sampled", [(), ("--sample-fps", 6)], ids=["all", "6/s"])
def test_straight_from_above_is_counted_by_who_sees_it(
    sampled: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two drive up, two down: all four, or that they cannot be seen; never some of them."""
    document = count(monkeypatch, "intel-car", PACK, tmp_path / "out.json", *sampled)
    assert [document["totals"][lane]["arrivals"] for lane in ("A", "down")] in ([2, 2], [None, None])


@pytest.mark.parametrize("sampled", [(), ("--sample-fps", 6)], ids=["all", "6/s"])
def test_straight_from_above_is_said_to_be_unseen(
    sampled: tuple[object, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """YOLOX knows no car from above, but for the ends of two."""
    document = count(monkeypatch, "intel-car", YOLOX, tmp_path / "out.json", *sampled)
    assert [document["totals"][lane]["arrivals"] for lane in ("A", "down")] == [None, None]
    assert "not known" in capsys.readouterr().err
