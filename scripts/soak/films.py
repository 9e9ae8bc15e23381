"""A film of a quarter of a minute and what a failing camera makes of it, each as long as the sound one."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import av

from simulator.film import write_film
from simulator.stage import Image

LENGTH_S, FPS = 15, 5
BEGIN_S = 10.0
CORRUPT_BYTES = 160
KINDS = ("sound", "frozen", "dark", "corrupt")


def make_films(source: Path, folder: Path, seed: int) -> dict[str, Path]:
    """Cut the sound film out of `source` and spoil it; files by kind."""
    folder.mkdir(parents=True, exist_ok=True)
    images = list(_cut(source))
    films = {kind: folder / f"{kind}.mp4" for kind in KINDS}
    write_film(films["sound"], images, FPS)
    write_film(films["frozen"], [images[0]] * len(images), FPS)
    write_film(films["dark"], ((image // 24) for image in images), FPS)
    films["corrupt"].write_bytes(_damaged(films["sound"].read_bytes(), random.Random(seed)))
    return films


def put(film: Path, place: Path) -> None:
    """Make `place` that film, at once; who has the old one open goes on with it."""
    new = place.with_suffix(".new")
    new.unlink(missing_ok=True)
    os.link(film, new)
    new.replace(place)


def _cut(source: Path) -> Iterator[Image]:
    """LENGTH_S of pictures at FPS, from BEGIN_S on."""
    index = 0
    with av.open(str(source)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= BEGIN_S + index / FPS - 1e-6:
                yield frame.to_ndarray(format="rgb24")
                index += 1
            if index == LENGTH_S * FPS:
                return


def _damaged(film: bytes, dice: random.Random) -> bytes:
    """Bytes of the pictures overwritten; the index, at the end, stays."""
    spoilt, begin = bytearray(film), film.index(b"mdat") + 64
    end = film.rindex(b"moov") - 64 if film.rindex(b"moov") > begin else len(film) - 64
    for _ in range(CORRUPT_BYTES):
        spoilt[dice.randrange(begin + (end - begin) // 4, end)] = dice.randrange(256)
    return bytes(spoilt)
