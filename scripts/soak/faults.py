"""What goes wrong, one after the other: each fault begins, lasts and is put right again."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

from scripts.chaos.parts import Part
from scripts.soak.films import put

Deed = Callable[[], None]
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@dataclass(frozen=True, slots=True)
class Fault:
    """`share`: how much of the time between two faults it lasts."""

    name: str
    begin: Deed
    end: Deed
    share: float = 0.6


def faults(
    parts: Mapping[str, Part], node: str, films: Mapping[str, Path], places: Sequence[Path]
) -> Iterator[Fault]:
    """Without end: broker and central killed, cameras that spoil in turn, a full disk, a node that sleeps."""
    cameras = cycle(places)
    kinds = cycle(
        [
            lambda: _killed(parts["broker"]),
            lambda: _spoilt(next(cameras), films, "corrupt"),
            lambda: _full_disk(parts[node]),
            lambda: _gone(next(cameras)),
            lambda: _killed(parts["central"]),
            lambda: _spoilt(next(cameras), films, "frozen"),
            lambda: _asleep(parts[node]),
            lambda: _spoilt(next(cameras), films, "dark"),
        ]
    )
    for _ in count():
        yield next(kinds)()


def _killed(part: Part) -> Fault:
    return Fault(f"{part.name} killed", part.kill, part.start)


def _spoilt(place: Path, films: Mapping[str, Path], kind: str) -> Fault:
    return Fault(
        f"{place.stem} {kind}", lambda: put(films[kind], place), lambda: put(films["sound"], place), share=0.9
    )


def _gone(place: Path) -> Fault:
    away = place.with_suffix(".away")
    return Fault(f"{place.stem} gone", lambda: _move(place, away), lambda: _move(away, place), share=0.9)


def _move(place: Path, to: Path) -> None:
    place.replace(to)


def _full_disk(part: Part) -> Fault:
    """No file of the process can grow: what a full disk is for it."""
    return Fault(
        f"{part.name} finds its disk full",
        lambda: resource.prlimit(part.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY)) and None,
        lambda: resource.prlimit(part.pid, resource.RLIMIT_FSIZE, UNLIMITED) and None,
    )


def _asleep(part: Part) -> Fault:
    return Fault(
        f"{part.name} sleeps",
        lambda: os.kill(part.pid, signal.SIGSTOP),
        lambda: os.kill(part.pid, signal.SIGCONT),
        share=0.3,
    )
