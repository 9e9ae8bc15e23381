"""A camera that sways: where its picture lies, compared with the average one."""

from __future__ import annotations

from math import sin

import cv2
import numpy as np
import pytest

from edge.measure.growth import Growths, Seen
from edge.measure.sway import NONE, RENEW_S, Motion, Pole, Swayed
from edge.picture import Colours
from edge.vision import Luma

WIDTH, HEIGHT = 640, 360
MIDDLE = WIDTH / 2, HEIGHT / 2
NEAR_PX = 0.25
BOX = (200.0, 120.0, 300.0, 260.0)
"""A vehicle that drives as it likes before everything else."""


def road(seed: int = 0, side: int = 1) -> Luma:
    """Kerbs, poles and markings: what is there, `side` times as large."""
    rng = np.random.default_rng(seed)
    small = rng.integers(60, 190, (HEIGHT // 20, WIDTH // 20)).astype(np.uint8)
    size = WIDTH * side, HEIGHT * side
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def swayed(luma: Luma, motion: Motion) -> Luma:
    rows, columns = luma.shape
    lies = Swayed(luma, (columns / 2, rows / 2), motion).lies
    return np.asarray(cv2.warpAffine(luma, lies, (columns, rows), borderMode=cv2.BORDER_REFLECT), np.uint8)


def swings(at: float) -> Motion:
    return 3.0 * sin(3 * at), 2.0 * sin(2.2 * at + 1), 0.004 * sin(2.7 * at + 2)


def looked_at(pole: Pole, luma: Luma, seconds: float, noise: int = 0) -> list[tuple[float, Swayed]]:
    """What is told of each of five pictures a second in the wind, a vehicle driving through them."""
    told = []
    for number in range(int(5 * seconds)):
        at = number / 5
        picture = swayed(luma, swings(at))
        picture[120:260, 200:300] = np.roll(road(9)[:140, :100], number, axis=0)
        if noise:
            rng = np.random.default_rng(number)
            picture = np.clip(picture + rng.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)
        told.append((at, pole.look(picture, [BOX], at)))
    return told


@pytest.mark.parametrize("noise", [0, 6])
def test_shift_and_turn_are_told(noise: int) -> None:
    told = looked_at(Pole(WIDTH, HEIGHT), road(), 40.0, noise)[100:]
    for at, one in told:
        for corner in ((0.0, 0.0), (WIDTH, 0.0), MIDDLE, (WIDTH, HEIGHT)):
            there = Swayed(one.luma, MIDDLE, swings(at)).lies @ (*corner, 1.0)
            assert np.hypot(*(one.lies @ (*corner, 1.0) - there)) < 4 * NEAR_PX, (at, corner)


def test_a_large_picture_is_looked_at_smaller() -> None:
    pole, luma = Pole(3 * WIDTH, 3 * HEIGHT), road(side=3)
    motions = [(6.0 * sin(3 * at), 4.0 * sin(2 * at), 0.0) for at in np.arange(0, 30, 0.2)]
    told = [pole.look(swayed(luma, one), [], 0.2 * number).motion for number, one in enumerate(motions)]
    off = np.array(told[75:]) - np.array(motions[75:])
    assert np.abs(off[:, :2]).max() < 3 * NEAR_PX


def test_a_box_is_put_back_to_where_its_foot_lies_on_average() -> None:
    one = Swayed(road(), MIDDLE, (3.0, -2.0, 0.01))
    x0, y0, x1, y1 = one.steady(BOX)
    assert (x1 - x0, y1 - y0) == pytest.approx((100.0, 140.0))
    assert one.lies @ ((x0 + x1) / 2, y1, 1.0) == pytest.approx((250.0, 260.0), abs=0.05)


@pytest.mark.parametrize(
    ("case", "second"),
    [
        ("a camera that stands still", road()),
        ("noise alone", np.clip(road() + np.random.default_rng(1).normal(0, 6, (HEIGHT, WIDTH)), 0, 255)),
        ("a picture without a corner", np.full((HEIGHT, WIDTH), 90)),
        ("another view", road(5)),
    ],
)
def test_without_sway_nothing_is_moved(case: str, second: Luma) -> None:
    pole = Pole(WIDTH, HEIGHT)
    for number in range(60):
        luma = road() if number % 2 else second.astype(np.uint8)
        assert pole.look(luma, [], number / 5).motion == NONE, case


def test_a_view_that_changed_is_learned_anew() -> None:
    pole = Pole(WIDTH, HEIGHT)
    looked_at(pole, road(), 10.0)
    for number in range(int(5 * RENEW_S) + 5):
        pole.look(road(5), [], 10.0 + number / 5)
    motions = [(6.0 * sin(3 * at), 0.0, 0.0) for at in np.arange(20, 80, 0.2)]
    told = [
        pole.look(swayed(road(5), one), [], 20 + 0.2 * number).motion for number, one in enumerate(motions)
    ]
    off = np.array(told[200:]) - np.array(motions[200:])
    assert np.abs(off[:, 0]).max() < 4 * NEAR_PX


def test_a_clock_that_steps_is_weather() -> None:
    pole = Pole(WIDTH, HEIGHT)
    for at in (0.0, 0.2, 0.2, -50.0, 4000.0):
        assert pole.look(road(), [BOX], at).motion == NONE


def test_who_stands_does_not_grow_though_the_camera_sways() -> None:
    growths, there, point = Growths(WIDTH, HEIGHT), road(), (320.0, 60.0)
    there[120:260, 200:300] = road(9)[:140, :100]
    grown = []
    for number in range(200):
        at = number / 5
        one = Swayed(there, MIDDLE, swings(at))
        right, down = one.lies @ (250.0, 260.0, 1.0) - (250.0, 260.0)
        box = (BOX[0] + right, BOX[1] + down, BOX[2] + right, BOX[3] + down)
        picture = Colours(np.asarray(cv2.cvtColor(swayed(there, swings(at)), cv2.COLOR_GRAY2BGR), np.uint8))
        told = growths.look(picture, [Seen(7, box, True, point, 0.0)], [box], at)
        if at > 20:
            grown.append(told[7].growth)
            assert told[7].xyxy == pytest.approx(BOX, abs=4 * NEAR_PX)
    assert np.ptp(grown) * (190 - point[1]) < 4 * NEAR_PX
