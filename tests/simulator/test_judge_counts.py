"""How `scripts/evaluate counts` judges: tables of what was true, what was said, and the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from edge.measure.queue_length import OUT_OF_SIGHT
from scripts.counts.judge import clip_queue, matched, rendered_crossings, rendered_queue


@pytest.mark.parametrize(
    ("case", "true", "found", "expected"),
    [
        ("each in time", [(1.0, 0.5), (9.0, 0.5)], [1.2, 8.8], (2, 2, 2, 0)),
        ("one missed", [(1.0, 0.5), (9.0, 0.5)], [1.2], (2, 1, 1, 1)),
        ("one counted twice", [(1.0, 0.5)], [0.9, 1.1], (1, 2, 1, 1)),
        ("too late is missed and extra, the total is right", [(1.0, 0.5)], [2.0], (1, 1, 0, 0)),
        ("nothing true, nothing counted", [], [], (0, 0, 0, 0)),
    ],
)
def test_counts_match_crossings_once_and_in_time(
    case: str, true: list[tuple[float, float]], found: list[float], expected: tuple[int, ...]
) -> None:
    result = matched(true, found)
    assert (result.true, result.counted, result.matched, result.off) == expected


def test_errors_of_two_lines_do_not_cancel() -> None:
    truth = {
        "crossings": [{"lane": lane, "line": "tail", "camera": "tail", "t_s": 5.0} for lane in ("b1", "b2")]
    }
    document = {"crossings": [{"lane": "b1", "line": "tail", "t_s": at} for at in (5.0, 7.0)]}
    result = rendered_crossings(truth, document, "tail")
    assert (result.true, result.counted, result.off) == (2, 2, 2)
    assert result.error == 1.0


def said(
    in_view: int = 2, stopped: int = 2, length_m: float | None = 40.0, at_least: bool = False
) -> dict[str, Any]:
    return {
        "t_s": 4.1,
        "lane": "b1",
        "in_view": in_view,
        "stopped": stopped,
        "length_m": length_m,
        "at_least": at_least,
    }


def true(at_least: bool | None, length_m: float = 40.0) -> dict[str, Any]:
    there = {"in_view": 3, "hidden": 1, "stopped": 3, "stopped_hidden": 1}
    return {"t_s": 4.0, "lane": "b1", "camera": "tail", **there, "length_m": length_m, "at_least": at_least}


@pytest.mark.parametrize(
    ("case", "row", "truth", "in_view", "metres", "flags"),
    [
        ("hidden ones need not be counted", said(2), true(False), [0], [0.0], (0, 0, 0)),
        ("but may be", said(3), true(False), [0], [0.0], (0, 0, 0)),
        ("one that can be seen is not", said(1), true(False), [1], [0.0], (0, 0, 0)),
        ("a shorter queue", said(length_m=30.0), true(False), [0], [10.0], (0, 0, 0)),
        ("said at_least and so it is", said(at_least=True), true(True), [0], [], (1, 0, 0)),
        ("not said", said(), true(True), [0], [], (0, 1, 0)),
        ("said for nothing", said(at_least=True), true(False), [0], [], (0, 0, 1)),
        ("both are right: neither judged nor measured", said(), true(None), [0], [], (0, 0, 0)),
    ],
)
def test_a_moment_of_a_queue(
    case: str,
    row: dict[str, Any],
    truth: dict[str, Any],
    in_view: list[float],
    metres: list[float],
    flags: tuple[int, int, int],
) -> None:
    result = rendered_queue({"queue": [truth]}, {"queue": [row]}, "tail")
    assert result.in_view.values == in_view
    assert result.metres.values == metres
    assert (result.right, result.missed, result.wrong) == flags


@pytest.mark.parametrize(
    ("case", "length_m", "at_least", "untold"),
    [
        ("a length", 40.0, False, 0),
        ("none", None, False, 1),
        ("none where the truth is not clear", None, None, 0),
    ],
)
def test_a_length_that_is_not_told(
    case: str, length_m: float | None, at_least: bool | None, untold: int
) -> None:
    result = rendered_queue({"queue": [true(at_least)]}, {"queue": [said(length_m=length_m)]}, "tail")
    assert result.untold == untold, case
    assert len(result.metres.values) == (length_m is not None)


def test_a_far_end_out_of_sight_is_not_told_and_claims_no_queue_beyond() -> None:
    row = said(length_m=None, at_least=True) | {"why": OUT_OF_SIGHT}
    result = rendered_queue({"queue": [true(False)]}, {"queue": [row]}, "tail")
    assert (result.untold, result.wrong) == (1, 0)
    result = rendered_queue({"queue": [true(True)]}, {"queue": [row]}, "tail")
    assert (result.untold, result.right) == (0, 1)


def test_what_was_not_measured_near_the_moment_is_not_judged() -> None:
    result = rendered_queue({"queue": [true(False)]}, {"queue": [said() | {"t_s": 9.0}]}, "tail")
    assert result.in_view.mean is None
    assert result.recall is None


def test_samples_of_a_clip_are_right_within_their_tolerances() -> None:
    sample = {"frame": 10, "vehicles": 3, "tol": 1, "stationary": 3, "stationary_tol": 0}
    zone = {"samples": [sample, sample | {"frame": 50}]}
    rows = [
        {"frame": 11, "lane": "B", "in_view": 2, "stopped": 3},
        {"frame": 49, "lane": "B", "in_view": 3, "stopped": 2},
    ]
    result = clip_queue(zone, "B", {"queue": rows})
    assert result is not None
    assert (result.right, result.samples, result.in_view_mae) == (1, 2, 0.5)
