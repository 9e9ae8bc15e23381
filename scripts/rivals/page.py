"""The part of docs/performance.md that `scripts/bench edge --write` writes."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.pages import write_part
from scripts.rivals.goals import BARE, Side, Told

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
MARK = "<!-- edge: what follows up to the next mark is written by scripts/bench edge --write -->"
END = "<!-- end of edge -->"

NOISE = """\
Sources of noise: what else the machine does (caches and sibling threads are shared; a ratio is the median of
the ratios within one round, the last column shows their range); there is one road and one made stop and go;
cameras a core are arithmetic, 1000 / (pictures a second of the stream x CPU ms a picture of the stream), with
decoding, and no soak of so many streams; rivals get the same weights behind a few more nodes (1 to 3 % of the
net)."""


def write(head: Told, found: Mapping[Side, Told | str], rows: Sequence[Told]) -> None:
    """Put the figures of a bench in place of the last ones."""
    lines = [*_told_before(head), *_goals(rows), "", NOISE, "", *_sides(found)]
    write_part(PAGE, MARK, END, "\n".join(lines))


def _told_before(head: Told) -> list[str]:
    machine = f"{os.cpu_count()} cores of {_processor()}, Python {platform.python_version()}"
    nets = (
        f"{head['net']} at {head['square']} (every picture) and {head['wide']} (its shape fits the picture)"
    )
    return [
        f"{nets}, 720p; rounds: {head['rounds']} of {head['frames']} pictures;",
        f"{machine}; load at the end {os.getloadavg()[0]:.1f}. `one thread`: the rival's",
        "session, OpenCV and torch have one thread that does not spin; else its default.",
        "",
    ]


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _goals(rows: Sequence[Told]) -> list[str]:
    lines = ["| what | measured | goal | rounds |", "|---|---|---|---|"]
    for row in rows:
        value = "not measured" if row["value"] is None else _plain(row["value"])
        spread = "" if row["spread"] is None else " to ".join(map(_plain, row["spread"]))
        goal = row["goal"] + (": **missed**" if row["reached"] is False else "")
        lines.append(f"| {row['what']} | {value} | {goal} | {spread} |")
    return lines


def _sides(found: Mapping[Side, Told | str]) -> list[str]:
    bare = found[BARE]
    floor = None if isinstance(bare, str) else bare["ms"]
    lines = ["| part | side | x bare | start, CPU s | peak RSS, MB | counted |", "|---|---|---|---|---|---|"]
    for (part, side), told in found.items():
        if isinstance(told, str):
            lines.append(f"| {part} | {side} | {told} | | | |")
            continue
        of_bare = f"{told['ms'] / floor:.2f}" if floor and "ms" in told else ""
        start = f"{told['start_cpu_s']:.2f}" if "start_cpu_s" in told else ""
        counted = "" if told["counted"] is None else told["counted"]
        lines.append(f"| {part} | {side} | {of_bare} | {start} | {told['rss_mb']:.0f} | {counted} |")
    return lines


def _plain(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"
