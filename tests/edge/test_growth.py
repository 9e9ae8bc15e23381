"""How far a vehicle drove, read from its pixels: patches grow about the point in which the road vanishes."""

from __future__ import annotations

from itertools import pairwise
from math import exp

import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.measure.geometry import XYXY, Point, ground_of
from edge.measure.growth import Growths, Seen
from edge.measure.patch import Patch, patch_of
from edge.measure.sway import Swayed
from edge.picture import Colours
from edge.vision import Luma
from tests.edge.traffic import HEIGHT, WIDTH, Scene, Vehicle

SCENE = Scene(mount_m=15, behind_m=60, lanes=1)
GROUND = SCENE.camera().lanes[0].ground
assert GROUND is not None
PLANE = ground_of(GROUND, WIDTH, HEIGHT)
assert PLANE.vanishing is not None
VANISHING = PLANE.vanishing
NEAR_PX = 0.35
LARGE = np.random.default_rng(0).integers(0, 256, (2160, 3840)).astype(np.uint8)


def looks(seed: int) -> Luma:
    """What a vehicle looks like from behind: windows, lamps and letters, as far as anybody can tell."""
    rng = np.random.default_rng(seed)
    small = rng.integers(30, 220, (12, 8)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (160, 240), interpolation=cv2.INTER_CUBIC), np.uint8)


def box_of(rear_m: float) -> XYXY:
    found = SCENE.box(Vehicle("truck", 0, [rear_m, rear_m]), 0.0)
    assert found is not None
    return found


