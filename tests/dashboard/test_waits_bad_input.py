"""Bad input to the wait engine on a recorded port: no exception, no silent number."""

from __future__ import annotations

import math
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.minutes import LaneMinute
from dashboard.recorded.estimate import estimates
from dashboard.recorded.recorded import Feed, load_recording, slices
from dashboard.waits.engine import WaitEngine

Rows = list[LaneMinute]
Slices = list[Rows]
Estimates = list[tuple[str, ...]]
HOURS = 1.5


@pytest.fixture(params=["p02_truck_shared_fast_blocked", "p04_truck_redesignate"])
def port(request: pytest.FixtureRequest, shared: Path) -> Path:
    """One port with a shared approach, one whose booths change class."""
    folder: Path = shared / "bench" / "port" / request.param
    return folder


def feed_of(folder: Path, feed: Feed = "noisy", matches: bool = True) -> Slices:
    return [rows for rows in slices(load_recording(folder), feed, matches) if rows[0].end_s <= HOURS * 3600]


def told(folder: Path, coming: Slices) -> Estimates:
    return list(estimates(replace(load_recording(folder), hours=HOURS), iter(coming)))


def is_sound(rows: Estimates) -> bool:
    """Every figure is a number in its interval, or all three are blank."""
    for _, _, *figures in rows:
        if figures == ["", "", ""]:
            continue
        wait, low, high = map(float, figures)
        if not 0 <= low <= wait <= high < math.inf:
            return False
    return True


def drops(coming: Slices) -> Iterator[Rows]:
    dice = random.Random(1)
    for rows in coming:
        yield [row for row in rows if dice.random() > 0.3]


def comes_late(coming: Slices) -> Iterator[Rows]:
    for place, rows in enumerate(coming):
        yield rows
        if place >= 20:
            yield coming[place - 20]


def changed(change: Callable[[LaneMinute, random.Random], LaneMinute]) -> Callable[[Slices], Iterator[Rows]]:
    def over(coming: Slices) -> Iterator[Rows]:
        dice = random.Random(2)
        for rows in coming:
            yield [change(row, dice) if dice.random() < 0.2 else row for row in rows]

    return over


NAN, INFINITE = math.nan, math.inf
BAD: dict[str, Callable[[Slices], Iterator[Rows]]] = {
    "rows are missing": drops,
    "rows come again and late": comes_late,
    "counters restart, so differences are negative": changed(
        lambda row, dice: replace(row, arrivals=-dice.randrange(1, 4000), departures=-dice.randrange(1, 4000))
    ),
    "counts are impossible": changed(lambda row, dice: replace(row, arrivals=10**6, departures=10**9)),
    "views are negative or impossible": changed(
        lambda row, dice: replace(row, in_view_mean=dice.choice([-3.0, 1e7]), booth_occ=17.0)
    ),
    "figures are not numbers": changed(
        lambda row, dice: replace(row, in_view_mean=NAN, stopped_mean=NAN, length_m=INFINITE, booth_occ=NAN)
    ),
    "times are not numbers": changed(
        lambda row, dice: replace(
            row, start_s=dice.choice([NAN, -INFINITE]), end_s=dice.choice([NAN, INFINITE])
        )
    ),
    "slices overlap": changed(lambda row, dice: replace(row, start_s=row.start_s - 45.0)),
    "a lane changes its class from minute to minute": changed(
        lambda row, dice: replace(row, serves=(dice.choice(["commercial/fast", "commercial/standard"]),))
    ),
    "a lane nobody knows": changed(lambda row, dice: replace(row, lane="elsewhere")),
    "matches of the future and of days ago": changed(
        lambda row, dice: replace(
            row, matches=tuple(replace(one, at_s=one.at_s + dice.choice([-9e5, 9e5])) for one in row.matches)
        )
    ),
    "nothing is measured": changed(
        lambda row, dice: replace(row, missing=True, arrivals=None, departures=None, in_view_mean=None)
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", BAD)
def test_bad_input_gives_sound_figures(case: str, port: Path) -> None:
    rows = told(port, list(filter(None, BAD[case](feed_of(port)))))
    assert len(rows) == HOURS * 60 * 2
    assert is_sound(rows)
    assert sum(row[2] != "" for row in rows) > len(rows) / 2


@pytest.mark.slow
@pytest.mark.parametrize("case", ["rows come again and late", "slices overlap"])
def test_what_counts_twice_is_left_out(case: str, port: Path) -> None:
    """Rows that come again change nothing; such as overlap are as good as missing."""
    coming = feed_of(port)
    spoilt = list(BAD[case](coming))
    if case == "slices overlap":
        clean = [
            [was for was, row in zip(before, after, strict=True) if was.start_s == row.start_s]
            for before, after in zip(coming, spoilt, strict=True)
        ]
        first = clean[0] or coming[0]
        assert told(port, [first, *spoilt[1:]])[20:] == told(port, [first, *clean[1:]])[20:]
    else:
        assert told(port, spoilt) == told(port, coming)


@pytest.mark.slow
@pytest.mark.parametrize("matches", [True, False])
@pytest.mark.parametrize("feed", ["noisy", "minute"])
def test_a_feed_that_is_cut_or_goes_on_otherwise_gives_the_same_past(
    feed: Feed, matches: bool, port: Path
) -> None:
    coming = feed_of(port, feed, matches)
    cut_s = 3000.0
    before = [rows for rows in coming if rows[0].end_s <= cut_s]
    other = [[replace(row, arrivals=9, in_view_mean=0.0) for row in rows] for rows in coming[len(before) :]]
    whole = told(port, coming)
    known = [row for row in whole if float(row[0]) <= cut_s]
    assert [row for row in told(port, before) if float(row[0]) <= cut_s] == known
    assert [row for row in told(port, before + other) if float(row[0]) <= cut_s] == known
    assert told(port, coming) == whole


@pytest.mark.slow
def test_the_truth_is_not_needed(port: Path, tmp_path: Path) -> None:
    blind = tmp_path / port.name
    blind.mkdir()
    for path in port.iterdir():
        if path.name.split(".")[0] in ("site", "noisy", "plates"):
            shutil.copy(path, blind / path.name)
    assert told(blind, feed_of(blind)) == told(port, feed_of(port))


def test_an_empty_port_says_nothing(port: Path) -> None:
    engine = WaitEngine(load_recording(port).site)
    engine.step([])
    assert engine.estimates(600.0) == (None, None)
    assert {state.state for state in engine.states(600.0)} == {"unknown"}
