"""Reports: what adds up since boot, and what is not measured."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages import PASSAGE_EDGES_S, LaneReport
from edge.node.report import CameraTally
from edge.vision import LaneQueue, Step
from tests.edge.reports import AREA, BOOTH, TAIL, camera, queue, step


def tally_of(steps: list[Step], end: float, **figures: Any) -> LaneReport:
    tally = CameraTally(camera(**figures))
    for one in steps:
        tally.add(one)
    return tally.report(0.0, end)[0]


FOUR_EACH_HALF_SECOND = [step(at / 2, queue(4, 3, at_least=at >= 4), occupied=at < 6) for at in range(9)]


@pytest.mark.parametrize(
    ("case", "steps", "figure", "expected"),
    [
        ("observed is the time between pictures", FOUR_EACH_HALF_SECOND, "observed_s", 4.0),
        ("four in view for four seconds", FOUR_EACH_HALF_SECOND, "in_view_vs", 16.0),
        ("three stopped for four seconds", FOUR_EACH_HALF_SECOND, "stopped_vs", 12.0),
        ("the view was full for the last two", FOUR_EACH_HALF_SECOND, "full_s", 2.0),
        ("most at once", [step(0, queue(2)), step(0.2, queue(5)), step(0.4, queue(1))], "in_view_max", 5),
        ("a longer gap is not observed", [step(0, queue(4)), step(1.5, queue(4))], "observed_s", 0.0),
        (
            "nor is it counted as full",
            [step(0, queue(4, 4, True)), step(9, queue(4, 4, True))],
            "full_s",
            0.0,
        ),
        ("one picture is no time", [step(3, queue(1))], "observed_s", 0.0),
        ("no picture, nothing observed", [], "observed_s", 0.0),
        ("a line and no vehicle is an empty count", [step(0)], "arrivals", {}),
        (
            "classes are counted apart",
            [step(0, crossed=(("tail", "truck"), ("tail", "car"), ("tail", "truck"), ("booth", "bus")))],
            "arrivals",
            {"truck": 2, "car": 1},
        ),
        ("departures are booth crossings", [step(0, crossed=(("booth", "bus"),))], "departures", {"bus": 1}),
    ],
)
def test_figures_of_one_lane(case: str, steps: list[Step], figure: str, expected: object) -> None:
    assert getattr(tally_of(steps, end=4.0), figure) == expected


@pytest.mark.parametrize(
    ("case", "figures", "unmeasured"),
    [
        ("no tail line", {"booth": BOOTH, "area": AREA}, ["arrivals", "passages"]),
        ("no booth line", {"tail": TAIL, "area": AREA}, ["departures", "booth", "passages"]),
        (
            "no area",
            {"tail": TAIL, "booth": BOOTH},
            ["in_view_vs", "stopped_vs", "full_s", "in_view_max", "queue"],
        ),
    ],
)
def test_what_the_lane_does_not_have_is_null(
    case: str, figures: dict[str, Any], unmeasured: list[str]
) -> None:
    report = tally_of([step(0, None), step(0.5, None)], end=0.5, **figures)
    names = ["arrivals", "departures", "in_view_vs", "stopped_vs", "full_s", "booth", "passages"]
    assert [name for name in names if getattr(report, name) is None] == [
        name for name in names if name in unmeasured
    ]


def test_a_queue_is_told_only_while_it_is_fresh() -> None:
    seen = [step(0, queue(3)), step(0.5, queue(3))]
    assert tally_of(seen, end=1.0).queue is not None
    assert tally_of(seen, end=2.0).queue is None


@pytest.mark.parametrize(
    ("case", "told_of", "in_view"),
    [
        ("what is known by now of a moment ago", [0.0, 0.2], 2),
        ("in the first second what the last picture shows", [], 3),
        ("nothing newer is known: what the last picture shows", [-1.2], 3),
    ],
)
def test_the_queue_of_a_report_is_that_of_a_moment_ago(case: str, told_of: list[float], in_view: int) -> None:
    queues = tuple(LaneQueue(at, "b5", queue(2)) for at in told_of)
    report = tally_of([step(0.8, queue(3)), replace(step(1.0, queue(3)), queues=queues)], end=1.0)
    assert report.queue is not None
    assert report.queue.in_view == in_view, case


def test_booth_time_is_observed_time_with_a_vehicle_at_the_booth() -> None:
    report = tally_of([step(0, occupied=True), step(0.4, occupied=False), step(1, occupied=True)], end=1)
    assert report.booth is not None
    assert report.booth.occupied_s == 0.4


@pytest.mark.parametrize(
    ("travel_s", "bucket"), [(0.0, 0), (60.0, 0), (60.1, 1), (7200.0, 10), (7200.5, len(PASSAGE_EDGES_S))]
)
def test_passage_falls_into_the_bucket_of_its_upper_edge(travel_s: float, bucket: int) -> None:
    passages = tally_of([step(0, travels_s=(travel_s,))], end=1).passages
    assert passages is not None
    assert (passages.count, passages.sum_s, passages.buckets.index(1)) == (1, travel_s, bucket)


def test_time_is_split_at_the_end_of_a_report() -> None:
    tally = CameraTally(camera())
    tally.add(step(4.8, queue(2)))
    tally.hold(5.0, next_at=5.2)
    assert tally.report(0, 5)[0].in_view_vs == 0.4
    tally.add(step(5.2, queue(2)))
    assert tally.report(5, 10)[0].in_view_vs == 0.8


def test_most_at_once_starts_anew_with_each_report() -> None:
    tally = CameraTally(camera())
    tally.add(step(0.0, queue(7)))
    tally.add(step(0.2, queue(2)))
    assert tally.report(0, 1)[0].in_view_max == 7
    tally.add(step(0.4, queue(2)))
    assert tally.report(1, 2)[0].in_view_max == 2
    assert tally.report(2, 3)[0].in_view_max is None


def test_quality_is_of_the_tick_alone() -> None:
    tally = CameraTally(camera())
    tally.add(step(0.0), inference_s=0.010)
    tally.add(step(0.5), inference_s=0.030)
    first, second = tally.report(0, 2, ["behind"])[0].quality, tally.report(2, 4)[0].quality
    assert (first.fps, first.inference_ms, first.degraded) == (1.0, 20.0, ["behind"])
    assert (second.fps, second.inference_ms, second.degraded) == (0.0, None, [])


moments = st.lists(
    st.tuples(
        st.sampled_from([0.1, 0.2, 0.9, 1.0, 1.1, 30.0]),
        st.integers(0, 9),
        st.booleans(),
        st.lists(
            st.tuples(st.sampled_from(["tail", "booth"]), st.sampled_from(["truck", "car"])), max_size=3
        ),
        st.booleans(),
    ),
    max_size=60,
)


def reports_of(day: list[Any]) -> list[LaneReport]:
    tally, at, reports = CameraTally(camera()), 0.0, []
    for gap, in_view, full, crossed, report_now in day:
        at += gap
        tally.add(step(at, queue(in_view, in_view // 2, full), full, tuple(crossed), (gap,) if full else ()))
        if report_now:
            reports.append(tally.report(0.0, at)[0])
    return [*reports, tally.report(0.0, at)[0]]


def totals(report: LaneReport) -> list[float]:
    assert report.arrivals is not None
    assert report.departures is not None
    assert report.booth is not None
    assert report.passages is not None
    counts = [
        counts.get(cls, 0) for counts in (report.arrivals, report.departures) for cls in ("truck", "car")
    ]
    times = [report.observed_s, report.in_view_vs, report.stopped_vs, report.full_s, report.booth.occupied_s]
    assert None not in times
    return [*counts, *[x or 0.0 for x in times], report.passages.sum_s, *report.passages.buckets]


@given(moments)
def test_cumulative_figures_never_fall(day: list[Any]) -> None:
    rows = [totals(report) for report in reports_of(day)]
    assert all(a <= b for old, new in itertools.pairwise(rows) for a, b in zip(old, new, strict=True))


@given(moments, st.data())
def test_whatever_reports_are_lost_the_differences_add_up_to_the_last(day: list[Any], data: Any) -> None:
    rows = [totals(report) for report in reports_of(day)]
    kept = [row for row in rows[:-1] if data.draw(st.booleans())] + rows[-1:]
    added = [0.0] * len(rows[-1])
    for old, new in zip([added[:], *kept], kept, strict=False):
        added = [total + b - a for total, a, b in zip(added, old, new, strict=True)]
    assert added == pytest.approx(rows[-1], abs=1e-6)


@given(moments)
def test_the_number_of_reports_changes_no_figure(day: list[Any]) -> None:
    silent = [(*moment[:-1], False) for moment in day]
    assert totals(reports_of(day)[-1]) == totals(reports_of(silent)[-1])
