"""The counting state machine: once per line, tail before booth, never for who was there already."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import NodeConfig
from edge.measure.meter import CameraMeter
from edge.vision import Boxes, Crossing
from tests.edge.boxfile import HEIGHT, WIDTH, across

SIZE = 100.0
LINE_Y = 300.0


def meter(*lanes: dict[str, Any]) -> CameraMeter:
    camera = {"id": "c1", "lanes": list(lanes)}
    node = NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [camera]})
    return CameraMeter(node.cameras[0], WIDTH, HEIGHT)


def boxes(*rows: tuple[float, float]) -> Boxes:
    """Square boxes about these centres."""
    half = SIZE / 2
    xyxy = np.array([[x - half, y - half, x + half, y + half] for x, y in rows], np.float32)
    return Boxes(xyxy.reshape(-1, 4), ("car",) * len(rows), np.full(len(rows), 0.9, np.float32))


def crossings(
    subject: CameraMeter, ys: list[float | None], fps: float = 10, x: float = 300
) -> list[Crossing]:
    """What is counted when one box has its centre at these heights; None is a picture without it."""
    found: list[Crossing] = []
    for i, y in enumerate(ys):
        found += subject.step(boxes() if y is None else boxes((x, y)), i / fps).crossings
    return [*found, *subject.finish(len(ys) / fps).crossings]


def ramp(start: float, end: float, step: float) -> list[float]:
    """Heights from start to end."""
    return list(np.arange(start, end, step if end > start else -step))


UP = ramp(200, 400, 10)
STAYS = [*ramp(200, 320, 5), *[320] * 20]
NEXT = [*[275] * 20, *ramp(275, 400, 5)]
JITTERS = [*[297, 303] * 10, *ramp(303, 400, 5)]


@pytest.mark.parametrize(
    ("case", "ys", "arrivals"),
    [
        ("crosses once", UP, 1),
        ("stops on the line and jitters", [290, 295, *[299, 302] * 20, *ramp(302, 400, 10)], 1),
        ("noses over and backs off", [*ramp(250, 300, 10), 305, 305, *ramp(300, 250, 10), *[250] * 20], 0),
        ("reverses after it and comes again", [*UP, *ramp(400, 200, 10), *UP], 1),
        ("its box stays where it left for long, the next one takes it", [*STAYS, *[None] * 60, *NEXT], 2),
        ("stands just beyond, hidden for long, then jitters back", [*STAYS, *[None] * 60, *JITTERS], 1),
        ("first seen beyond", ramp(310, 500, 10), 0),
        ("stands beyond, its box flickers back for a moment", [*[340] * 10, 270, 270, *[340] * 20], 0),
        ("stands beyond, backs off, comes", [*[340] * 10, *ramp(340, 260, 10), *ramp(260, 400, 10)], 1),
        ("first seen beyond, then backs off and comes", [*ramp(310, 400, 10), *ramp(400, 420, 2)], 0),
        ("drives the other way", ramp(400, 200, 10), 0),
        ("stays before", ramp(100, 299, 5), 0),
        ("is hidden while it crosses", [*ramp(200, 280, 10), *[None] * 6, *ramp(340, 500, 10)], 1),
        ("is seen beyond for the last two pictures only", [*ramp(200, 300, 10), 305, 312], 1),
        ("a phantom of three looks in fourteen", [295, *[None] * 5, 304, *[None] * 6, 308, *[None] * 20], 0),
        ("the recording ends before it", ramp(200, 300, 10), 0),
    ],
)  # fmt: skip
def test_tail_line_at_300(case: str, ys: list[float | None], arrivals: int) -> None:
    assert len(crossings(meter({"id": "L", "tail": across(LINE_Y)}), ys)) == arrivals, case


@settings(max_examples=60)
@given(
    speed=st.floats(15, 300),
    fps=st.floats(2.5, 30),
    start=st.floats(60, 200),
    jitter=st.floats(0, 4),
    seed=st.integers(0, 99),
)
def test_one_vehicle_counts_once_when_its_anchor_crosses(
    speed: float, fps: float, start: float, jitter: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    count = int((680 - start) / speed * fps)
    ys = [start + speed * i / fps + rng.uniform(-jitter, jitter) for i in range(count)]
    (crossing,) = crossings(meter({"id": "L", "tail": across(LINE_Y)}), ys, fps)
    assert crossing.t_s == pytest.approx(
        (LINE_Y - start) / speed, abs=2.5 * jitter / speed + 1e-6 + 0.5 / fps
    )


BACK_AND_FORTH = [*ramp(230, 450, 10), *ramp(450, 120, 10), *ramp(120, 290, 10)]


@pytest.mark.parametrize(
    ("case", "ys", "fps", "lines"),
    [
        ("slowly over both", ramp(150, 650, 10), 10, ["tail", "booth"]),
        ("over both between two pictures", [60, 190, 320, 450, 580], 2, ["tail", "booth"]),
        ("first seen between them", ramp(230, 650, 10), 10, ["booth"]),
        ("stays between them", ramp(150, 290, 10), 10, ["tail"]),
        ("backs over the tail after the booth", BACK_AND_FORTH, 10, ["booth"]),
    ],
)
def test_tail_before_booth(case: str, ys: list[float | None], fps: float, lines: list[str]) -> None:
    subject = meter({"id": "L", "tail": across(200), "booth": across(300)})
    assert [crossing.line for crossing in crossings(subject, ys, fps)] == lines, case


@pytest.mark.parametrize(("x", "lane"), [(100, "a"), (250, "a"), (299, "a"), (301, "b"), (500, "b")])
def test_the_anchor_says_which_lane(x: float, lane: str) -> None:
    subject = meter(
        {"id": "a", "tail": across(LINE_Y, 0, 300)}, {"id": "b", "tail": across(LINE_Y, 300, 600)}
    )
    assert [crossing.lane for crossing in crossings(subject, ramp(150, 450, 10), x=x)] == [lane]


def test_who_passes_beside_the_line_never_counts() -> None:
    subject = meter({"id": "L", "tail": across(LINE_Y, 0, 200)})
    beside = [boxes((300, y)) for y in ramp(200, 400, 10)]
    under_it = [boxes((x, 400)) for x in ramp(300, 100, 10)]
    steps = [subject.step(seen, i / 10) for i, seen in enumerate(beside + under_it)]
    assert [c for step in (*steps, subject.finish(9.9)) for c in step.crossings] == []


def test_a_vehicle_that_drives_on_when_hidden_counts() -> None:
    ys = [*ramp(150, 315, 10), *[None] * 30]
    assert len(crossings(meter({"id": "L", "tail": across(LINE_Y)}), ys)) == 1


def test_a_parked_one_that_flickers_and_vanishes_does_not() -> None:
    ys = [*[290.0] * 30, 310, *[None] * 300]
    assert len(crossings(meter({"id": "L", "tail": across(LINE_Y)}), ys)) == 0


def test_at_the_seam_of_a_loop_nothing_is_carried_over() -> None:
    subject = meter({"id": "L", "tail": across(LINE_Y)})
    first = crossings(subject, ramp(150, 295, 10))
    second = [
        c
        for i, y in enumerate(ramp(305, 500, 10))
        for c in subject.step(boxes((300, y)), 10 + i / 10).crossings
    ]
    assert (first, second) == ([], [])


def test_a_second_box_on_a_vehicle_that_jumps_to_a_sign_is_nobody() -> None:
    """Its first looks are parts of a vehicle that is known; then it stays where something looks like one."""
    subject, found = meter({"id": "L", "tail": across(LINE_Y)}), []
    for i, y in enumerate(ramp(100, 600, 10)):
        rows = [(300.0, y)]
        if 12 <= i < 15:
            rows.append((335.0, y))
        elif 17 <= i < 40:
            rows.append((335.0, 320.0))
        found += subject.step(boxes(*rows), i / 10).crossings
    assert len([*found, *subject.finish(6.0).crossings]) == 1


def test_who_should_have_been_seen_on_its_way_out_and_was_not_did_not_drive_it() -> None:
    ys: list[float | None] = [200, 360]
    assert len(crossings(meter({"id": "L", "tail": across(LINE_Y)}), [*ys, 520, 680, None, None], fps=2)) == 1
    assert crossings(meter({"id": "L", "tail": across(LINE_Y)}), [*ys, *[None] * 8], fps=4) == []
