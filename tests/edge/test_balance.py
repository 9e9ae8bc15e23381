"""Conservation: what is between the lines, what is corrected when it is sure, and what is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import NodeConfig
from edge.measure.balance import NEVER_ARRIVED, OTHER_LANE, SEEN_EMPTY, is_closed
from edge.measure.meter import CameraMeter
from edge.vision import Boxes, Step
from tests.edge.boxfile import HEIGHT, WIDTH, across, area

TAIL_Y, BOOTH_Y, FPS = 200, 500, 10


def lane(name: str = "L", x0: float = 100, x1: float = 500, **changes: Any) -> dict[str, Any]:
    """A lane whose area shows all that is between its lines."""
    lines = {"tail": across(TAIL_Y, x0, x1, "bottom"), "booth": across(BOOTH_Y, x0, x1, "bottom")}
    return {"id": name, "area": area(x0, TAIL_Y, x1, BOOTH_Y)} | lines | changes


def meter(*lanes: dict[str, Any]) -> CameraMeter:
    node = NodeConfig.model_validate(
        {"port": "p", "node": "n", "cameras": [{"id": "c", "lanes": list(lanes)}]}
    )
    return CameraMeter(node.cameras[0], WIDTH, HEIGHT)


Drive = list[tuple[float, float]]
"""Where a vehicle's lower edge is seen, (x, y) px, picture by picture; no box where y is not a number."""


def drive(start: float = 60, end: float = 700, hide: tuple[float, float] = (0, 0), x: float = 300) -> Drive:
    """Straight down at 100 px/s; nothing is seen of it while its lower edge is within `hide`."""
    return [(x, np.nan if hide[0] <= y < hide[1] else y) for y in np.arange(start, end, 100 / FPS)]


def watch(subject: CameraMeter, drives: list[Drive], wait_s: float = 12.0) -> list[Step]:
    """One vehicle after the other, each after `wait_s` without any."""
    pause: Drive = [(0, np.nan)] * round(wait_s * FPS)
    places = [place for one in drives for place in (*pause, *one)] + pause
    return [subject.step(box(x, y), i / FPS) for i, (x, y) in enumerate(places)]


def box(x: float, y: float) -> Boxes:
    if np.isnan(y):
        return Boxes.empty()
    return Boxes(np.array([[x - 50, y - 90, x + 50, y]], np.float32), ("car",), np.full(1, 0.9, np.float32))


def account(steps: list[Step], name: str = "L") -> dict[str, Any]:
    """Raw counts, corrections with their reasons, and what is between the lines by both together."""
    crossed = [c.line for step in steps for c in step.crossings if c.lane == name]
    corrected = [c for step in steps for c in step.corrections if c.lane == name]
    arrivals, departures = crossed.count("tail"), crossed.count("booth")
    more = sum(c.arrivals for c in corrected), sum(c.departures for c in corrected)
    return {
        "counts": (arrivals, departures),
        "corrections": more,
        "why": [c.why for c in corrected],
        "between": arrivals + more[0] - departures - more[1],
    }


WELL, UNSEEN_IN, UNSEEN_OUT = drive(), drive(hide=(0, 260)), drive(hide=(420, 700))


@pytest.mark.parametrize(
    ("case", "drives", "counts", "corrections", "why"),
    [
        ("all are seen", [WELL, WELL], (2, 2), (0, 0), []),
        ("one comes unseen", [WELL, UNSEEN_IN, WELL], (2, 3), (1, 0), [NEVER_ARRIVED]),
        ("one leaves unseen, the next proves it", [WELL, UNSEEN_OUT, WELL], (3, 2), (0, 1), [SEEN_EMPTY]),
        ("one leaves unseen, nothing proves it yet", [WELL, UNSEEN_OUT], (2, 1), (0, 0), []),
        ("two leave unseen", [WELL, UNSEEN_OUT, UNSEEN_OUT, WELL], (4, 2), (0, 2), [SEEN_EMPTY]),
        ("who was there at the start is not judged", [UNSEEN_IN, WELL], (1, 2), (0, 0), []),
    ],
)  # fmt: skip
def test_what_is_corrected(
    case: str, drives: list[Drive], counts: tuple[int, int], corrections: tuple[int, int], why: list[str]
) -> None:
    found = account(watch(meter(lane()), drives))
    assert (found["counts"], found["corrections"], found["why"]) == (counts, corrections, why), case


