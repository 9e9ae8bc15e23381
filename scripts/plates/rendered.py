"""How often plates are read, and read wrongly, on rendered North American plates of known text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from edge.detection.detector import Detector
from edge.plates.agreement import Look, agreed
from edge.plates.reader import PlateReader
from edge.plates.sight import look_at
from edge.plates.text import fold
from edge.vision import Image
from simulator.plates import SERIES, Series, View, face, seen

LOOKS = 6
GROWTH = 1.5
"""A vehicle's plate grows by this from its first look to its last."""

ROUND = 2.0
"""Plate widths of the vehicle that are shown round the plate beyond what `seen` draws."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Ranges (least, most) from which each vehicle's view is drawn."""

    name: str
    width_px: tuple[float, float] = (70, 120)
    yaw_deg: tuple[float, float] = (-20, 20)
    light: tuple[float, float] = (0.8, 1.0)
    smear_px: tuple[float, float] = (0, 1.5)
    dirt: tuple[float, float] = (0, 0.05)

    def view(self, rng: np.random.Generator) -> View:
        """One vehicle's first look."""
        return View(
            width_px=rng.uniform(*self.width_px) / GROWTH**0.5,
            yaw_deg=rng.uniform(*self.yaw_deg),
            pitch_deg=rng.uniform(0, 15),
            roll_deg=rng.normal(0, 2),
            blur_px=rng.uniform(0.4, 1.0),
            smear_px=rng.uniform(*self.smear_px),
            light=rng.uniform(*self.light),
            dirt=rng.uniform(*self.dirt),
            quality=int(rng.integers(60, 92)),
        )


CONDITIONS = (
    Condition("day, near"),
    Condition("day, far", width_px=(48, 70)),
    Condition("day, turned by 25 to 45 degrees", yaw_deg=(25, 45)),
    Condition("day, smeared by 2 to 5 px", smear_px=(2, 5)),
    Condition("day, a tenth to a quarter under dirt", dirt=(0.1, 0.25)),
    Condition("night, near", light=(0.3, 0.5)),
    Condition("night, far", width_px=(48, 70), light=(0.3, 0.5)),
)


@dataclass(slots=True)
class Score:
    """Plates that were shown, read, and read wrongly."""

    shown: int = 0
    read: int = 0
    wrong: int = 0

    def add(self, truth: str, said: str | None) -> None:
        """One more plate; `said` None: not read."""
        self.shown += 1
        self.read += said is not None
        self.wrong += said is not None and fold(said) != fold(truth)

    def cells(self) -> str:
        """Read rate and wrong-read rate, as table cells."""
        wrong = f"{100 * self.wrong / self.read:.1f} %" if self.read else "-"
        return f"{100 * self.read / self.shown:.1f} % | {wrong}"


def looks_of(number: str, series: Series, view: View, rng: np.random.Generator) -> Iterator[Image]:
    """Pictures of one vehicle's plate: it grows, and each has its own shake, smear and noise."""
    plate = face(number, series)
    for step in range(LOOKS):
        look = replace(
            view,
            width_px=view.width_px * GROWTH ** (step / (LOOKS - 1)),
            yaw_deg=view.yaw_deg + rng.normal(0, 1.5),
            roll_deg=view.roll_deg + rng.normal(0, 0.5),
            smear_px=max(0.0, view.smear_px + rng.normal(0, 0.7)),
            blur_px=max(0.2, view.blur_px + rng.normal(0, 0.15)),
        )
        picture = seen(plate, look, rng)[:, :, ::-1]
        rim = [round(ROUND * look.width_px)] * 4
        yield np.asarray(cv2.copyMakeBorder(picture, *rim, cv2.BORDER_REPLICATE), np.uint8)


def rendered(finder: Detector, reader: PlateReader, vehicles: int) -> Iterator[tuple[str, Score, Score]]:
    """(condition, single looks, agreement over looks) on plates that are found and read as in `run`."""
    for condition in CONDITIONS:
        rng = np.random.default_rng(hash_of(condition.name))
        single, together = Score(), Score()
        for index in range(vehicles):
            series = SERIES[index % len(SERIES)]
            number = series.number(rng)
            looks: list[Look] = []
            text = None
            for picture in looks_of(number, series, condition.view(rng), rng):
                look = look_at(picture, finder, reader)
                counts = look is not None and look.counts
                single.add(number, look.text.characters if look is not None and counts else None)
                if look is not None and text is None:
                    looks.append(look)
                    text = agreed(looks)
            together.add(number, None if text is None else text.characters)
        yield condition.name, single, together


def hash_of(name: str) -> int:
    """The same in every run."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 2**31
