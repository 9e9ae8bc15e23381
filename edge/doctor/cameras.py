"""Each camera: does it open, what does it send, how soon, and what do its first pictures show."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import numpy as np

from edge.camera.opening import open_source
from edge.camera.source import Source, SourceError
from edge.config import CameraConfig
from edge.daemon.logs import without_credentials
from edge.doctor.finding import Finding, fail, ok, warn
from edge.picture import Colours
from edge.vision import Frame

LISTEN_S = 3.0
SLOW_S = 8.0
"""A first picture that takes longer: seconds between the key pictures, or a bad way."""

FEW_FPS = 3.0
DARK = 16.0
FLAT = 3.0
"""Grey levels: a mean below `DARK` shows nothing, a spread below `FLAT` is a cap, a test card, a wall."""


@dataclass(frozen=True, slots=True)
class Look:
    """The first picture of a camera, if it gave one."""

    findings: tuple[Finding, ...]
    frame: Frame | None


def look_at(camera: CameraConfig) -> Look:
    """Open the camera and watch it for a moment."""
    name = f"camera {camera.id}"
    if camera.source is None:
        return Look((fail(name, "has no source", f"add `source:` to camera {camera.id}"),), None)
    begun = time.perf_counter()
    try:
        source = open_source(camera.source, camera.fps)
        with closing(_pictures(source)) as pictures:
            first = next(pictures, None)
            if first is None:
                return Look((fail(name, "gives no picture", "check the camera"),), None)
            first = Frame(first.number, first.at, Colours(first.image))  # a live one's are gone with the next
            waited_s = time.perf_counter() - begun
            live = source.length_s is None
            rate = _rate(first, pictures) if live else source.fps
    except SourceError as error:
        return Look((fail(name, without_credentials(str(error))),), None)
    return Look(tuple(_findings(name, source, first, live, waited_s, rate)), first)


def _pictures(source: Source) -> Generator[Frame, None, None]:
    yield from source.every()


def _rate(first: Frame, pictures: Iterator[Frame]) -> float | None:
    """Pictures a second by their own times; None when only one came."""
    begun, last = time.perf_counter(), first
    for frame in islice(pictures, 500):
        last = frame
        if time.perf_counter() - begun >= LISTEN_S:
            break
    seconds = last.at - first.at
    return (last.number - first.number) / seconds if seconds > 0 else None


def _findings(
    name: str, source: Source, first: Frame, live: bool, waited_s: float, rate: float | None
) -> Iterator[Finding]:
    height, width = first.image.shape[:2]
    seen = f"{width}x{height}, {'no' if rate is None else f'{rate:.3g}'} pictures a second"
    came = f"first picture after {waited_s:.1f} s"
    length_s = source.length_s
    kind = came if live or length_s is None else f"recording of {length_s:.0f} s"
    if rate is None or rate < FEW_FPS:
        yield warn(name, f"{seen}, {kind}", f"set the camera to {FEW_FPS:.0f} or more, best 10 to 25")
    elif waited_s > SLOW_S:
        yield warn(name, f"{seen}, {kind}", "set a key picture every second at the camera, check the network")
    else:
        yield ok(name, f"{seen}, {kind}")
    if source.fault is not None:
        yield warn(name, without_credentials(source.fault))
    grey = first.image.mean(axis=2)
    if float(grey.mean()) < DARK:
        yield warn(name, "its picture is dark", "check lens cap, light and exposure")
    elif float(np.std(grey)) < FLAT:
        yield warn(name, "its picture shows nothing", "check lens, cover and cable")
