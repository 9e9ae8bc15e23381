"""Lane signs: drawn signs of each state under what weather and cameras do to them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.config import CameraConfig
from edge.measure.sign import STATES, Reference, SignReader, SignWatch, read, references_of, too_alike
from edge.messages import Event
from edge.node.report import CameraTally
from edge.node.signs import Signs
from edge.node.ticks import Sample
from edge.picture import Colours
from edge.signs import SignError, SignFolder, state_of
from edge.vision import LaneStep, SignSeen, Step

Picture = NDArray[np.uint8]
GREEN, BLUE, RED, AMBER, WHITE = (60, 140, 30), (150, 70, 20), (40, 40, 190), (30, 170, 230), (235, 235, 235)
PAINTED = {
    "fast": ("FAST", GREEN),
    "standard": ("TRUCKS", BLUE),
    "nexus": ("NEXUS", BLUE),
    "ready": ("READY", GREEN),
    "bus": ("BUS", AMBER),
    "closed": ("X", RED),
}


def drawn(state: str, width: int = 72, height: int = 30) -> Picture:
    """A painted sign with a dark frame."""
    word, ground = PAINTED[state]
    large = np.full((height * 4, width * 4, 3), ground, np.uint8)
    size, _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, 1.0, 4)
    scale = min(0.86 * large.shape[1] / size[0], 0.6 * large.shape[0] / size[1])
    (wide, high), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, scale, 8)
    at = (large.shape[1] - wide) // 2, (large.shape[0] + high) // 2
    cv2.putText(large, word, at, cv2.FONT_HERSHEY_DUPLEX, scale, WHITE, 8, cv2.LINE_AA)
    cv2.rectangle(large, (0, 0), (large.shape[1] - 1, large.shape[0] - 1), (20, 20, 20), 8)
    return np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def noisy(image: Picture, spread: float = 12.0) -> Picture:
    noise = np.random.default_rng(1).normal(0, spread, image.shape)
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


def dimmed(image: Picture, share: float) -> Picture:
    return np.asarray(image * share, np.uint8)


def hazy(image: Picture) -> Picture:
    return np.asarray(0.5 * image + 90, np.uint8)


def moved(image: Picture, dx: int = 3, dy: int = 1) -> Picture:
    return np.asarray(np.roll(image, (dy, dx), (0, 1)), np.uint8)


def smeared(image: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.6), np.uint8)


WEATHER = {
    "as it was": lambda image: image,
    "with a noisy camera": noisy,
    "at dusk": lambda image: dimmed(image, 0.4),
    "in glaring light": lambda image: np.asarray(np.clip(image * 1.35, 0, 255), np.uint8),
    "through haze": hazy,
    "in the wind": moved,
    "through a wet lens": smeared,
}


def all_references() -> tuple[Reference, ...]:
    return references_of([(state, drawn(state)) for state in STATES])


@pytest.mark.parametrize(("state", "weather"), list(product(STATES, WEATHER)))
def test_each_state_is_read(state: str, weather: str) -> None:
    found = read(WEATHER[weather](drawn(state)), all_references())
    assert found is not None
    assert found[0] == state


@pytest.mark.parametrize(
    ("case", "crop"),
    [
        ("in the dark", dimmed(drawn("fast"), 0.08)),
        ("covered by a trailer", np.full((30, 72, 3), 140, np.uint8)),
        ("a picture of something else", np.random.default_rng(2).integers(0, 255, (30, 72, 3), np.uint8)),
        (
            "mostly hidden",
            np.concatenate([drawn("fast")[:, :14], np.full((30, 58, 3), 90, np.uint8)], axis=1),
        ),
    ],
)
def test_what_cannot_be_told_is_unknown(case: str, crop: Picture) -> None:
    assert read(crop, all_references()) is None


def test_a_state_without_a_reference_is_not_taken_for_another() -> None:
    assert read(drawn("closed"), references_of([(s, drawn(s)) for s in ("fast", "standard")])) is None


def test_without_references_nothing_is_known() -> None:
    assert read(drawn("fast"), ()) is None


def test_two_states_that_look_alike_are_unknown_and_told() -> None:
    same = references_of([("fast", drawn("fast")), ("ready", noisy(drawn("fast"), 4)), ("bus", drawn("bus"))])
    assert too_alike(same) == (("fast", "ready"),)
    assert read(drawn("fast"), same) is None
    found = read(drawn("bus"), same)
    assert found is not None
    assert found[0] == "bus"
    assert too_alike(all_references()) == ()


def reader() -> SignReader:
    return SignReader("b1", ((0.0, 0.0), (1.0, 1.0)), all_references())


def shown(looks: list[Picture], every_s: float = 0.5) -> list[str | None]:
    one = reader()
    return [one.see(look, number * every_s).state for number, look in enumerate(looks)]


COVER = np.full((30, 72, 3), 140, np.uint8)


@pytest.mark.parametrize(
    ("case", "looks", "last"),
    [
        ("seen long enough", ["fast"] * 6, "fast"),
        ("seen for a moment only", ["fast"] * 3, None),
        ("a truck passes before it", ["fast"] * 8 + [None] * 2, "fast"),
        ("a trailer stays before it", ["fast"] * 8 + [None] * 12, None),
        ("it changes", ["fast"] * 8 + ["closed"] * 10, "closed"),
        ("it flickers between two", ["fast", "closed"] * 10, None),
    ],
)
def test_votes(case: str, looks: list[str | None], last: str | None) -> None:
    assert shown([COVER if look is None else drawn(look) for look in looks])[-1] == last


def camera(**lane: Any) -> CameraConfig:
    return CameraConfig.model_validate({"id": "c1", "lanes": [{"id": "b1", **lane}]})


SIGN = [[0.5, 0.1], [0.9, 0.4]]


def scene(state: str) -> Picture:
    picture = np.full((200, 400, 3), 90, np.uint8)
    picture[20:80, 200:360] = drawn(state, 160, 60)
    return picture


def test_from_pictures_to_report_and_event(tmp_path: Path) -> None:
    folder = SignFolder(tmp_path / "signs")
    for state in ("fast", "standard"):
        kept = folder.add("c1", "b1", state, scene(state)[20:80, 200:360])
        assert kept == tmp_path / "signs" / "c1-b1" / f"{state}-1.png"
    one = camera(sign=SIGN)
    signs, tally, events = Signs(folder), CameraTally(one), []
    watch = signs.watch(one)
    for number in range(60):
        at = 100 + 0.2 * number
        sample = Sample("c1", Step(at, (LaneStep("b1", None, None),), (), (), ()), signs=watch.see(
            Colours(scene("fast" if number < 25 else "standard")), at))  # fmt: skip
        tally.add(sample.step)
        tally.read(sample.signs)
        events += signs.changed(sample)
        if number == 20:
            (early,) = tally.report(100, at)
    (late,) = tally.report(100, at)
    assert early.booth is not None
    assert late.booth is not None
    assert (early.booth.sign, late.booth.sign, late.booth.occupied_s) == ("fast", "standard", None)
    assert late.booth.sign_score == pytest.approx(1.0, abs=0.1)
    assert events == [
        Event(type="sign_changed", camera="c1", lane="b1", detail={"from": None, "to": "fast"}),
        Event(type="sign_changed", camera="c1", lane="b1", detail={"from": "fast", "to": "standard"}),
    ]
    (away,) = tally.report(at, at + 30)
    assert away.booth is not None
    assert away.booth.sign is None


def test_new_references_are_taken_up_while_the_node_runs(tmp_path: Path) -> None:
    folder, shown_at = SignFolder(tmp_path), {}
    watch = Signs(folder).watch(camera(sign=SIGN))
    for number in range(100):
        at = 0.2 * number
        if number == 25:
            folder.add("c1", "b1", "fast", scene("fast")[20:80, 200:360])
        for seen in watch.see(Colours(scene("fast")), at):
            shown_at[at] = seen.state
    assert {state for at, state in shown_at.items() if at < 5} == {None}
    assert {state for at, state in shown_at.items() if at > 15} == {"fast"}


def test_a_sign_is_looked_at_twice_a_second() -> None:
    watch = SignWatch([reader()])
    looks = [watch.see(Colours(drawn("fast")), 0.1 * number) for number in range(21)]
    assert sum(bool(look) for look in looks) == 5


def test_a_lane_without_a_sign_reports_none() -> None:
    tally = CameraTally(camera(booth={"line": [[0, 0.5], [1, 0.5]], "toward": [0.5, 0.9]}))
    (report,) = tally.report(0, 5)
    assert report.booth is not None
    assert report.booth.sign is None


def test_crops_are_numbered_listed_and_removed(tmp_path: Path) -> None:
    folder = SignFolder(tmp_path)
    for state in ("fast", "fast", "closed"):
        folder.add("c1", "b1", state, drawn(state))
    (tmp_path / "c1-b1" / "notes.png").write_bytes(b"")
    names = [path.name for path in folder.files("c1", "b1")]
    assert names == ["closed-1.png", "fast-1.png", "fast-2.png"]
    assert [state_of(path) for path in folder.files("c1", "b1")] == ["closed", "fast", "fast"]
    folder.remove("c1", "b1", "fast-1.png")
    assert len(folder.crops("c1", "b1")) == 2
    with pytest.raises(SignError, match="no crop"):
        folder.remove("c1", "b1", "../../node.yaml")
    with pytest.raises(SignError, match="no state"):
        folder.add("c1", "b1", "open", drawn("fast"))


def test_a_damaged_crop_is_left_out(tmp_path: Path) -> None:
    folder = SignFolder(tmp_path)
    folder.add("c1", "b1", "fast", drawn("fast")).write_bytes(b"not a picture")
    assert folder.crops("c1", "b1") == []
    assert Signs(folder).watch(camera(sign=SIGN)).see(Colours(scene("fast")), 0.0) == (
        SignSeen("b1", None, None),
    )
