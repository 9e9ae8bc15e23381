"""Plots of waits beside their truth: one for each port, and how often the 90 % band holds the truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from scripts.plotting import GOOD, GREY, POOR, plain, saved
from scripts.waits.traces import Coverage, Trace, by_hour, by_stream, by_stream_of_port, by_told

NOMINAL = 0.9
BAND = "#bcd9ea"
INK, RING = "#1b1f24", "#7d8793"
GOAL = (0.88, 0.92)
LOWEST = 0.6


def draw(found: Sequence[Trace], folder: Path) -> list[Path]:
    """reliability.png, then PORT.png of every port, under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = sorted({one.port for one in found})
    return [
        saved(_reliability(found), folder / "reliability.png"),
        *(saved(_port([one for one in found if one.port == port]), folder / f"{port}.png") for port in ports),
    ]


def _port(streams: Sequence[Trace]) -> Figure:
    """Hours of the clock to the right, minutes of wait up, a strip for each stream."""
    figure = Figure(figsize=(9.6, 0.9 + 2.5 * len(streams)), dpi=110)
    axes = figure.subplots(len(streams), 1, sharex=True, squeeze=False)[:, 0]
    for axis, one in zip(axes, streams, strict=True):
        _waits(axis, one)
    axes[-1].set_xlabel("hour of the day", fontsize=9)
    shown = {}
    for axis in axes:
        handles, labels = axis.get_legend_handles_labels()
        shown |= dict(zip(labels, handles, strict=True))
    figure.legend(
        shown.values(),
        shown,
        loc="upper right",
        ncols=len(shown),
        fontsize=8,
        frameon=False,
        borderaxespad=0.2,
    )
    figure.text(0.01, 0.985, streams[0].port, va="top", fontsize=10, fontweight="bold")
    figure.tight_layout(rect=(0, 0, 1, 0.975))
    return figure


def _waits(axis: Any, one: Trace) -> None:
    """NaN breaks lines and band: an unknown minute is a gap, grey behind it."""
    plain(axis, "both")
    low, high, told, true = (values / 60 for values in (one.low_s, one.high_s, one.told_s, one.true_s))
    axis.fill_between(one.clock_h, low, high, color=BAND, linewidth=0, label="90 % band")
    axis.plot(one.clock_h, true, color=INK, linewidth=0.9, label="truth")
    axis.plot(one.clock_h, told, color=POOR, linewidth=1.6, linestyle=(0, (4, 1)), label="estimate")
    silent = np.isnan(told)
    if silent.any():
        axis.bar(
            one.clock_h[silent],
            1,
            width=1 / 60,
            align="edge",
            color=GREY,
            label="unknown",
            transform=axis.get_xaxis_transform(),
        )
    axis.set_title(one.name, fontsize=9, loc="left")
    axis.set_ylabel("minutes", fontsize=9)
    axis.set_ylim(0, _top(one))
    axis.set_xlim(one.clock_h[0], one.clock_h[-1] + 1 / 60)
    axis.xaxis.set_major_locator(MultipleLocator(1))
    axis.xaxis.set_major_formatter(lambda hour, _: f"{hour % 24:.0f}")
    axis.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axis.tick_params(labelsize=8)


def _top(one: Trace) -> float:
    """Minutes that hold truth, estimate and all but the rarest reach of the band."""
    known = [values[np.isfinite(values)] / 60 for values in (one.true_s, one.told_s, one.high_s)]
    tops = [*(values.max() for values in known[:2] if values.size), 5.0]
    return 1.06 * float(max(*tops, np.quantile(known[2], 0.98) if known[2].size else 0.0))


def _reliability(found: Sequence[Trace]) -> Figure:
    """Observed coverage of the 90 % band: by stream of a port, by stream, by told wait, by hour."""
    right = (("stream", by_stream(found)), ("wait that was told", by_told(found)), ("hour", by_hour(found)))
    figure = Figure(figsize=(9.6, 6.4), dpi=110)
    left, *others = figure.subplot_mosaic(
        [[0, number] for number in range(1, len(right) + 1)],
        height_ratios=[1 + len(rows) for _, rows in right],
        sharex=True,
    ).values()
    _shares(left, "port and stream", by_stream_of_port(found))
    for axis, (title, rows) in zip(others, right, strict=True):
        _shares(axis, title, rows)
    for axis in (left, others[-1]):
        axis.set_xlabel("share of minutes whose 90 % band held the truth\n(rings: single ports)", fontsize=8)
    figure.tight_layout()
    return figure


def _shares(axis: Any, title: str, rows: Sequence[Coverage]) -> None:
    """A mark for each row with a stem to 90 %, single ports as rings, share and minutes to the right.

    What lies left of the axis is an arrow at its edge.
    """
    plain(axis, "x")
    axis.axvspan(*GOAL, color=BAND, linewidth=0)
    axis.axvline(NOMINAL, color=INK, linewidth=0.9)
    for place, row in enumerate(rows):
        good = GOAL[0] <= row.share <= GOAL[1]
        color, share = GOOD if good else POOR, max(row.share, LOWEST)
        if len(row.ports) > 1:
            for one in row.ports:
                marker = "o" if one >= LOWEST else "<"
                axis.plot(
                    max(one, LOWEST), place, marker, color=RING, markersize=3.5, mfc="none", clip_on=False
                )
        axis.plot([NOMINAL, share], [place, place], color=color, linewidth=1.6)
        marker = "<" if row.share < LOWEST else "o" if good else "D"
        axis.plot(share, place, marker, color=color, markersize=6, clip_on=False)
        told = f"{row.share:.3f}".removeprefix("0") + f" of {row.minutes}"
        axis.text(1.015, place, told, fontsize=7, va="center")
    axis.set_yticks(range(len(rows)), [row.label for row in rows], fontsize=8)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_xlim(LOWEST, 1.0)
    axis.set_title(f"by {title}", fontsize=9, loc="left")
    axis.tick_params(axis="x", labelsize=8)
