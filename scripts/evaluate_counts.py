"""Counts on recordings against known truth -> docs/accuracy/counts.md. Real and rendered stand apart.

scripts/evaluate counts                 all recordings, the bundled pack and the reference detector
scripts/evaluate counts --quick         every frame only
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"
COMMAND = Path(sys.executable).parent / "lanewatch-edge"
PAGE = REPOSITORY / "docs" / "accuracy" / "counts.md"
FRAME_TOL = 6
"""A count within this many frames of the truth (or the truth's own tolerance, if wider) is that vehicle."""
RENDERED_TOL_S = 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a recording, and when (s) vehicles truly crossed it, each with its tolerance (s)."""

    recording: str
    source: Path
    config: Path
    lane: str
    line: str
    crossings: tuple[tuple[float, float], ...]
    tolerance: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line counted in one way."""

    line: Line
    model: str
    per_s: float | None
    counted: int
    missed: int
    extra: int


def real_lines() -> Iterator[Line]:
    """Lines of the real clips whose truth was made by hand; nothing where they are not here."""
    for clip, media in (("opendatacam", "frames"), ("ahmetozlu", "input_video.mp4")):
        folder = SHARED / "data" / clip
        if not folder.is_dir():
            print(f"{clip}: not beside this repository (../shared), left out", file=sys.stderr)
            continue
        truth = json.loads((folder / "truth.json").read_text())
        fps = truth["media"]["fps"]
        for name in ("A", "B"):
            found = [c for c in truth["crossings"] if c["line"] == name]
            times = tuple((c["frame"] / fps, max(FRAME_TOL, c["frame_tol"]) / fps) for c in found)
            config = REPOSITORY / "config" / "examples" / f"{clip}.yaml"
            tolerance = truth["count_tolerance"][name]
            yield Line(clip, folder / media, config, name, "tail", times, tolerance)


def rendered_lines() -> Iterator[Line]:
    """Lines of the committed demo recording."""
    folder = REPOSITORY / "config" / "recordings" / "demo"
    truth = json.loads((folder / "truth.json").read_text())
    for lane, line, camera in sorted({(c["lane"], c["line"], c["camera"]) for c in truth["crossings"]}):
        times = tuple(
            (c["t_s"], RENDERED_TOL_S) for c in truth["crossings"] if (c["lane"], c["line"]) == (lane, line)
        )
        config = folder / "nodes" / f"n-{camera}.yaml"
        yield Line(f"demo {camera}", folder / f"{camera}.mp4", config, lane, line, times)


def count(line: Line, model: str, per_s: float | None) -> dict[str, Any]:
    """What `lanewatch-edge count` writes for the recording of a line."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        options = ["--config", str(line.config), "--model", model, "--json", str(out)]
        rate = [] if per_s is None else ["--sample-fps", f"{per_s:g}"]
        subprocess.run([str(COMMAND), "count", str(line.source), *options, *rate], check=True)
        document: dict[str, Any] = json.loads(out.read_text())
    return document


def judge(line: Line, model: str, per_s: float | None, document: dict[str, Any]) -> Row:
    """Match counts with true crossings by time, each at most once."""
    found = [c["t_s"] for c in document["crossings"] if (c["lane"], c["line"]) == (line.lane, line.line)]
    left, missed = list(found), 0
    for true_s, tolerance_s in line.crossings:
        near = [t for t in left if abs(t - true_s) <= tolerance_s + 1e-6]
        if near:
            left.remove(min(near, key=lambda t: abs(t - true_s)))
        else:
            missed += 1
    return Row(line, Path(model).stem, per_s, len(found), missed, len(left))


def rows(lines: list[Line], models: list[str], rates: list[float | None]) -> Iterator[Row]:
    """Count each recording once per model and rate; a row for each of its lines."""
    for model in models:
        for per_s in rates:
            documents: dict[Path, dict[str, Any]] = {}
            for line in lines:
                if line.source not in documents:
                    documents[line.source] = count(line, model, per_s)
                yield judge(line, model, per_s, documents[line.source])


def table(found: list[Row]) -> list[str]:
    """Markdown."""
    head = ["| recording | line | model | pictures | true | counted | missed | extra |", "|" + "---|" * 8]
    return head + [
        f"| {r.line.recording} | {r.line.lane} {r.line.line} | {r.model} "
        f"| {'every one' if r.per_s is None else f'{r.per_s:g} per s'} "
        f"| {len(r.line.crossings)}{f' (+-{r.line.tolerance})' if r.line.tolerance else ''} "
        f"| {r.counted} | {r.missed} | {r.extra} |"
        for r in found
    ]


def main() -> int:
    """Count, print and write the page."""
    rates: list[float | None] = [None] if "--quick" in sys.argv else [None, 10.0, 5.0]
    reference = SHARED / "models" / "yolox_nano.onnx"
    models = ["vehicles", *([str(reference)] if reference.exists() else [])]
    real = table(list(rows(list(real_lines()), models, rates)))
    rendered = table(list(rows(list(rendered_lines()), ["vehicles"], [None, 5.0])))
    text = "\n".join(
        [
            "# Accuracy of counts\n",
            "Written by `scripts/evaluate counts`. A count is right if it lies within "
            f"max({FRAME_TOL}, the truth's own tolerance) frames of a true crossing, rendered ones within "
            f"{RENDERED_TOL_S} s. The same settings for all recordings beyond their lines and areas.\n",
            "## Real clips, truth made by hand\n",
            *real,
            "\n## Rendered (the demo recording)\n",
            *rendered,
            "",
        ]
    )
    print(text)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
