"""Recordings to count on: real clips with truth made by hand, and rendered ones.

Rendered ones are kept, under work/renders unless another folder is given, until something in simulator/
changes.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simulator.render import Order, render

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared"
CACHE = REPOSITORY / "work" / "renders"
OF_A_DIGEST = re.compile("[0-9a-f]{10}")
"""Folders of films that an earlier simulator rendered, and nothing else, are deleted."""
FPS = 5
"""As a node samples a camera."""
MOUNT_M = 15.0
TRUCKS_S = 210
BOTH, TAIL = ("tail", "booth"), ("tail",)
CONDITIONS = (
    ("night", BOTH), ("rain", BOTH), ("snow", BOTH), ("5fps", BOTH),
    ("glare", TAIL), ("fog", TAIL), ("dirty-lens", TAIL), ("shake", TAIL), ("low-bitrate", TAIL),
    ("night,rain", TAIL), ("night,snow", TAIL), ("day,night", TAIL),
)  # fmt: skip
MEDIA = (("opendatacam", "frames"), ("ahmetozlu", "input_video.mp4"), ("intel-car", "car-detection.mp4"))
LINES: dict[str, dict[str, dict[str, str | None]]] = {
    "opendatacam": {"A": {"A": None}, "B": {"B": None}},
    "ahmetozlu": {"A": {"A": None}, "B": {"B": None}},
    "intel-car": {"A": {"A": "up", "down": "down"}},
}
ZONES = {"opendatacam": {"Q": "A"}, "ahmetozlu": {"Q": "B"}}
HAS_GOALS = ("day", "night", "rain", "snow")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered recording; those of one `group` are judged together."""

    group: str
    order: Order

    @property
    def name(self) -> str:
        """A name for its folder."""
        parts = [
            self.group.replace(",", "-").replace(" ", "-"),
            str(self.order.seed),
            str(self.order.length_s),
        ]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Clip:
    """A real clip beside the repository: its media, configuration and truth.

    `lines`: of the truth, each with the lanes of the configuration that count it, in which direction (None:
    both).
    `zones`: of the truth, each with the lane that measures it.
    """

    name: str
    source: Path
    config: Path
    truth: dict[str, Any]
    lines: dict[str, dict[str, str | None]]
    zones: dict[str, str]


def clips() -> Iterator[Clip]:
    """Those of the real clips that are here."""
    for name, file in MEDIA:
        folder = SHARED / "data" / name
        if folder.is_dir():
            truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
            config = REPOSITORY / "config" / "examples" / f"{name}.yaml"
            yield Clip(name, folder / file, config, truth, LINES[name], ZONES.get(name, {}))


def quick() -> list[Rendered]:
    """A minute each of what is most often asked about, the tail camera alone."""
    return [Rendered(name, _order(60, 40, (name,), TAIL)) for name in ("day", "night", "rain")]


def matrix(seconds: int, seeds: int) -> list[Rendered]:
    """Conditions that have goals at one mount, then mounts, facings and long queues, then other conditions.

    seconds: length of a recording; queues of trucks need 210 whatever it is. seeds: recordings of each kind.
    """
    found: list[Rendered] = []
    for again in range(seeds):
        found.append(Rendered("day", replace(_order(seconds, 31 + again, ("day",)), fps=10)))
        for number, (name, cameras) in enumerate(CONDITIONS):
            order = _order(seconds, 41 + number + 100 * again, tuple(name.split(",")), cameras)
            found.append(Rendered(name, order))
            if name == HAS_GOALS[-1]:
                found += _views(seconds, 81 + again)
    return found


def _views(seconds: int, seed: int) -> Iterator[Rendered]:
    for mount_m in (6.0, 10.0):
        yield Rendered(
            f"mixed, away, {mount_m:g} m", replace(_order(seconds, seed, ("day",), TAIL), mount_m=mount_m)
        )
    trucks = replace(_order(TRUCKS_S, seed, ("day",), TAIL), trucks=True)
    yield Rendered("trucks, away, 15 m", trucks)
    yield Rendered("trucks, away, 15 m, night", replace(trucks, conditions=("night",)))
    yield Rendered("trucks, away, 10 m", replace(trucks, mount_m=10.0))
    for mount_m in (6.0, 10.0, 15.0):
        yield Rendered(f"trucks, toward, {mount_m:g} m", replace(trucks, mount_m=mount_m, facing="toward"))


def _order(length_s: int, seed: int, conditions: tuple[str, ...], cameras: tuple[str, ...] = BOTH) -> Order:
    return Order(seed, length_s, FPS, MOUNT_M, conditions=conditions, cameras=cameras)


def folder_of(recording: Rendered, renders: Path = CACHE) -> Path:
    """Where the recording lies under `renders`, rendered now where it is not there yet."""
    folder = renders / _digest() / f"{recording.name}-{_digest_of(repr(recording.order).encode())}"
    if (folder / "done").exists():
        return folder
    for old in renders.glob("*") if renders.is_dir() else ():
        if OF_A_DIGEST.fullmatch(old.name) and old.name != _digest():
            shutil.rmtree(old, ignore_errors=True)
    render(recording.order, folder, lambda *_: None)
    (folder / "done").touch()
    return folder


def _digest() -> str:
    """Of everything that decides how a recording looks; the command line does not."""
    files = sorted(path for path in (REPOSITORY / "simulator").glob("*.py") if path.name != "cli.py")
    return _digest_of(b"".join(path.read_bytes() for path in files))


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
