"""What the plots of this repository have in common: colours, plain axes, a small PNG file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

GOOD, POOR, GREY = "#2a6f97", "#c8553d", "#c9ced6"
PALETTE = 64


def plain(axis: Any, grid: str) -> None:
    """No box around `axis`; thin grid lines of the axis `grid` (x, y or both) behind what is drawn."""
    axis.grid(axis=grid, color=GREY, linewidth=0.6)
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def saved(figure: Figure, path: Path) -> Path:
    """Write `figure` as a PNG of few colours; the same picture gives the same bytes."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    with Image.open(drawn) as image:
        image.convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE).save(path, optimize=True)
    return path