def drawn(vehicles: list[tuple[Luma, XYXY]], light: float = 0.0, seed: int = 0) -> Luma:
    """Vehicles on a road, the farthest first, by any light, with the noise of a sensor."""
    picture = np.full((HEIGHT, WIDTH), 90.0, np.float32)
    for texture, (x0, y0, x1, y1) in vehicles:
        rows, columns = texture.shape
        where = np.array([[(x1 - x0) / columns, 0.0, x0], [0.0, (y1 - y0) / rows, y0]], np.float32)
        cv2.warpAffine(
            texture.astype(np.float32), where, (WIDTH, HEIGHT), dst=picture,
            flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT,
        )  # fmt: skip
    noise = np.random.default_rng(seed).normal(light, 2.0, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def still(luma: Luma) -> Swayed:
    """The picture of a camera that does not sway."""
    return Swayed(luma, (WIDTH / 2, HEIGHT / 2))


def as_far(box: XYXY, scale: float) -> XYXY:
    """The box of the same vehicle where it is so much nearer."""
    x, y = VANISHING
    x0, y0, x1, y1 = box
    return x + scale * (x0 - x), y + scale * (y0 - y), x + scale * (x1 - x), y + scale * (y1 - y)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("light", [0.0, 25.0], ids=["as before", "brighter"])
@pytest.mark.parametrize("grown", [-0.06, -0.02, -0.002, 0.0, 0.003, 0.01, 0.05])
def test_growth_is_read_to_a_third_of_a_pixel(grown: float, light: float, seed: int) -> None:
    box, texture = box_of(60.0), looks(seed)
    patch = patch_of(still(drawn([(texture, box)])), box, [], VANISHING)
    assert patch is not None
    later = drawn([(texture, as_far(box, exp(grown)))], light, seed + 1)
    found = patch.growth(still(later), grown + 1.5 / patch.lever_px)
    assert found is not None
    assert abs(found - grown) * patch.lever_px < NEAR_PX


@pytest.mark.parametrize("grown", [-0.04, -0.02, 0.02, 0.04])
def test_light_that_lies_on_the_road_does_not_hold_a_vehicle(grown: float) -> None:
    box, texture = box_of(60.0), (looks(3) // 4).astype(np.uint8)
    rows = np.arange(HEIGHT, dtype=np.float32)[:, None]
    lamp = 120 * np.exp(-(((rows - (box[1] + box[3]) / 2) / 40) ** 2))
    lit = [
        np.clip(drawn([(texture, as_far(box, exp(by)))], seed=seed) * 0.5 + lamp, 0, 255).astype(np.uint8)
        for seed, by in enumerate((0.0, grown))
    ]
    patch = patch_of(still(lit[0]), box, [], VANISHING)
    assert patch is not None
    found = patch.growth(still(lit[1]), grown / 2)
    assert found is not None
    assert abs(found - grown) * patch.lever_px < NEAR_PX


def test_what_is_no_more_there_is_not_found() -> None:
    box = box_of(60.0)
    patch = patch_of(still(drawn([(looks(1), box)])), box, [], VANISHING)
    assert patch is not None
    assert patch.growth(still(drawn([])), 0.0) is None, "an empty road"
    assert patch.growth(still(drawn([(looks(2), box)])), 0.0) is None, "another vehicle"


def test_a_smooth_thing_fits_anywhere_and_so_nowhere() -> None:
    box = box_of(60.0)
    plain = drawn([(np.full((240, 160), 120, np.uint8), box)])
    patch = patch_of(still(plain), box, [], VANISHING)
    assert patch is not None
    assert patch.growth(still(plain), 0.0) is None


@pytest.mark.parametrize(
    ("case", "box", "nearer", "taken"),
    [
        ("all of it is seen", (200, 100, 260, 200), [], True),
        ("its lower half is hidden", (200, 100, 260, 200), [(190, 160, 270, 300)], True),
        ("all of it is hidden", (200, 100, 260, 200), [(190, 90, 270, 300)], False),
        ("too small", (200, 100, 206, 107), [], False),
        ("outside of the picture", (-80, -90, -10, -5), [], False),
        ("mostly outside", (WIDTH - 8, 100, WIDTH + 60, 200), [], False),
    ],
)
def test_what_patch_is_taken(case: str, box: XYXY, nearer: list[XYXY], taken: bool) -> None:
    assert isinstance(patch_of(still(drawn([(looks(1), box)])), box, nearer, VANISHING), Patch) is taken, case


@given(
    st.tuples(st.floats(-500, 2500), st.floats(-500, 2500)),
    st.tuples(st.floats(0, 4000), st.floats(0, 4000)),
    st.floats(-0.5, 0.5),
    st.sampled_from([VANISHING, (320.0, 200.0), (0.0, 0.0), (-1e9, 1e9)]),
)
@example((100.0, 0.0), (10.0, 4000.0), 0.1, VANISHING)
@example((0.0, 100.0), (4000.0, 10.0), -0.1, VANISHING)
def test_no_box_is_too_odd(corner: Point, size: Point, guess: float, vanishing: Point) -> None:
    box = corner[0], corner[1], corner[0] + size[0], corner[1] + size[1]
    patch = patch_of(still(LARGE), box, [(0, 1e4, 2e4, 2e4)], vanishing)
    if patch is not None:
        patch.growth(still(LARGE), guess)


def coloured(luma: Luma) -> Colours:
    return Colours(np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8))


@pytest.mark.parametrize("rate", [-0.04, -0.01, 0.0, 0.02])
def test_growth_adds_up_though_the_patches_change(rate: float) -> None:
    growths, texture, first = Growths(WIDTH, HEIGHT), looks(4), box_of(60.0)
    lever_px = (first[1] + first[3]) / 2 - VANISHING[1]
    for look in range(60):
        box = as_far(first, exp(rate * look / 5))
        picture = coloured(drawn([(texture, box)], seed=look))
        grown = growths.look(picture, [Seen(7, box, True, VANISHING, rate)], [box], look / 5)
        assert (7 in grown) is (look > 0)
        told = grown[7].growth if look else 0.0
        assert abs(told - rate * look / 5) * lever_px < 4 * NEAR_PX


def test_who_comes_to_look_otherwise_by_and_by_is_followed_on() -> None:
    """It drives into a shadow: each picture is like the one before it, and soon unlike the first."""
    growths, first, rate = Growths(WIDTH, HEIGHT), box_of(60.0), 0.02
    old, new = looks(1).astype(np.float32), looks(2).astype(np.float32)
    lever_px = (first[1] + first[3]) / 2 - VANISHING[1]
    for look in range(9):
        texture = (old + (new - old) * look / 8).astype(np.uint8)
        box = as_far(first, exp(rate * look / 5))
        picture = coloured(drawn([(texture, box)], seed=look))
        grown = growths.look(picture, [Seen(7, box, True, VANISHING, rate)], [box], look / 5)
        if look:
            assert abs(grown[7].growth - rate * look / 5) * lever_px < 4 * NEAR_PX, look


def test_who_is_lost_begins_anew() -> None:
    growths, box = Growths(WIDTH, HEIGHT), box_of(60.0)
    seen, there = Seen(7, box, True, VANISHING, 0.0), drawn([(looks(1), box)])
    pictures = [there, there, drawn([]), there, there]
    told = [growths.look(coloured(luma), [seen], [box], float(at)) for at, luma in enumerate(pictures)]
    assert [7 in one for one in told] == [False, True, False, False, True]
    assert growths.look(coloured(there), [], [], 9.0) == {}


def test_one_time_twice_and_a_long_gap_are_weather() -> None:
    growths, box = Growths(WIDTH, HEIGHT), box_of(60.0)
    picture = coloured(drawn([(looks(1), box)]))
    for at in (0.0, 0.2, 0.2, 4000.0):
        growths.look(picture, [Seen(7, box, True, VANISHING, 1e6)], [box], at)


@pytest.mark.parametrize("metres", [10.0, 40.0, 75.0])
def test_how_near_a_place_is_is_told_from_both_sides(metres: float) -> None:
    box = box_of(metres)
    foot = (box[0] + box[2]) / 2, box[3]
    place = tuple(PLANE.to_metres([foot])[0].tolist())
    assert PLANE.nearness_of((place[0], place[1])) == pytest.approx(PLANE.nearness(*foot)[0])


def test_the_road_vanishes_where_things_become_small() -> None:
    assert PLANE.nearness(*VANISHING)[0] == pytest.approx(0.0, abs=1e-9)
    rows = [box_of(metres)[3] for metres in (20.0, 40.0, 60.0)]
    assert all(VANISHING[1] < upper < lower for upper, lower in pairwise(rows))


@pytest.mark.parametrize(
    ("case", "shown", "followed"), [("shown", True, True), ("only expected", False, False)]
)
def test_a_vehicle_is_followed_from_a_picture_that_shows_it(case: str, shown: bool, followed: bool) -> None:
    """Where it is only expected the picture may show what hides it."""
    growths, box = Growths(WIDTH, HEIGHT), box_of(60.0)
    picture = coloured(drawn([(looks(1), box)]))
    told = [growths.look(picture, [Seen(7, box, shown, VANISHING, 0.0)], [], at / 5) for at in range(2)]
    assert (7 in told[1]) is followed, case
