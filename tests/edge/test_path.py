"""Whether a vehicle stands is known soon, and one wrong box, or a wobble, is no start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.measure.geometry import Floats
from edge.measure.path import (
    FIRST_PUSH,
    FIRST_SPEED,
    JERK,
    LOOKS,
    PUSH_LASTS_S,
    START_PUSH,
    START_SPEED,
    START_SPREAD,
    Driving,
    Path,
    Standing,
)

STOPPED_M_S = 5 / 3.6
NOISE_M = 0.5
Way = Callable[[float], float]


def slows(at: float) -> float:
    """Metres of one who brakes from 6 m/s with 1.5 m/s2 and stands from 4 s on."""
    left_s = max(0.0, 4.0 - at)
    return 40 + 0.75 * left_s**2


def starts(at: float) -> float:
    """One who stands for 6 s and drives off with 1.2 m/s2."""
    return 60 - 0.6 * max(0.0, at - 6.0) ** 2


def slow_from(way: Way, fps: float, seed: int, until: float = 12.0) -> list[tuple[float, float]]:
    """When, and how likely the vehicle was slow then."""
    path, rng, found = Path(), np.random.default_rng(seed), []
    for look in range(round(until * fps)):
        at = look / fps
        path.see((way(at) + rng.normal(0, NOISE_M), NOISE_M), at)
        slow = path.slower(STOPPED_M_S)
        if slow is not None:
            found.append((at, slow))
    return found


@pytest.mark.parametrize("fps", [2, 5, 10])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("case", "way", "slow"),
    [
        ("stands", lambda at: 50.0, (0.0, 12.0)),
        ("drives by at 3 m/s", lambda at: 80 - 3 * at, None),
        ("brakes to a stop", slows, (4.0, 12.0)),
        ("starts", starts, (0.0, 6.0)),
        ("backs at 3 m/s", lambda at: 40 + 3 * at, None),
    ],
)
def test_it_is_known_who_stands(
    case: str, way: Way, slow: tuple[float, float] | None, seed: int, fps: int
) -> None:
    begins, ends = slow or (99.0, 99.0)
    wrong_s = 0.0
    for at, likely in slow_from(way, fps, seed):
        if at < 3.0 or -1.5 < at - begins < 1.0 or 0 < at - ends < 2.5:
            continue
        wrong_s += ((likely > 0.5) is not (begins <= at <= ends)) / fps
    assert wrong_s <= 0.5, case


@settings(max_examples=40, deadline=None)
@given(st.floats(-30, 30), st.integers(20, 45), st.integers(0, 1000))
def test_one_wrong_box_is_no_start(off_m: float, look: int, seed: int) -> None:
    path, rng = Path(), np.random.default_rng(seed)
    for number in range(60):
        wrong = off_m if number == look else 0.0
        path.see((50 + wrong + rng.normal(0, 0.3), NOISE_M), number / 5)
        slow = path.slower(STOPPED_M_S)
        if number > 10:
            assert slow is not None
            assert slow > 0.5
            assert path.metres == pytest.approx(50, abs=1)


def test_the_longer_it_stands_the_better_is_known_where() -> None:
    errors: dict[int, list[float]] = {5: [], 100: []}
    for seed in range(30):
        path, rng = Path(), np.random.default_rng(seed)
        for number in range(101):
            path.see((50 + rng.normal(0, NOISE_M), NOISE_M), number / 5)
            if number in errors:
                assert path.metres is not None
                errors[number].append(abs(path.metres - 50))
    assert np.mean(errors[100]) < 0.6 * np.mean(errors[5])
    assert np.mean(errors[100]) < 0.15


def test_nothing_is_said_before_the_third_look() -> None:
    path = Path()
    assert path.metres is None
    for number in range(3):
        assert path.slower(STOPPED_M_S) is None
        path.see((50.0, NOISE_M), number / 5)
    assert path.slower(STOPPED_M_S) is not None


def test_two_pictures_of_one_moment_are_one() -> None:
    path = Path()
    for at in (0.0, 0.2, 0.2, 0.4):
        path.see((50.0, NOISE_M), at)
    assert path.metres == pytest.approx(50.0)


@pytest.mark.parametrize("way", [slows, starts])
def test_what_is_told_is_a_plain_number_as_messages_carry(way: Way) -> None:
    path = Path()
    for look in range(60):
        at = look / 5
        wrong_m = 9.0 if look % 7 == 6 else 0.0
        path.see((float(way(at)) + wrong_m, NOISE_M), at)
        told = [path.metres, path.expected(at + 1), path.slower(STOPPED_M_S)]
        assert {type(figure) for figure in told} <= {float, type(None)}


@dataclass
class Matrices:
    """The same filter as its sources write it: three by three."""

    mean: Floats
    cov: Floats

    def see(self, metres: float, variance: float, by_s: float) -> None:
        """One look, `by_s` after the last one, at a vehicle that surely drives."""
        way = by_s * by_s / 2
        step = np.array([[1, by_s, way], [0, 1, by_s], [0, 0, np.exp(-by_s / PUSH_LASTS_S)]])
        push = np.array([by_s**3 / 6, way, by_s])
        self.mean = step @ self.mean
        self.cov = step @ self.cov @ step.T + JERK / by_s * np.outer(push, push)
        gain = self.cov[0] / (self.cov[0, 0] + variance)
        self.mean = self.mean + gain * (metres - self.mean[0])
        self.cov = self.cov - np.outer(gain, self.cov[0])


@given(st.lists(st.tuples(st.floats(0.04, 2.0), st.floats(-3, 3), st.floats(0.01, 4)), max_size=30))
def test_the_filter_written_out_is_the_one_with_matrices(looks: list[tuple[float, float, float]]) -> None:
    first = [9.0, FIRST_SPEED**2, FIRST_PUSH**2]
    known, drives = Matrices(np.array([50.0, 0.0, 0.0]), np.diag(first)), Driving(50.0, *first)
    for by_s, off, variance in looks:
        known.see(50.0 + off, variance, by_s)
        drives.go_on(by_s)
        drives.correct(50.0 + off - drives.metres, variance)
    assert (drives.metres, drives.speed, drives.push) == pytest.approx(known.mean, rel=1e-6, abs=1e-6)
    (mm, ms, mp), (_, ss, sp), (_, _, pp) = known.cov
    assert drives.covariances == pytest.approx((mm, ms, mp, ss, sp, pp), rel=1e-6, abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 10))
def test_starting_mixes_two_distributions(share: float, stood: float, metres: float, variance: float) -> None:
    drives = Driving(metres, variance, 4.0, 1.0)
    drives.take_in(share, Standing(stood, 0.5))
    mean, start = np.array([metres, 0, 0]), np.array([stood, 0, -START_PUSH])
    cov, spread = np.diag([variance, 4.0, 1.0]), np.diag([0.5, START_SPEED**2, START_SPREAD**2])
    about = share * mean_square(spread, start) + (1 - share) * mean_square(cov, mean)
    mixed = share * start + (1 - share) * mean
    assert (drives.metres, drives.speed, drives.push) == pytest.approx(mixed, abs=1e-9)
    (mm, ms, mp), (_, ss, sp), (_, _, pp) = about - np.outer(mixed, mixed)
    assert drives.covariances == pytest.approx((mm, ms, mp, ss, sp, pp), rel=1e-6, abs=1e-6)


def mean_square(cov: Floats, mean: Floats) -> Floats:
    """Of a distribution, (n, n)."""
    return np.asarray(cov + np.outer(mean, mean))


@pytest.mark.parametrize(
    ("case", "way", "seen_s", "later_s", "slow", "metres"),
    [
        ("who stands is taken to stand for some seconds more", lambda at: 50.0, 6.0, 5.0, True, 50.0),
        ("who brakes comes to stand", slows, 3.0, 2.0, True, 40.0),
        ("who drives on drives on", lambda at: 90 - 8 * at, 6.0, 2.0, False, 26.0),
        ("who starts drives on", starts, 7.4, 1.0, False, 60 - 0.6 * 2.4**2),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_who_is_not_seen_goes_on(
    case: str, way: Way, seen_s: float, later_s: float, slow: bool, metres: float, seed: int
) -> None:
    path, rng = Path(), np.random.default_rng(seed)
    for look in range(round(seen_s * 5) + 1):
        path.see((way(look / 5) + rng.normal(0, 0.1), 0.1), look / 5)
    before = path.metres, path.slower(STOPPED_M_S)
    later = path.later(later_s)
    likely = later.slower(STOPPED_M_S)
    assert likely is not None
    assert (likely > 0.5) == slow, case
    assert later.metres == pytest.approx(metres, abs=2.5), case
    assert (path.metres, path.slower(STOPPED_M_S)) == before, "who asks changes nothing"


def test_it_is_known_the_less_the_longer_nobody_looks() -> None:
    path = Path()
    for look in range(40):
        path.see((50.0, 0.1), look / 5)
    likely = [path.later(by_s).slower(STOPPED_M_S) or 0.0 for by_s in (0.0, 2.0, 5.0, 20.0)]
    assert likely[0] == path.slower(STOPPED_M_S)
    assert likely == sorted(likely, reverse=True)
    assert likely[-1] < 0.9, "some have moved up"


@pytest.mark.parametrize("by_s", [0.3, 1.0, 2.2])
def test_a_place_later_does_not_hang_on_how_it_is_asked(by_s: float) -> None:
    path = Path()
    for look in range(20):
        path.see((90 - 4 * look / 5, 0.1), look / 5)
    once, twice = path.later(2 * by_s), path.later(by_s).later(by_s)
    assert once.metres == pytest.approx(twice.metres, abs=0.2)


def seen(way: Way, looks: int, noise: float = NOISE_M) -> Path:
    """A vehicle seen five times a second, and where it is."""
    path = Path()
    for look in range(looks):
        path.see((way(look / 5), noise), look / 5)
    return path


@pytest.mark.parametrize(
    ("case", "way", "looks", "after_s", "metres"),
    [
        ("who stands is expected where it stands", lambda at: 50.0, 41, 5.0, 50.0),
        ("who drives on is as far as it drives", lambda at: 90 - 8 * at, 26, 1.0, 42.0),
        ("who brakes gets less far", slows, 11, 1.0, slows(3.0)),
    ],
)
def test_where_it_is_expected(case: str, way: Way, looks: int, after_s: float, metres: float) -> None:
    path = seen(way, looks, 0.05)
    assert path.expected((looks - 1) / 5 + after_s) == pytest.approx(metres, abs=0.5), case


def test_ten_boxes_within_a_moment_say_no_more_than_one() -> None:
    """They are wrong alike: a camera of 50 pictures a second knows no better where a vehicle is."""
    once, often = seen(lambda at: 50.0, 21), seen(lambda at: 50.0, 21)
    once.see((51.0, NOISE_M), 4.2)
    for look in range(1, 11):
        often.see((51.0, NOISE_M), 4.0 + look / 50)
    assert once.metres is not None
    assert often.metres is not None
    assert 0.0 < often.metres - 50.0 < 1.5 * (once.metres - 50.0)


def test_while_places_are_vague_nobody_says_who_stands() -> None:
    vague, sharp = Path(), Path()
    for look in range(LOOKS):
        vague.see((50.0, 5.0), look / 5)
        sharp.see((50.0, 0.1), look / 5)
    assert sharp.slower(STOPPED_M_S) is not None
    assert vague.slower(STOPPED_M_S) is None
    assert seen(lambda at: 50.0, 20, 5.0).slower(STOPPED_M_S) is not None, "by and by it is known"


@pytest.mark.parametrize("way", [lambda at: 50.0, lambda at: 90 - 4 * at])
def test_who_is_moved_was_elsewhere_all_the_time(way: Way) -> None:
    """That the two edges of a box do not quite agree where it is is no drive."""
    path = seen(way, 20)
    before = path.metres, path.expected(5.0), path.slower(STOPPED_M_S)
    path.move(3.0)
    assert before[0] is not None
    assert path.metres == pytest.approx(before[0] + 3.0)
    assert path.expected(5.0) == pytest.approx(before[1] + 3.0)
    for look in range(20, 24):
        path.see((way(look / 5) + 3.0, NOISE_M), look / 5)
    speed_m_s = path.trail.speed_m_s(3.8)
    assert speed_m_s == pytest.approx(5 * (way(3.6) - way(3.8)), abs=1e-6)
    assert path.slower(STOPPED_M_S) == pytest.approx(before[2], abs=0.1)
