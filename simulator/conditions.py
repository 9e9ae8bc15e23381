"""Conditions under which a recording is made: what each changes in the scene, in the picture and in the film.

`weathered` is for any picture, e.g. one of a training set; a recording sets its scene too (`scene_look`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator import weather
from simulator.shapes import shade
from simulator.stage import Image, Look

SAYS = {
    "day": "clear daylight (with night: it grows dark half way)",
    "night": "dark, lamps over the booths, headlights, tail lights, a noisy sensor",
    "rain": "streaks, drops on the glass, a dark wet road",
    "snow": "flakes, white ground, tracks in the lanes",
    "glare": "a low sun ahead of the camera, long shadows",
    "fog": "contrast falls with distance, up to nothing left",
    "dirty-lens": "dried drops, mud and a smear on the glass",
    "shake": "the pole sways by a few pixels",
    "low-bitrate": "an encoder that has too few bits",
    "5fps": "five pictures a second",
}
NAMES = tuple(SAYS)
_FILTERS: dict[str, weather.Maker] = {
    "fog": weather.fog,
    "glare": weather.glare,
    "rain": weather.rain,
    "snow": weather.snow,
    "shake": weather.shake,
    "dirty-lens": weather.dirty_lens,
    "night": weather.night,
}
"""In the order in which light passes: air, what falls, the pole, the glass, the sensor."""
_AGAINST_EACH_OTHER = (("night", "glare"), ("fog", "glare"), ("rain", "snow"))

LOW_BITRATE_BPS = 70_000
"""Of a film of 640 x 360 at 10 pictures a second; other sizes and rates in proportion."""


class ConditionError(ValueError):
    """Conditions that do not exist, or cannot be at once; says which and what to give."""


def parsed(text: str) -> tuple[str, ...]:
    """Names out of a comma-joined list, in the order of NAMES.

    Raises: ConditionError, if a name is unknown or two of them exclude each other.
    """
    given = {part.strip() for part in text.split(",") if part.strip()}
    unknown = sorted(given - set(NAMES))
    if unknown:
        raise ConditionError(f"{unknown[0]} is no condition; there are {', '.join(NAMES)}")
    for one, other in _AGAINST_EACH_OTHER:
        if {one, other} <= given:
            raise ConditionError(f"{one} and {other} cannot be at once; render two recordings")
    return tuple(name for name in NAMES if name in given) or ("day",)


def scene_look(look: Look, names: Sequence[str]) -> Look:
    """Light and ground of a scene under conditions."""
    if "snow" in names:
        look = replace(
            look,
            snow=True,
            grass=(222, 226, 232),
            asphalt=(176, 179, 184),
            sunlight=0.55 * look.sunlight,
            ambient=1.15 * look.ambient,
        )
    if "rain" in names:
        look = replace(look, asphalt=shade(look.asphalt, 0.62), grass=shade(look.grass, 0.78), wet=True)
        look = replace(look, sunlight=0.5 * look.sunlight, ambient=0.95 * look.ambient)
    if {"rain", "snow", "fog"} & set(names):
        look = replace(look, horizon=(188, 193, 199), zenith=(158, 165, 174), shadows=0.18)
    if "glare" in names:
        look = replace(look, backlit=True, sunlight=1.05 * look.sunlight, ambient=0.62 * look.ambient)
        look = replace(look, horizon=(250, 232, 200), zenith=(170, 186, 210), shadows=0.6)
    if "night" in names:
        look = replace(look, night=True, sunlight=0.05, ambient=0.13, shadows=0.3, noise=max(look.noise, 3.0))
        look = replace(look, horizon=(30, 31, 38), zenith=(10, 12, 18))
    return look


def scene_filter(names: Sequence[str], seed: Sequence[int], shape: tuple[int, int]) -> weather.Filter:
    """What the picture of a scene that was set with `scene_look` still needs; `shape`: height, width."""
    return weather.chained(_made(_FILTERS, names, seed, shape))


def weathered(
    image: Image,
    names: Sequence[str],
    seed: int,
    at_s: float = 0.0,
    depth_m: weather.Floats | None = None,
) -> Image:
    """Any picture (height, width, 3) uint8 RGB, of any size, as if taken under `names`; the seed decides all.

    `5fps` and `day` change nothing in a single picture. Night darkens what was taken by day.
    """
    height, width = image.shape[:2]
    stages: list[dict[str, weather.Maker]] = [
        {"night": weather.darkened},
        _FILTERS,
        {"low-bitrate": weather.blocky},
    ]
    steps = [step for makers in stages for step in _made(makers, names, [seed], (height, width))]
    return weather.chained(steps)(image, at_s, depth_m)


def film_fps(names: Sequence[str], fps: int) -> int:
    """Pictures per second of the film."""
    return min(fps, 5) if "5fps" in names else fps


def film_bps(names: Sequence[str], pixels_per_s: float) -> int | None:
    """Bits per second that the encoder may use; None: what good quality takes."""
    return round(LOW_BITRATE_BPS * pixels_per_s / (640 * 360 * 10)) if "low-bitrate" in names else None


def _made(
    makers: dict[str, weather.Maker], names: Sequence[str], seed: Sequence[int], shape: tuple[int, int]
) -> list[weather.Filter]:
    return [
        maker(np.random.default_rng([*seed, NAMES.index(name)]), shape)
        for name, maker in makers.items()
        if name in names
    ]
