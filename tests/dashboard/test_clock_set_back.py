"""Clocks that are wrong by years, of nodes and of central itself: figures go on, in the right year."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.central import Central
from dashboard.config import CentralConfig, load_central
from dashboard.feeds.published import published
from dashboard.ingest.ingest import Gate
from dashboard.recorder import MINUTE_S, Recorder
from dashboard.rollup.rollup import RollUp
from dashboard.store.history import History
from dashboard.store.store import Store
from edge.messages import decode, encode, utc_ms
from tests.dashboard.nodes import PORT_YAML
from tests.dashboard.test_central import T0, rows

YEAR_S = 365 * 86400.0
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CentralConfig:
    file = tmp_path_factory.mktemp("central") / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    return load_central(file)


@pytest.mark.parametrize("ahead_s", [HOUR_S, YEAR_S, 50 * YEAR_S])
def test_central_goes_on_after_its_own_clock_was_set_back(ahead_s: float, config: CentralConfig) -> None:
    central, all_rows = Central(config), rows(600)
    wrong = [replace(row, received_at_s=row.received_at_s + ahead_s) for row in all_rows[:80]]
    central.take(wrong)
    central.take(all_rows[80:])
    central.close(T0 + 600)
    central.estimate(T0 + 600)
    (view,) = central.board(T0 + 600, lambda port, node: None, 0, None).directions
    assert {stream.state for stream in view.streams} <= {"measured", "at_least"}
    assert all(s.expected and T0 + 500 < s.expected.measured_at_s <= T0 + 600 for s in view.streams)


def test_the_gate_takes_a_clock_that_was_set_back_and_no_small_slip() -> None:
    times = iter([T0 + YEAR_S, T0 + YEAR_S - 1.0, T0, T0 + 1])
    gate = Gate(lambda: next(times))
    assert [gate.now_s() for _ in range(4)] == [T0 + YEAR_S, T0 + YEAR_S, T0, T0 + 1]


def test_history_goes_on_after_the_clock_was_set_back(config: CentralConfig, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/h.db")
    store.upgrade()
    recorder, central = Recorder(History(store), config), Central(config)
    noted: list[float] = []

    def say(at_s: float):
        noted.append(at_s)
        central.estimate(at_s)
        board = central.board(at_s, lambda port, node: None, 0, None)
        return published(board, config, at_s)

    for at_s in (T0 + YEAR_S, T0 + YEAR_S + 60, T0, T0 + 60, T0 + 120):
        recorder.note(at_s, say, [])
        recorder.write()
    store.close()
    assert noted == [T0 + YEAR_S // MINUTE_S * MINUTE_S + 60, T0 + 60, T0 + 120]


@settings(max_examples=60)
@given(
    off_s=st.one_of(
        st.floats(-60 * YEAR_S, 60 * YEAR_S), st.sampled_from([YEAR_S, -YEAR_S, HOUR_S, -HOUR_S])
    ),
    offset_s=st.one_of(st.none(), st.floats(-1e12, 1e12), st.sampled_from([1e308, -1e308])),
    synced=st.booleans(),
)
def test_no_report_makes_a_slice_of_another_time(
    off_s: float, offset_s: float | None, synced: bool, config: CentralConfig
) -> None:
    """Whatever a node says of the time: slices are those around central's own."""
    rollup = RollUp("testport", config.ports[0].directions[0], config.slice_s)
    closed = []
    for number, row in enumerate(rows(300)):
        report = decode("report", row.payload)
        if number % 2:
            start, end = (utc_ms(at.timestamp() + off_s) for at in (report.start, report.end))
            report = replace_times(report, start, end, synced, offset_s)
        closed += rollup.add(report, row.received_at_s)
    assert len(closed) > 40
    starts = [row.start_s for one in closed for row in one]
    assert T0 - 30 <= min(starts) <= max(starts) <= T0 + 300
    assert starts == sorted(starts)


def replace_times(report, start, end, synced, offset_s):
    fields = {name: getattr(report, name) for name in report.__struct_fields__}
    fields |= {"start": start, "end": end, "synced": synced, "clock_offset_s": offset_s}
    return decode("report", encode(type(report)(**fields)))


def test_a_node_that_was_a_year_off_counts_once_its_time_is_known(config: CentralConfig) -> None:
    """Its first reports say last year; then it learns its offset. What it counted in between is not lost."""
    rollup = RollUp("testport", config.ports[0].directions[0], config.slice_s)
    arrivals = 0
    for row in rows(300):
        report = decode("report", row.payload)
        known = report.seq > 20
        start, end = (utc_ms(at.timestamp() - YEAR_S) for at in (report.start, report.end))
        report = replace_times(report, start, end, False, -YEAR_S if known else None)
        for one in rollup.add(report, row.received_at_s):
            arrivals += sum(lane.arrivals or 0 for lane in one if lane.lane == "b1")
    assert 30 <= arrivals <= 40
