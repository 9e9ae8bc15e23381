"""Whether a view can be trusted: what happens to the picture, and what is then said and measured."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.camera.opening import open_source
from edge.camera.reference import Reference
from edge.camera.view_health import FROZEN_AFTER_S, View, ViewHealth
from edge.picture import Colours
from edge.vision import Image
from tests.edge.scenes import (
    RATE,
    Alter,
    as_image,
    black,
    brighter,
    capped,
    filled,
    film,
    infrared,
    noises,
    road,
    shifted,
    smeared,
)

BEGUN_S = 45.0
"""By then the view is known."""


def views(alter: Alter, seconds: float, health: ViewHealth | None = None) -> list[tuple[float, View]]:
    """What is said, by seconds since it began."""
    health = health or ViewHealth()
    said = [
        (frame.at, health.look(frame.picture, frame.at)) for frame in film(BEGUN_S + seconds, BEGUN_S, alter)
    ]
    assert all(view.state == "ok" and view.measurable for at, view in said if at < BEGUN_S)
    return [(at - BEGUN_S, view) for at, view in said if at >= BEGUN_S]


def both(first: Alter, second: Alter) -> Alter:
    return lambda image, since: second(first(image, since), since)


def shaking(image: Image, since: float) -> Image:
    return shifted(12 * np.sin(7 * since), 8 * np.cos(5 * since))(image, since)


def flashes(image: Image, since: float) -> Image:
    """Every ten seconds the picture is burnt out for a second."""
    return brighter(60)(image, since) if since % 10 < 1 else image


def dusk(image: Image, since: float) -> Image:
    return brighter(max(0.25, 1 - since / 80))(image, since)


def squeezed(image: Image, _: float) -> Image:
    """The same view in another resolution and shape, as sub-streams often are."""
    return as_image(cv2.resize(image, (352, 288)))


def cut(image: Image, _: float) -> Image:
    """4:3 by cutting the sides off."""
    return image[:, 40:-40].copy()


def turned_away(image: Image, since: float) -> Image:
    return as_image(cv2.rotate(road(since, seed=77), cv2.ROTATE_180))


@pytest.mark.parametrize(
    ("case", "alter", "state", "within_s"),
    [
        ("B30: shifted by (80, 25) px of 1280x720", shifted(80, 25), "moved", 60),
        ("turned by a third of the view", shifted(430, 0), "moved", 60),
        ("looks at something else", turned_away, "moved", 60),
        ("shifted at the very moment of the night switch", both(shifted(80, 25), infrared), "moved", 60),
        ("another shape: the sides are cut off and the lines no longer fit", cut, "moved", 60),
        ("no light at all", black, "dark", 20),
        ("a cap over the lens", capped, "covered", 30),
        ("smeared", smeared, "covered", 60),
    ],
)  # fmt: skip
def test_a_view_that_cannot_be_trusted(case: str, alter: Alter, state: str, within_s: float) -> None:
    said = views(alter, within_s + 10)
    assert {view.state for at, view in said if at >= within_s} == {state}
    assert not any(view.measurable for at, view in said if at >= within_s)
    assert all(view.why for at, view in said if at >= within_s)
    assert {view.state for _, view in said} <= {"ok", state}, "nothing else was said meanwhile"


@pytest.mark.parametrize(
    ("case", "alter"),
    [
        ("nothing", lambda image, _: image),
        ("night switch: infrared", infrared),
        ("exposure jumps up", brighter(1.9)),
        ("exposure jumps down", brighter(0.3)),
        ("dusk", dusk),
        ("wind shakes the mast", shaking),
        ("a lorry fills the view and stands there", filled),
        ("the same view in another resolution and shape", squeezed),
    ],
)  # fmt: skip
def test_a_view_that_is_only_changed(case: str, alter: Alter) -> None:
    said = views(alter, 70)
    assert {(view.state, view.measurable) for _, view in said} == {("ok", True)}


def test_a_flash_is_not_measured_and_is_no_state() -> None:
    said = views(flashes, 40)
    assert {view.state for _, view in said} == {"ok"}
    assert not any(view.measurable for at, view in said if at % 10 < 0.9)
    assert all(view.measurable for at, view in said if at % 10 > 1.5)


@pytest.mark.parametrize("alter", [shifted(80, 25), turned_away, black, capped, smeared])
def test_measuring_goes_on_once_the_view_is_back(alter: Alter) -> None:
    said = views(lambda image, since: alter(image, since) if since < 70 else image, 90)
    assert any(view.state != "ok" for _, view in said)
    assert all(view.state != "ok" for at, view in said if 65 < at < 70)
    assert all(view.measurable for at, view in said if at > 75)


@pytest.mark.parametrize("alter", [shifted(80, 25), turned_away, black])
def test_not_one_picture_is_measured_that_could_spoil_counts(alter: Alter) -> None:
    assert not any(view.measurable for _, view in views(alter, 5))


def test_a_camera_that_sinks_by_a_hair_at_a_time_is_found_out() -> None:
    said = views(lambda image, since: shifted(0, since / 6)(image, since), 400)
    first = next(at for at, view in said if view.state == "moved")
    assert first < 360, "60 px of 720"
    assert all(view.state == "moved" for at, view in said if at > first)


def test_a_reference_from_before_finds_a_camera_that_was_moved_while_nobody_looked() -> None:
    before = ViewHealth()
    for frame in film(BEGUN_S):
        before.look(frame.picture, frame.at)
    for alter, state in ((None, "ok"), (shifted(80, 25), "moved"), (turned_away, "moved")):
        after = ViewHealth(Reference(before.reference.anchor))
        said = [after.look(frame.picture, frame.at) for frame in film(45, 0.0, alter)]
        assert said[-1].state == state


@pytest.mark.parametrize(
    ("case", "same", "after_s"),
    [
        ("600 identical pictures with fresh times (B35)", True, FROZEN_AFTER_S),
        ("a still scene with noise", False, None),
    ],
)  # fmt: skip
def test_identical_pictures_are_no_evidence(case: str, same: bool, after_s: float | None) -> None:
    health, said = ViewHealth(), []
    for number in range(600):
        image = road(0) if same else as_image(cv2.add(road(0), noises(4)[number % 7]))
        said.append((number / RATE, health.look(Colours(image), number / RATE)))
    assert next((at for at, view in said if view.state == "frozen"), None) == after_s
    fresh = health.look(Colours(road(1)), 601 / RATE)
    assert (fresh.state, fresh.measurable) == ("ok", True)


def test_a_camera_that_was_away_is_looked_at_anew() -> None:
    health = ViewHealth()
    for frame in film(BEGUN_S):
        health.look(frame.picture, frame.at)
    health.away()
    assert not health.look(Colours(turned_away(road(0), 1)), BEGUN_S + 600).measurable


def test_a_view_without_any_edges_is_never_said_to_be_moved() -> None:
    health, noise = ViewHealth(), np.random.default_rng(1)
    sky = np.linspace(90, 200, 640)[None, :, None].repeat(360, 0).repeat(3, 2)
    states = {
        health.look(
            Colours(as_image(np.roll(sky, number // 3, 1) + noise.integers(0, 9, sky.shape))), number / RATE
        ).state
        for number in range(400)
    }
    assert states == {"ok"}


CLIPS: dict[str, tuple[str, float | None]] = {
    "a street at dusk": ("opendatacam/frames", 30),
    "a two-lane road": ("ahmetozlu/input_video.mp4", None),
    "straight down on a car park": ("intel-car/car-detection.mp4", None),
}


@pytest.mark.slow
@pytest.mark.parametrize("clip", CLIPS)
def test_real_clips_are_trusted_until_they_are_moved(clip: str, shared: Path) -> None:
    name, fps = CLIPS[clip]
    pictures = [frame.image for frame in open_source(str(shared / "data" / name), fps).every(0.5)]
    height, width = pictures[0].shape[:2]
    place = np.array([[1, 0, 80 * width / 1280], [0, 1, 25 * height / 720]], np.float32)
    health, said = ViewHealth(), []
    for number in range(200):
        image = pictures[number % len(pictures)]
        moved = as_image(cv2.warpAffine(image, place, (width, height), borderMode=cv2.BORDER_REPLICATE))
        said.append(health.look(Colours(moved if number >= 140 else image), number / 2))
    assert {view.state for view in said[:140]} == {"ok"}
    assert {view.state for view in said[152:]} == {"moved"}


@pytest.mark.slow
def test_a_real_camera_by_day_and_by_night_is_one_view(shared: Path) -> None:
    """One camera over a motorway, in the morning and at night; and moved a little on another day."""
    folder = shared / "data" / "vehicles-extra" / "rf100-highway" / "images"
    health, at = ViewHealth(), 0.0
    for light in ("pagi", "malam", "pagi", "malam"):
        for file in sorted(folder.glob(f"rf100_{light}_*.jpg"))[:40]:
            at += 2
            view = health.look(Colours(as_image(cv2.imread(str(file)))), at)
            assert (view.state, view.measurable) == ("ok", True), file.name
