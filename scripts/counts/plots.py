"""Plots of rendered groups as small PNG files: what is counted, what the detector finds, the queues."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from scripts.counts.results import Group
from scripts.plotting import GOOD, POOR, plain, saved


def draw(groups: Sequence[Group], folder: Path) -> list[Path]:
    """counts-crossings.png and counts-queues.png under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = (("counts-crossings.png", _crossings), ("counts-queues.png", _queues))
    return [_saved(folder / name, groups, plot) for name, plot in drawn]


def _saved(path: Path, groups: Sequence[Group], plot: Any) -> Path:
    figure = Figure(figsize=(9.6, 0.6 + 0.27 * len(groups)), dpi=100)
    axes = figure.subplots(1, 2, sharey=True)
    plot(groups, axes)
    axes[0].set_yticks(range(len(groups)), [group.name for group in groups], fontsize=8)
    axes[0].invert_yaxis()
    for axis in axes:
        axis.tick_params(axis="x", labelsize=8)
        plain(axis, "x")
    figure.tight_layout()
    return saved(figure, path)


def _crossings(groups: Sequence[Group], axes: Any) -> None:
    rows = range(len(groups))
    recall, precision = _values(groups, "recall"), _values(groups, "precision")
    axes[0].barh([row - 0.19 for row in rows], recall, 0.36, color=GOOD, label="recall")
    axes[0].barh([row + 0.19 for row in rows], precision, 0.36, color=POOR, label="precision")
    axes[0].set_title("crossings", fontsize=9)
    axes[0].set_xlim(0, 1.02)
    axes[0].legend(fontsize=7, loc="lower left")
    axes[1].barh(rows, [group.detector or 0.0 for group in groups], 0.7, color=GOOD)
    axes[1].set_title("part of the visible vehicles that the detector finds", fontsize=9)
    axes[1].set_xlim(0, 1.02)


def _queues(groups: Sequence[Group], axes: Any) -> None:
    rows = range(len(groups))
    metres = [group.queue.metres.mean or 0.0 for group in groups]
    axes[0].barh(rows, metres, 0.7, color=[GOOD if value <= 3.0 else POOR for value in metres])
    axes[0].axvline(3.0, color="black", linewidth=0.8)
    axes[0].set_title("queue length where not at_least: mean error, m", fontsize=9)
    in_view = [group.queue.in_view.mean or 0.0 for group in groups]
    stopped = [group.queue.stopped.mean or 0.0 for group in groups]
    axes[1].barh([row - 0.19 for row in rows], in_view, 0.36, color=GOOD, label="in_view")
    axes[1].barh([row + 0.19 for row in rows], stopped, 0.36, color=POOR, label="stopped")
    axes[1].set_title("vehicles in view and stopped: mean error", fontsize=9)
    axes[1].legend(fontsize=7)


def _values(groups: Sequence[Group], name: str) -> list[float]:
    return [getattr(group.crossings, name) or 0.0 for group in groups]