def test_a_change_of_lanes_moves_one_arrival() -> None:
    subject = meter(lane("one", 100, 400), lane("two", 400, 700))
    across_lanes = [(250 + 300 * float(np.clip((y - 260) / 150, 0, 1)), y) for _, y in drive()]
    steps = watch(subject, [drive(x=250), drive(x=550), across_lanes])
    one, two = account(steps, "one"), account(steps, "two")
    assert (one["counts"], one["corrections"], one["between"]) == ((2, 1), (-1, 0), 0)
    assert (two["counts"], two["corrections"], two["between"]) == ((1, 2), (1, 0), 0)
    assert {*one["why"], *two["why"]} == {OTHER_LANE}


@pytest.mark.parametrize("restarted", [False, True])
def test_who_comes_from_a_lane_without_an_account_is_one_that_was_not_seen_to_arrive(restarted: bool) -> None:
    """The first lane has lines and no area, so it cannot be checked; a restart is no matter."""
    one = {key: value for key, value in lane("one", 100, 400).items() if key != "area"}
    lanes = one, lane("two", 400, 700)
    subject = meter(*lanes)
    steps = watch(subject, [drive(x=550)])
    place_s = len(steps) / FPS
    for number, y in enumerate(np.arange(60, 700, 100 / FPS)):
        at = place_s + number / FPS
        steps.append(subject.step(box(250 + 300 * float(np.clip((y - 260) / 150, 0, 1)), y), at))
        if restarted and y == 430:
            saved, subject = subject.save(at), meter(*lanes)
            assert subject.resume(saved, at)
    assert account(steps, "one")["counts"] == (1, 0)
    two = account(steps, "two")
    assert (two["counts"], two["corrections"], two["why"]) == ((1, 2), (1, 0), [NEVER_ARRIVED])


def test_a_detector_that_goes_blind_over_a_queue_corrects_nothing() -> None:
    standing = [(300.0, 400.0)] * 50
    blind: Drive = [(0.0, np.nan)] * 600
    steps = watch(meter(lane()), [WELL, drive(end=400) + standing + blind])
    assert account(steps)["corrections"] == (0, 0)
    assert steps[-1].lanes[0].residual == 1, "the counts hold one that is not seen: that is told"


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2]), max_size=5))
def test_after_the_next_vehicle_that_is_seen_the_account_is_true(kinds: list[int]) -> None:
    drives = [WELL, *([WELL, UNSEEN_IN, UNSEEN_OUT][kind] for kind in kinds), WELL]
    assert account(watch(meter(lane()), drives, wait_s=9.5))["between"] == 0


@pytest.mark.parametrize(
    ("case", "document", "closed"),
    [
        ("the area reaches from line to line", lane(), True),
        ("no tail line", {k: v for k, v in lane().items() if k != "tail"}, False),
        ("the area shows the booth only", lane(area=area(100, 400, 500, 500)), False),
        ("the area lies beside the lines' way", lane(area=area(600, 200, 900, 500)), False),
    ],
)
def test_which_lanes_can_be_checked(case: str, document: dict[str, Any], closed: bool) -> None:
    node = NodeConfig.model_validate(
        {"port": "p", "node": "n", "cameras": [{"id": "c", "lanes": [document]}]}
    )
    assert is_closed(node.cameras[0].lanes[0], WIDTH, HEIGHT) is closed, case
