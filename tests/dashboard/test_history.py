"""History: written once, read back as it was told; hours roll up; what central missed is told as unknown."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.board import Board
from dashboard.config import CentralConfig, load_central
from dashboard.feeds.published import published
from dashboard.feeds.values import Published
from dashboard.history import StreamMinute
from dashboard.minutes import LaneMinute
from dashboard.recorder import NOT_RUNNING, Recorder
from dashboard.rollup.whole import WholeMinutes
from dashboard.store.history import History
from dashboard.store.store import Store, StoreAwayError
from tests.dashboard.nodes import PORT_YAML

T0 = 1_800_000_000.0
FAST = "commercial/fast"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty history."""
    store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    store.upgrade()
    return History(store)


@pytest.fixture
def config(tmp_path: Path) -> CentralConfig:
    """One direction with two streams, lanes b1 and b2."""
    file = tmp_path / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    return load_central(file)


def minute(start_s: float, wait_s: float | None, **changes: object) -> StreamMinute:
    """A minute of the FAST stream."""
    known = StreamMinute(
        port="testport",
        direction="us_bound",
        stream=FAST,
        start_s=start_s,
        state="unknown" if wait_s is None else "measured",
        reason="no usable measurement" if wait_s is None else None,
        wait_s=wait_s,
        low_s=None if wait_s is None else wait_s / 2,
        high_s=None if wait_s is None else wait_s * 2,
        basis=() if wait_s is None else ("queue", "balance"),
        actual_s=None,
        actual_n=None,
        queue_vehicles=None,
        queue_m=None,
        at_least=None,
        lanes_open=None,
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def test_a_minute_is_read_back_as_it_was_written(history: History) -> None:
    rows = [minute(T0, None), minute(T0 + 60, 90.0, actual_s=80.0, actual_n=2, queue_m=12.5, at_least=False)]
    history.add(rows)
    assert history.minutes("testport", "us_bound", FAST, T0, T0 + 120) == rows
    assert history.minutes("testport", "us_bound", None, T0 + 60, T0 + 120) == rows[1:]
    assert history.minutes("testport", "canada_bound", FAST, T0, T0 + 120) == []


def test_a_minute_is_never_rewritten(history: History) -> None:
    history.add([minute(T0, 90.0)])
    history.add([minute(T0, 5.0), minute(T0 + 60, 6.0)])
    assert [row.wait_s for row in history.minutes("testport", "us_bound", FAST, T0, T0 + 999)] == [90.0, 6.0]


@settings(max_examples=20)
@given(waits=st.lists(st.one_of(st.none(), st.integers(0, 9000).map(float)), min_size=1, max_size=60))
def test_an_hour_is_its_minutes(tmp_path_factory: pytest.TempPathFactory, waits: list[float | None]) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('h')}/x.db")
    store.upgrade()
    history = History(store)
    history.add(
        [minute(T0 + 60 * n, wait, actual_s=wait, actual_n=wait and 2) for n, wait in enumerate(waits)]
    )
    key = ("testport", "us_bound", FAST)
    history.roll_up(*key[:2], key[2:], [], T0 + 3599)
    assert history.hours(*key, 0, T0 + 9999) == [], "the hour in progress is not rolled up"
    history.roll_up(*key[:2], key[2:], [], T0 + 3660)
    history.roll_up(*key[:2], key[2:], [], T0 + 3660)
    (hour,) = history.hours(*key, 0, T0 + 9999)
    known = [wait for wait in waits if wait is not None]
    assert (hour.start_s, hour.minutes, hour.measured) == (T0, len(waits), len(known))
    if not known:
        assert (hour.wait_s, hour.wait_min_s, hour.actual_s) == (None, None, None)
    else:
        assert hour.wait_s == pytest.approx(sum(known) / len(known))
        assert (hour.wait_min_s, hour.wait_max_s) == (min(known), max(known))
        in_ten_minutes = sum(2 for wait in known if wait)
        assert hour.actual_n in (None, round(in_ten_minutes / 10)), "a vehicle stands in ten of its minutes"


def said(config: CentralConfig, at_s: float) -> Published:
    """Nothing is known then."""
    return published(Board(at_s, ()), config, at_s)


def told(history: History, from_s: float, to_s: float) -> list[tuple[float, str | None]]:
    """(minutes from `from_s`, reason) of the FAST stream."""
    rows = history.minutes("testport", "us_bound", FAST, from_s, to_s)
    return [((row.start_s - from_s) / 60, row.reason) for row in rows]


def test_minutes_are_written_at_their_end_and_once(history: History, config: CentralConfig) -> None:
    recorder = Recorder(history, config)
    for at_s in (T0 + 10, T0 + 59, T0 + 60.4, T0 + 61, T0 + 120.1):
        recorder.note(at_s, lambda when: said(config, when), [])
        recorder.write()
    assert [place for place, _ in told(history, T0, T0 + 600)] == [0, 1]


