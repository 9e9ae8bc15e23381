"""What the demo shows in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from dashboard.demo.judge import LaneCount, StreamScore


def live_table(
    streams: Mapping[str, Mapping[str, Any]], true_s: Mapping[str, float | None], clock_s: float
) -> Table:
    """The published waits now, beside the true ones (rendered traffic)."""
    table = Table(title=f"{clock_s:.0f} s played: published waits, and the true ones", title_justify="left")
    for heading in ("stream", "wait", "90 % interval", "age", "queue", "true"):
        table.add_column(heading, no_wrap=True)
    for name, lane in streams.items():
        expected, queue = lane["expected"] or {}, lane["queue"] or {}
        table.add_row(
            name,
            _seconds(expected.get("wait_s")) if lane["state"] == "measured" else lane["state"],
            f"{_seconds(expected.get('low_s'))} to {_seconds(expected.get('high_s'))}" if expected else "-",
            _seconds(expected.get("age_s")),
            "unknown" if not queue else f"{'>= ' * queue['at_least']}{queue['vehicles']}",
            _seconds(true_s.get(name)),
        )
    return table


def result_table(counts: Sequence[LaneCount], scores: Sequence[StreamScore]) -> Table:
    """Counts and waits against the truth of the recording."""
    table = Table(title="against the truth of the recording (rendered)", title_justify="left")
    for heading in ("figure", "measured", "true or needed"):
        table.add_column(heading)
    for c in counts:
        table.add_row(f"{c.lane}, {c.line} line, vehicles", _count(c.counted), str(c.true))
    for s in scores:
        table.add_row(
            f"{s.stream}, waits within max(15 s, 20 %)", f"{s.within_share:.0%} of {s.samples}", ">= 80 %"
        )
        table.add_row(f"{s.stream}, mean width", _seconds(s.mean_width_s), f"<= {s.width_limit_s:.0f} s")
        table.add_row(f"{s.stream}, truth inside the interval", f"{s.covered_share:.0%}", "about 90 %")
    return table


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0f} s"


def _count(value: int | None) -> str:
    return "unknown" if value is None else str(value)
