"""Conditions: what can be asked for, that a seed decides every pixel, and that each shows in the picture."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from simulator.cameras import booth_camera, tail_camera
from simulator.cli import main
from simulator.conditions import NAMES, ConditionError, parsed, weathered
from simulator.render import Order, render, setting
from simulator.shots import Shots
from simulator.stage import Image, Look

IN_PICTURES = tuple(name for name in NAMES if name not in {"day", "5fps"})
DAY = np.random.default_rng(3).integers(0, 256, (90, 160, 3), np.uint8)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("day", ("day",)),
        ("", ("day",)),
        ("rain,night", ("night", "rain")),
        (" fog , shake,fog", ("fog", "shake")),
        ("day,night", ("day", "night")),
    ],
)
def test_names_are_read_from_a_comma_joined_list(text: str, names: tuple[str, ...]) -> None:
    assert parsed(text) == names


@pytest.mark.parametrize(
    ("text", "says"), [("hail", "hail is no condition"), ("night,glare", "cannot be at once")]
)
def test_what_cannot_be_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConditionError, match=says):
        parsed(text)


def test_the_command_names_the_conditions_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["render", "--seed", "1", "--conditions", "hail", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["lanewatch-sim", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "low-bitrate" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nodes").write_text("a file where the folder belongs")
    arguments = ["render", "--seed", "1", "--minutes", "0.5", "--fps", "1", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["lanewatch-sim", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    said = capsys.readouterr().err
    assert stop.value.code == 2
    assert "give another folder" in said
    assert "Errno" not in said


@pytest.mark.parametrize("name", IN_PICTURES)
def test_a_filter_changes_any_picture_and_leaves_its_shape(name: str) -> None:
    seen = weathered(DAY, [name], seed=5, at_s=2.5)
    assert seen.shape == DAY.shape
    assert seen.dtype == np.uint8
    assert (seen != DAY).any()


@pytest.mark.parametrize("name", IN_PICTURES)
def test_the_same_seed_and_moment_give_the_same_picture(name: str) -> None:
    shots = [weathered(DAY, [name], seed=seed, at_s=2.5) for seed in (5, 5, 6)]
    assert (shots[0] == shots[1]).all()
    assert (shots[0] != shots[2]).any()


def test_fog_takes_contrast_with_distance() -> None:
    checks = np.kron(np.indices((9, 16)).sum(axis=0) % 2, np.ones((10, 10))).astype(np.uint8) * 255
    picture = np.repeat(checks[:, :, None], 3, axis=2)
    away_m = np.repeat(np.linspace(10, 300, 160, dtype=np.float32)[None], 90, axis=0)
    foggy = weathered(picture, ["fog"], seed=1, depth_m=away_m).astype(float)
    contrasts = [foggy[:, x : x + 20].std() for x in (0, 70, 140)]
    assert contrasts[0] > 2 * contrasts[1] > 4 * contrasts[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_PICTURES[:-1])
def test_a_scene_under_a_condition_is_not_the_day_s(name: str) -> None:
    by_day, seen, again = (shot(["day"]), shot([name]), shot([name]))
    assert (seen == again).all()
    assert np.abs(seen.astype(int) - by_day).mean() > 0.5


@pytest.mark.slow
def test_at_night_lamps_burn_in_the_dark() -> None:
    by_day, by_night = shot(["day"]), shot(["night"])
    assert by_night.mean() < 0.4 * by_day.mean()
    assert by_night[:, :, 0].max() > 240


@pytest.mark.slow
def test_day_and_night_turn_dark_half_way() -> None:
    scene = setting(Order(seed=23, length_s=210))
    shots = Shots(booth_camera(), scene.traffic, Look(), ["day", "night"], 210.0, (23, 0))
    brightness = [shots.at(at_s).mean() for at_s in (50.0, 105.0, 160.0)]
    shots.close()
    assert brightness[0] > 1.3 * brightness[1] > 1.3 * brightness[2]


@pytest.mark.slow
def test_a_film_keeps_its_keys_and_takes_the_rate_and_bits_of_its_conditions(tmp_path: Path) -> None:
    for name, conditions in (("plain", ("day",)), ("starved", ("low-bitrate", "5fps"))):
        render(Order(4, 30, conditions=conditions), tmp_path / name, lambda *_: None)
    times = {name: film_times(tmp_path / name / "tail.mp4") for name in ("plain", "starved")}
    assert (len(times["plain"]), len(times["starved"])) == (300, 150)
    assert times["starved"][0] == 0.0
    bits = (tmp_path / "starved" / "tail.mp4").stat().st_size * 8 / 30
    assert bits < 45_000
    truths = [json.loads((tmp_path / name / "truth.json").read_text()) for name in times]
    assert truths[0]["crossings"] == truths[1]["crossings"]
    assert truths[1]["conditions"] == ["low-bitrate", "5fps"]


def shot(conditions: list[str]) -> Image:
    scene = setting(Order(seed=23, length_s=210))
    shots = Shots(tail_camera(10.0), scene.traffic, Look(), conditions, 210.0, (23, 1))
    image = shots.at(100.0)
    shots.close()
    return image


def film_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]
