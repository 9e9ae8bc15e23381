"""The truth of a recording, and the demo's judgement against it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.demo.judge import LaneCount, WaitSample, count_faults, is_right, score_stream
from dashboard.demo.truth import TrueCrossing, Truth, Vehicle, count_until_s, true_count, true_wait_s

FAST = "commercial/fast"


def truth(
    joins: list[tuple[float, float]] = (), crossings: list[float] = (), length_s: float = 200.0
) -> Truth:
    vehicles = [Vehicle(str(i), FAST, "b1", join, join + wait) for i, (join, wait) in enumerate(joins)]
    return Truth(length_s, vehicles, [TrueCrossing("b1", "tail", t) for t in crossings])


@pytest.mark.parametrize(
    ("case", "at_s", "wait_s"),
    [
        ("half way between two joiners", 15.0, 30.0),
        ("at the moment of a joiner", 10.0, 20.0),
        ("before the first joiner", 5.0, None),
        ("after the last joiner", 25.0, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_true_wait_lies_between_its_two_joiners(case: str, at_s: float, wait_s: float | None) -> None:
    assert true_wait_s(truth([(10, 20), (20, 40)]), FAST, at_s) == wait_s


def test_true_wait_is_not_told_across_a_long_silence() -> None:
    assert true_wait_s(truth([(10, 20), (150, 40)]), FAST, 75.0) is None


def test_true_wait_is_not_told_for_another_stream() -> None:
    assert true_wait_s(truth([(10, 20), (20, 40)]), "commercial/standard", 15.0) is None


@pytest.mark.parametrize(
    ("case", "played_s", "crossings", "until_s"),
    [
        ("one loop and a bit: the loop", 240, [], 200),
        ("two loops", 400, [], 400),
        ("less than a loop: 10 s before the end", 120, [], 110),
        ("a crossing at the cut moves it back", 120, [109.5], 108),
        ("hardly anything", 5, [], 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_counts_are_compared_until(
    case: str, played_s: float, crossings: list[float], until_s: float
) -> None:
    assert count_until_s(truth(crossings=crossings), played_s) == until_s


@given(st.lists(st.floats(0, 199), max_size=30), st.integers(0, 3), st.integers(0, 199))
def test_loops_repeat_the_count(times: list[float], loops: int, rest_s: float) -> None:
    whole = true_count(truth(crossings=times), "b1", "tail", loops * 200.0 + rest_s)
    assert whole == loops * len(times) + true_count(truth(crossings=times), "b1", "tail", rest_s)


@pytest.mark.parametrize(
    ("case", "sample", "right"),
    [
        ("exact", (60, 50, 70, 60), True),
        ("15 s off a short wait", (35, 20, 50, 20), True),
        ("16 s off a short wait", (36, 20, 50, 20), False),
        ("20 % off a long wait", (120, 80, 150, 100), True),
        ("unknown is a miss", (None, None, None, 60), False),
        ("without a bound is a miss", (60, None, 70, 60), False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_sample_is_right(case: str, sample: tuple[float | None, ...], right: bool) -> None:
    assert is_right(WaitSample(100, FAST, *sample)) is right


def samples(
    count: int, wait_s: float | None, width_s: float = 40.0, start_s: float = 60.0
) -> list[WaitSample]:
    low_s, high_s = (None, None) if wait_s is None else (wait_s - width_s / 2, wait_s + width_s / 2)
    return [WaitSample(start_s + 5 * i, FAST, wait_s, low_s, high_s, 60.0) for i in range(count)]


@pytest.mark.parametrize(
    ("case", "given_samples", "fault"),
    [
        ("right all the time", samples(20, 60.0), None),
        ("the first minute does not count", samples(12, None, start_s=0) + samples(20, 60.0), None),
        ("too few samples", samples(19, 60.0), "19 samples"),
        ("a quarter is unknown", samples(15, 60.0) + samples(5, None, start_s=200), "75% of the waits"),
        ("intervals too wide to be of use", samples(20, 60.0, width_s=200), "the mean interval"),
        ("never measured", samples(20, None), "0% of the waits"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_stream_passes(case: str, given_samples: list[WaitSample], fault: str | None) -> None:
    faults = score_stream(FAST, given_samples).faults
    assert faults == [] if fault is None else any(fault in f for f in faults)


def test_a_count_is_exact_or_named() -> None:
    counts = [LaneCount("b1", "tail", 7, 7), LaneCount("b2", "tail", 6, 7), LaneCount("b2", "booth", None, 7)]
    assert count_faults(counts) == [
        "b2 tail line: counted 6, true 7",
        "b2 booth line: counted nothing, true 7",
    ]
