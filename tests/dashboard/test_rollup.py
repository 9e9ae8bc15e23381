"""Reports become LaneMinute rows: each vehicle once, unknown never 0, a replay like the live run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.minutes import LaneMinute
from dashboard.portconfig import DirectionConfig
from dashboard.rollup.rollup import LATE_S, RollUp
from dashboard.waits.staffing import Staffing
from edge.messages import Booth, Corrections, LaneReport, NodeReport, Queue, utc_ms

T0 = 1_800_000_000
SLICE_S = 5
BOTH = [
    {"node": "n1", "gives": ["arrivals", "queue"]},
    {"node": "n2", "gives": ["departures", "booth", "sign"]},
]
SPARE = [{"node": "n1"}, {"node": "n2", "spare": True}]


def direction(sources: Sequence[dict[str, Any]] = ({"node": "n1"},), **lane: Any) -> DirectionConfig:
    """One booth lane b1 for FAST trucks."""
    fields = {"id": "b1", "kind": "booth", "serves": ["commercial/fast"], "sources": list(sources)} | lane
    streams = [{"traffic": "commercial", "class": name} for name in ("fast", "standard")]
    return DirectionConfig.model_validate({"id": "us", "streams": streams, "lanes": [fields]})


def lane_at(run_s: float, **changes: Any) -> LaneReport:
    """After `run_s` seconds: an arrival a second, a departure every two, two in view, one standing."""
    fields: dict[str, Any] = {
        "lane": "b1",
        "camera": "c1",
        "kind": "booth",
        "observed_s": run_s,
        "arrivals": {"truck": int(run_s)},
        "departures": {"truck": int(run_s) // 2},
        "in_view_vs": 2.0 * run_s,
        "stopped_vs": run_s,
        "full_s": 0.0,
        "queue": Queue(in_view=2, stopped=1, length_m=run_s, at_least=False),
        "booth": Booth(occupied_s=0.8 * run_s),
    }
    return LaneReport(**(fields | changes))


def report(seq: int, tick_s: float = 1.0, *, node: str = "n1", boot: str = "a", **changes: Any) -> NodeReport:
    """The report of tick `seq` of a boot that began at T0; `lane` changes its one lane."""
    shift_s = changes.pop("shift_s", 0.0)
    lane = changes.pop("lane", {})
    fields: dict[str, Any] = {
        "kind": "report",
        "port": "p",
        "node": node,
        "boot": boot,
        "seq": seq,
        "start": utc_ms(T0 + shift_s + (seq - 1) * tick_s),
        "end": utc_ms(T0 + shift_s + seq * tick_s),
        "synced": True,
        "lanes": [lane_at(seq * tick_s, **lane)],
    }
    return NodeReport(**(fields | changes))


def rolled(
    reports: Iterable[tuple[float, NodeReport]], until_s: float, config: DirectionConfig | None = None
) -> list[LaneMinute]:
    """Rows of lane b1 from T0 to T0 + until_s, from (seconds after T0 of receipt, report) in order."""
    rollup = RollUp("p", config or direction(), SLICE_S)
    slices = [rows for at_s, message in reports for rows in rollup.add(message, T0 + at_s)]
    slices += rollup.close(T0 + until_s + LATE_S)
    return [row for rows in slices for row in rows if T0 <= row.start_s < T0 + until_s]


def prompt(reports: Iterable[NodeReport]) -> list[tuple[float, NodeReport]]:
    """Each report received 0.1 s after its end."""
    return [(message.end.timestamp() - T0 + 0.1, message) for message in reports]


def test_differences_of_cumulative_totals() -> None:
    first, second = rolled(prompt(report(seq) for seq in range(1, 11)), 10)
    assert (first.start_s, first.end_s, second.end_s) == (T0, T0 + 5, T0 + 10)
    assert (first.arrivals, second.arrivals) == (5, 5)
    assert (first.departures, second.departures) == (2, 3)
    assert (first.in_view_mean, first.stopped_mean) == (2.0, 1.0)
    assert first.booth_occ == pytest.approx(0.8)
    assert (first.full, first.missing, first.length_m, second.length_m) == (False, False, 5.0, 10.0)
    assert first.serves == ("commercial/fast",)


@pytest.mark.parametrize(
    ("case", "reports", "arrivals"),
    [
        ("a tick of 5 s on the slice", [report(n, 5.0) for n in (1, 2, 3)], [5, 5, 5]),
        ("a tick of 10 s is shared out evenly", [report(n, 10.0) for n in (1, 2)], [5, 5, 5, 5]),
        ("a lost report is made good by the next", [report(n) for n in (1, 2, 3, 6, 10)], [5, 5]),
        ("the first report is lost", [report(n) for n in range(2, 11)], [5, 5]),
        ("the node was up long before", [report(n, shift_s=-500.0) for n in range(500, 511)], [5, 5]),
    ],
)
def test_arrivals_by_slice(case: str, reports: list[NodeReport], arrivals: list[int]) -> None:
    assert [row.arrivals for row in rolled(prompt(reports), 5 * len(arrivals))] == arrivals


@pytest.mark.parametrize(
    ("case", "lane", "expected"),
    [
        ("no tail line", {"arrivals": None}, {"arrivals": None, "departures": 2, "missing": False}),
        ("no booth line", {"departures": None}, {"departures": None, "arrivals": 5}),
        ("no area", {"in_view_vs": None, "queue": None}, {"in_view_mean": None, "length_m": None}),
        ("no metres", {"queue": Queue(in_view=1, stopped=1, at_least=False)}, {"length_m": None}),
        ("no booth", {"booth": None}, {"booth_occ": None}),
        ("fullness unknown", {"full_s": None}, {"full": None}),
        ("not seen at all", {"observed_s": 0.0}, {"missing": True, "arrivals": None, "in_view_mean": None}),
        ("a correction is added", {"corrections": Corrections(arrivals=-2)}, {"arrivals": 3}),
        ("no corrections", {"corrections": None}, {"arrivals": 5}),
        ("one correction unknown", {"corrections": Corrections(arrivals=None)}, {"arrivals": 5}),
        ("a correction below 0 waits", {"corrections": Corrections(arrivals=-9)}, {"arrivals": 0}),
        (
            "a sign goes before port.yaml",
            {"booth": Booth(sign="standard")},
            {"serves": ("commercial/standard",)},
        ),
        ("a sign that says nothing known", {"booth": Booth(sign="???")}, {"serves": ("commercial/fast",)}),
        ("all classes count", {"arrivals": {"truck": 1, "car": 2}}, {"arrivals": 3}),
    ],
)
def test_figures_of_a_slice(case: str, lane: dict[str, Any], expected: dict[str, Any]) -> None:
    (row,) = rolled(prompt([report(1, 5.0, lane=lane)]), 5)
    assert {name: getattr(row, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("case", "sign", "serves"),
    [
        ("the manager goes before port.yaml, until it expires", None, ["standard", "standard", "fast"]),
        ("a sign goes before the manager", "fast", ["fast", "fast", "fast"]),
    ],
)
def test_whom_a_lane_serves_while_it_is_announced(case: str, sign: str | None, serves: list[str]) -> None:
    rollup = RollUp("p", direction(), SLICE_S)
    rollup.announce([Staffing("b1", "open", T0, T0 + 15, ("commercial/standard",))])
    slices = []
    for received_s, message in prompt(report(n, 5.0, lane={"booth": Booth(sign=sign)}) for n in (1, 2, 3)):
        slices += rollup.add(message, T0 + received_s)
    rows = [row for rows in slices for row in rows if row.start_s >= T0]
    assert [row.serves for row in rows] == [(f"commercial/{name}",) for name in serves]


@pytest.mark.parametrize(
    ("case", "full_s", "full"), [("half", 2.5, True), ("less than half", 2.4, False), ("all", 5.0, True)]
)
def test_full_means_half_of_the_slice(case: str, full_s: float, full: bool) -> None:
    (row,) = rolled(prompt([report(1, 5.0, lane={"full_s": full_s})]), 5)
    assert row.full is full


@pytest.mark.parametrize(
    ("case", "observed_s", "missing"), [("half is seen", 2.5, False), ("less than half is seen", 2.4, True)]
)
def test_missing_means_seen_for_less_than_half(case: str, observed_s: float, missing: bool) -> None:
    (row,) = rolled(prompt([report(1, 5.0, lane={"observed_s": observed_s})]), 5)
    assert row.missing is missing
    assert (row.arrivals is None) is missing


def test_two_nodes_each_give_their_figures() -> None:
    n1 = report(1, 5.0, lane={"departures": {"truck": 99}})
    n2 = report(1, 5.0, node="n2", lane={"arrivals": {"truck": 99}})
    (row,) = rolled(prompt([n1, n2]), 5, direction(BOTH))
    assert (row.arrivals, row.departures, row.in_view_mean) == (5, 2, 2.0)


def test_when_one_of_two_nodes_is_silent_its_figures_alone_are_none() -> None:
    (row,) = rolled(prompt([report(1, 5.0)]), 5, direction(BOTH))
    assert (row.arrivals, row.departures, row.booth_occ, row.missing) == (5, None, None, False)


def test_a_lane_under_two_cameras_of_one_node() -> None:
    tail = lane_at(5.0, departures=None, booth=None)
    booth = lane_at(5.0, camera="c2", arrivals=None, in_view_vs=None, queue=None)
    (row,) = rolled(prompt([report(1, 5.0, lanes=[tail, booth])]), 5)
    assert (row.arrivals, row.departures, row.in_view_mean, row.booth_occ) == (5, 2, 2.0, pytest.approx(0.8))


def test_a_spare_stands_in_and_no_vehicle_counts_twice() -> None:
    main = [report(n) for n in range(1, 31) if not 6 <= n <= 19]
    spare = [report(n, node="n2") for n in range(1, 31)]
    received = [(at_s, m) for at_s, m in sorted(prompt([*main, *spare]), key=lambda pair: pair[0])]
    rows = rolled(received, 30, direction(SPARE))
    assert sum(row.arrivals or 0 for row in rows) == 30
    assert not any(row.missing for row in rows)


def test_a_new_boot_starts_from_0() -> None:
    before = [report(n) for n in range(1, 8)]
    after = [report(n, boot="b", shift_s=8.0) for n in range(1, 8)]
    rows = rolled(prompt([*before, *after]), 15)
    assert [row.arrivals for row in rows] == [5, 4, 5]


def test_clock_offset_is_taken_off() -> None:
    ahead = [report(n, shift_s=3.0, clock_offset_s=3.0) for n in range(1, 6)]
    (row,) = rolled([(n + 0.1, m) for n, m in enumerate(ahead, 1)], 5)
    assert row.arrivals == 5


@pytest.mark.parametrize(
    ("case", "changes", "used"),
    [
        ("a clock that is not synchronised", {"synced": False}, False),
        ("the same with a known offset", {"synced": False, "clock_offset_s": 0.0}, True),
        ("a time far ahead", {"shift_s": 600.0}, False),
        ("another port", {"port": "q"}, False),
        ("a node that is no source", {"node": "n9"}, False),
    ],
)
def test_what_is_used(case: str, changes: dict[str, Any], used: bool) -> None:
    odd = [(n + 0.1, report(n, **changes)) for n in range(1, 6)]
    witness = (5.2, report(1, 5.0, node="n2", lane={"observed_s": 0.0}))
    rows = rolled([*odd, witness], 5, direction(SPARE))
    assert [row.missing for row in rows] == [not used]


def test_a_slice_closes_when_every_source_has_passed_it() -> None:
    rollup = RollUp("p", direction(BOTH), SLICE_S)
    assert not [row for rows in rollup.add(report(1, 5.0), T0 + 5.1) for row in rows if row.start_s == T0]
    closed = rollup.add(report(1, 5.0, node="n2"), T0 + 5.3)
    assert [row.start_s for rows in closed for row in rows][-1] == T0


def test_a_silent_source_delays_a_slice_by_ten_seconds_at_most() -> None:
    rollup = RollUp("p", direction(BOTH), SLICE_S)
    rollup.add(report(1, 5.0), T0 + 5.1)
    assert all(rows[0].end_s < T0 + 5 for rows in rollup.close(T0 + 14.9))
    assert [rows[0].end_s for rows in rollup.close(T0 + 15.0)] == [T0 + 5]


def test_counts_that_come_late_but_within_a_minute_reach_the_next_slice() -> None:
    outage = [(40.1, report(n)) for n in range(1, 41)]
    rows = rolled([(0.5, report(1, node="n2")), *outage], 40, direction(SPARE))
    assert [row.missing for row in rows][:4] == [True] * 4
    assert sum(row.arrivals or 0 for row in rows) == 40


def test_what_comes_after_an_hour_changes_history_alone() -> None:
    live = [report(n, 5.0) for n in (1, 2, 722, 723, 724)]
    rows = rolled(prompt(live), 3620)
    assert [row.arrivals for row in rows[:2]] == [5, 5]
    assert [row.arrivals for row in rows[-3:]] == [5, 5, 5]


def test_a_clock_that_jumps_by_years_does_not_fill_years_with_rows() -> None:
    rollup = RollUp("p", direction(), SLICE_S)
    rollup.add(report(1, 5.0), T0 + 5.1)
    assert len(rollup.close(T0 + 10 * 365 * 86400.0)) < 10


def test_a_clock_that_is_put_back_does_not_stop_the_counts() -> None:
    ahead = [report(n, shift_s=30.0) for n in range(1, 11)]
    right = [report(n) for n in range(11, 41)]
    received = [(n + 0.1, m) for n, m in enumerate([*ahead, *right], 1)]
    rows = rolled(received, 40)
    assert [row.arrivals for row in rows[-4:]] == [5, 5, 5, 5]


@st.composite
def days(draw: st.DrawFn) -> tuple[list[tuple[float, NodeReport]], int]:
    """Reports of a minute: counts at random, some lost, some late by up to 8 s, so out of order."""
    counts = draw(st.lists(st.integers(0, 3), min_size=2, max_size=60))
    totals = [sum(counts[: n + 1]) for n in range(len(counts))]
    kept = draw(st.sets(st.integers(1, len(counts) - 1))) | {len(counts)}
    received = [
        (seq + draw(st.floats(0.0, 8.0)), report(seq, lane={"arrivals": {"truck": totals[seq - 1]}}))
        for seq in sorted(kept)
    ]
    return sorted(received, key=lambda pair: pair[0]), totals[-1]


@given(days())
def test_the_slices_add_up_to_the_last_total(day: tuple[list[tuple[float, NodeReport]], int]) -> None:
    received, total = day
    last_s = max(message.seq for _, message in received)
    witness = [(0.0, report(1, node="n2", lane={"observed_s": 0.0}))]
    after = [(last_s + 10.0, report(last_s + 10, lane={"arrivals": {"truck": total}}))]
    rows = rolled([*witness, *received, *after], last_s + 10, direction(SPARE))
    assert sum(row.arrivals or 0 for row in rows) == total
    assert all(row.arrivals is None or row.arrivals >= 0 for row in rows)


@given(days(), st.lists(st.floats(0.0, 90.0)))
def test_a_replay_gives_the_rows_of_the_live_run(
    day: tuple[list[tuple[float, NodeReport]], int], ticks: list[float]
) -> None:
    received, _ = day
    live = RollUp("p", direction(), SLICE_S)
    moments: list[tuple[float, NodeReport | None]] = [*received, *((at_s, None) for at_s in ticks)]
    slices = []
    for at_s, message in sorted(moments, key=lambda pair: pair[0]):
        slices += live.close(T0 + at_s) if message is None else live.add(message, T0 + at_s)
    slices += live.close(T0 + 100 + LATE_S)
    rows = [row for cut in slices for row in cut if T0 <= row.start_s < T0 + 100]
    assert rows == rolled(received, 100)


@given(days())
def test_unknown_is_never_0(day: tuple[list[tuple[float, NodeReport]], int]) -> None:
    received, _ = day
    blind = [(at_s, report(m.seq, lane={"observed_s": 0.0, "arrivals": None})) for at_s, m in received]
    for row in rolled(blind, 100):
        assert row.missing
        assert (row.arrivals, row.departures, row.in_view_mean, row.full, row.booth_occ) == (None,) * 5


def test_memory_stays_small_over_a_day() -> None:
    rollup = RollUp("p", direction(), SLICE_S)
    for seq in range(1, 5001):
        rollup.add(report(seq, 5.0, boot=f"boot-{seq // 50}"), T0 + 5 * seq + 0.1)
    (track,) = rollup._lanes["b1"]._tracks["n1"].values()
    assert len(track._series) < 20
    assert len(track._ledgers) < 60
    assert all(len(series._ends) < 30 for series in track._series.values())
