"""The clock's offset from the times in receipts."""

from __future__ import annotations

import pytest

from edge.node.clock import ClockOffset


@pytest.mark.parametrize(
    ("case", "receipts", "at", "expected"),
    [
        ("no receipt, no estimate", [], 0.0, None),
        ("some milliseconds of way are not told from none", [(100.0, 100.03)], 101.0, 0.0),
        ("this clock is an hour ahead", [(100.0, 3700.02)], 3701.0, 3600.0),
        ("this clock is behind", [(100.0, 97.5)], 98.0, -2.5),
        ("the least late receipt is nearest", [(100.0, 104.0), (101.0, 102.0), (102.0, 105.0)], 105.0, 1.0),
        ("what is older than ten minutes is forgotten", [(100.0, 100.0), (699.0, 704.0)], 1000.0, 5.0),
        ("nor does an estimate live longer", [(100.0, 100.0)], 701.0, None),
        ("this clock was set back an hour", [(5000.0, 8600.0), (5001.0, 5001.0)], 5002.0, 0.0),
    ],
)
def test_offset(case: str, receipts: list[tuple[float, float]], at: float, expected: float | None) -> None:
    clock = ClockOffset()
    for sent_at, came_at in receipts:
        clock.receipt(sent_at, came_at)
    assert clock.offset_s(at) == expected
