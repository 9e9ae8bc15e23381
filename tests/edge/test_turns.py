"""Whose turn it is to run a network: one run at a time until somebody waits for long, inputs used again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from edge.detection import turns
from edge.detection.layouts import FILL, InputSpec
from edge.detection.letterbox import fit
from edge.detection.turns import Turns
from edge.picture import Colours

FLOATS = InputSpec(32, 32, "float32", channels_last=False, rgb=True, scale=1 / 255, centred=True)
BYTES = InputSpec(32, 32, "uint8", channels_last=True, rgb=False, scale=1, centred=False)
MEANS = InputSpec(
    32, 32, "float32", False, False, 1, centred=False, mean=(1.0, 2.0, 3.0), std=(2.0, 4.0, 8.0)
)


def picture(width: int, height: int, seed: int) -> Colours:
    return Colours(np.random.default_rng(seed).integers(0, 255, (height, width, 3)).astype(np.uint8))


def expected(spec: InputSpec, given: Colours) -> np.ndarray:
    """As it would be in one go: letterboxed, then scaled, then its axes in order."""
    height, width = given.shape
    placing = fit(width, height, 32, 32, spec.centred)
    canvas = np.full((32, 32, 3), FILL, np.float64)
    inside = given.scaled((0, 0, width, height), placing.width, placing.height)
    canvas[placing.top : placing.top + placing.height, placing.left : placing.left + placing.width] = inside
    canvas = canvas[:, :, ::-1] if spec.rgb else canvas
    if spec.mean is not None and spec.std is not None:
        canvas = (canvas - np.array(spec.mean)) / np.array(spec.std)
    canvas = canvas * spec.scale
    return canvas[None] if spec.channels_last else canvas.transpose(2, 0, 1)[None]


def shown(waiting: Turns, spec: InputSpec, given: Colours) -> Iterator[np.ndarray]:
    height, width = given.shape
    placing = fit(width, height, 32, 32, spec.centred)
    with waiting.input_of(given, (0, 0, width, height), placing, (32, 32)) as values:
        yield values


@pytest.mark.parametrize("spec", [FLOATS, BYTES, MEANS])
def test_an_input_that_is_used_again_shows_nothing_of_the_last_picture(spec: InputSpec) -> None:
    waiting = Turns(spec, most=2)
    for seed, (width, height) in enumerate([(64, 36), (64, 36), (36, 64), (64, 36), (32, 32), (16, 64)]):
        given = picture(width, height, seed)
        for values in shown(waiting, spec, given):
            assert values.shape == ((1, 32, 32, 3) if spec.channels_last else (1, 3, 32, 32))
            assert values == pytest.approx(expected(spec, given), abs=1e-5)


def test_one_run_at_a_time_until_somebody_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.05)
    waiting, done = Turns(BYTES, most=2), threading.Event()

    def look(entered: threading.Event) -> None:
        for _ in shown(waiting, BYTES, picture(32, 32, 0)):
            entered.set()
            done.wait(10)

    entered = [threading.Event() for _ in range(3)]
    threads = [threading.Thread(target=look, args=(one,), daemon=True) for one in entered]
    for thread in threads[:2]:
        thread.start()
    assert all(one.wait(10) for one in entered[:2]), "the second did not wait until the first was done"
    assert waiting.at_once == 2
    threads[2].start()
    assert not entered[2].wait(0.3), "and no third one while both run"
    done.set()
    assert entered[2].wait(10)
    assert waiting.at_once == 2


def test_turns_come_in_the_order_of_asking() -> None:
    waiting, first, order = Turns(BYTES, most=1), threading.Event(), []
    held = shown(waiting, BYTES, picture(32, 32, 0))
    next(held)

    def look(number: int) -> None:
        for _ in shown(waiting, BYTES, picture(32, 32, number)):
            order.append(number)

    threads = [threading.Thread(target=look, args=(number,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
        first.wait(0.05)
    assert order == []
    assert next(held, None) is None
    for thread in threads:
        thread.join(10)
    assert order == [0, 1, 2, 3]


def test_who_need_not_wait_does_not_let_more_in() -> None:
    waiting = Turns(BYTES, most=8)
    for seed in range(5):
        for _ in shown(waiting, BYTES, picture(32, 32, seed)):
            pass
    assert waiting.at_once == 1


def test_a_run_that_fails_ends_its_turn() -> None:
    waiting = Turns(BYTES, most=1)
    placing = fit(32, 32, 32, 32, centred=False)
    for _ in range(3):
        with ExitStack() as stack:
            stack.enter_context(pytest.raises(RuntimeError))
            stack.enter_context(waiting.input_of(picture(32, 32, 0), (0, 0, 32, 32), placing, (32, 32)))
            raise RuntimeError