def test_after_a_restart_what_was_missed_is_unknown_and_nothing_doubled(
    history: History, config: CentralConfig
) -> None:
    first = Recorder(history, config)
    for n in range(4):
        first.note(T0 + 60 * n + 1, lambda when: said(config, when), [])
        first.write()
    second = Recorder(history, config)
    for n in range(7, 10):
        second.note(T0 + 60 * n + 30, lambda when: said(config, when), [])
        second.write()
    rows = told(history, T0, T0 + 3600)
    assert [place for place, _ in rows] == list(range(9))
    assert [place for place, reason in rows if reason == NOT_RUNNING] == [3, 4, 5, 6]


def test_a_machine_that_slept_tells_its_sleep_as_unknown(history: History, config: CentralConfig) -> None:
    recorder = Recorder(history, config)
    for n in (0, 1, 5):
        recorder.note(T0 + 60 * n, lambda when: said(config, when), [])
        recorder.write()
    rows = told(history, T0, T0 + 3600)
    assert [(place, reason == NOT_RUNNING) for place, reason in rows] == [
        (0, False),
        (1, True),
        (2, True),
        (3, True),
        (4, False),
    ]


def test_what_was_told_while_the_database_was_away_is_written_later(
    config: CentralConfig, tmp_path: Path
) -> None:
    store = Store(f"sqlite:///{tmp_path}/later.db")
    recorder = Recorder(History(store), config)
    for n in range(3):
        recorder.note(T0 + 60 * n + 1, lambda when: said(config, when), [])
        with pytest.raises(StoreAwayError):
            recorder.write()
    store.upgrade()
    recorder.note(T0 + 181, lambda when: said(config, when), [])
    recorder.write()
    rows = told(History(store), T0, T0 + 3600)
    assert [place for place, _ in rows] == [0, 1, 2]
    assert NOT_RUNNING not in [reason for _, reason in rows]


def lane(start_s: float, length_s: float = 5.0, **changes: object) -> LaneMinute:
    """A slice of a booth lane in which one truck arrives and leaves."""
    row = LaneMinute(
        start_s, start_s + length_s, "b1", "booth", (FAST,), 1, 1, 2.0, 1.0, 20.0, False, 0.5, False
    )
    return replace(row, **changes)  # type: ignore[arg-type]


UNSEEN: dict[str, object] = dict.fromkeys(
    ("arrivals", "departures", "in_view_mean", "stopped_mean", "length_m", "full", "booth_occ")
) | {"missing": True}


@pytest.mark.parametrize(
    ("case", "slices", "expected"),
    [
        ("twelve slices of 5 s are a minute", [lane(T0 + 5 * n) for n in range(12)], [(12, False)]),
        ("a slice of 60 s is one", [lane(T0, 60.0)], [(1, False)]),
        ("a minute in progress is none", [lane(T0 + 5 * n) for n in range(11)], []),
        ("a minute that began before the first slice is none", [lane(T0 + 5 * n) for n in range(1, 12)], []),
        (
            "a third unseen: what was seen counts",
            [lane(T0 + 5 * n, **UNSEEN if n < 4 else {}) for n in range(12)],
            [(8, False)],
        ),
        (
            "two thirds unseen: missing, and no count",
            [lane(T0 + 5 * n, **UNSEEN if n < 8 else {}) for n in range(12)],
            [(None, True)],
        ),
        (
            "slices across minutes (7 s) never pretend",
            [lane(T0 + 7 * n, 7.0) for n in range(9)],
            [(9, False)],
        ),
    ],
)
def test_slices_become_whole_minutes(
    case: str, slices: list[LaneMinute], expected: list[tuple[int | None, bool]]
) -> None:
    whole = WholeMinutes()
    for row in slices:
        whole.add([row])
    assert [(row.arrivals, row.missing) for row in whole.take()] == expected
    assert whole.take() == []


def test_lane_minutes_are_kept_and_rolled_up(history: History) -> None:
    rows = [lane(T0 + 60 * n, 60.0, **UNSEEN if n == 7 else {}) for n in range(60)]
    history.add_lanes([("testport", "us_bound", rows)])
    assert history.lanes("testport", "us_bound", "b1", T0, T0 + 3600) == rows
    history.roll_up("testport", "us_bound", [], ["b1"], T0 + 3600)
    (hour,) = history.lane_hours("testport", "us_bound", None, T0, T0 + 3600)
    assert (hour.minutes, hour.seen, hour.arrivals, hour.full_minutes) == (60, 59, 59, 0)
    assert hour.booth_occ == pytest.approx(0.5)


def test_a_start_on_a_long_history_asks_no_more_than_the_newest_row(
    history: History, config: CentralConfig
) -> None:
    now_s = time.time() // 60 * 60
    history.add([minute(now_s - 60 * n, 9.0) for n in range(1, 20_001)])
    recorder = Recorder(history, config)
    recorder.note(now_s + 1, lambda when: said(config, when), [])
    recorder.write()
    recorder.note(now_s + 61, lambda when: said(config, when), [])
    recorder.write()
    rows = history.minutes("testport", "us_bound", FAST, now_s - 120, now_s + 120)
    assert [row.wait_s for row in rows] == [9.0, 9.0, None]
