"""When a report is due: UTC multiples, seams, and cameras that are late or silent."""

from __future__ import annotations

import itertools

import pytest

from edge.node.ticks import Sample, Tick, Ticks
from tests.edge.reports import camera, queue, step

T0 = 1_800_000_000.0


def sample(at: float, name: str = "c1", closes: bool = False, crossed: bool = False) -> Sample:
    lane = {"c1": "b5", "c2": "b6"}[name]
    crossings = (("tail", "truck"),) if crossed else ()
    return Sample(name, step(T0 + at, queue(1), False, crossings, (), lane), 0.01, closes=closes)


def run(ticks: Ticks, samples: list[Sample], now: float | None = None) -> list[Tick]:
    due: list[Tick] = []
    for one in samples:
        ticks.add(one, one.step.at)
        due += ticks.due(one.step.at)
    if now is not None:
        due += ticks.due(T0 + now)
    return due


def spans(ticks: list[Tick]) -> list[tuple[float, float]]:
    return [(round(tick.start - T0, 3), round(tick.end - T0, 3)) for tick in ticks]


def every(step_s: float, until_s: float, name: str = "c1", begin_s: float = 0.0) -> list[Sample]:
    return [sample(begin_s + n * step_s, name) for n in range(int((until_s - begin_s) / step_s) + 1)]


@pytest.mark.parametrize(
    ("case", "begin", "samples", "expected"),
    [
        ("ends on multiples of five seconds", 0.0, every(0.5, 10.5), [(0, 5), (5, 10)]),
        ("a first report may be shorter", 3.0, every(0.5, 10, begin_s=3.0), [(3, 5), (5, 10)]),
        ("waits for the picture at or after its end", 0.0, every(0.5, 4.5), []),
        (
            "ends exactly at a seam as well",
            0.0,
            [*every(0.5, 6.5), sample(6.8, closes=True), *every(0.5, 11, begin_s=6.8)],
            [(0, 5), (5, 6.8), (6.8, 10)],
        ),
        (
            "a seam on a multiple gives one report",
            0.0,
            [*every(0.5, 4.5), sample(5, closes=True), *every(0.5, 10.5, begin_s=5.0)],
            [(0, 5), (5, 10)],
        ),
    ],
)
def test_one_camera(
    case: str, begin: float, samples: list[Sample], expected: list[tuple[float, float]]
) -> None:
    assert spans(run(Ticks([camera()], 5, T0 + begin), samples)) == expected


def test_ticks_follow_each_other_without_gap_and_observe_all_time() -> None:
    samples = [*every(0.5, 6.5), sample(6.8, closes=True), *every(0.5, 21, begin_s=6.8)]
    ticks = run(Ticks([camera()], 5, T0), samples)
    assert all(a.end == b.start for a, b in itertools.pairwise(ticks))
    assert [tick.lanes[0].observed_s for tick in ticks] == pytest.approx([5, 6.8, 10, 15, 20])


def test_what_crosses_at_the_end_of_a_loop_belongs_to_the_loop() -> None:
    samples = [*every(0.5, 3), sample(3.2, closes=True, crossed=True), sample(3.2, crossed=True)]
    ticks = run(Ticks([camera()], 5, T0), samples, now=9.0)
    assert [tick.lanes[0].arrivals for tick in ticks] == [{"truck": 1}, {"truck": 2}]


def test_what_crosses_at_the_end_of_a_tick_belongs_to_the_next() -> None:
    ticks = run(Ticks([camera()], 5, T0), [*every(0.5, 4.5), sample(5, crossed=True)], now=12.1)
    assert [tick.lanes[0].arrivals for tick in ticks] == [{}, {"truck": 1}]


def test_two_cameras_are_reported_together() -> None:
    ticks = Ticks([camera("c1", "b5"), camera("c2", "b6")], 5, T0)
    assert run(ticks, every(0.5, 6)) == []
    due = run(ticks, every(0.5, 6, "c2"))
    assert [lane.lane for tick in due for lane in tick.lanes] == ["b5", "b6"]


@pytest.mark.parametrize(
    ("case", "now", "count"),
    [
        ("waited for a moment", 6.9, 0),
        ("then reported as not observed", 7.1, 1),
    ],
)
def test_a_silent_camera_holds_back_the_others_for_two_seconds(case: str, now: float, count: int) -> None:
    ticks = Ticks([camera("c1", "b5"), camera("c2", "b6")], 5, T0)
    due = run(ticks, every(0.5, 6), now)
    assert len(due) == count
    for tick in due:
        silent = tick.lanes[1]
        assert (silent.observed_s, silent.queue, silent.quality.degraded) == (0.0, None, ["stalled"])


def test_a_camera_that_comes_late_but_steadily_is_waited_for() -> None:
    ticks, due = Ticks([camera()], 5, T0), []
    for at in range(12):
        ticks.add(sample(at * 0.5), T0 + 30 + at * 0.5)
        due += ticks.due(T0 + 30 + at * 0.5)
    assert spans(due) == [(0, 5)]
    assert due[0].lanes[0].observed_s == 5.0


def test_a_lost_camera_is_not_waited_for() -> None:
    ticks = Ticks([camera()], 5, T0)
    ticks.leave("c1", "lost")
    due = list(ticks.due(T0 + 5))
    assert spans(due) == [(0, 5)]
    assert due[0].lanes[0].quality.degraded == ["lost"]


def test_after_a_long_sleep_the_ticks_go_on_from_the_present() -> None:
    assert spans(list(Ticks([camera()], 5, T0).due(T0 + 86_403))) == []


def test_the_last_report_holds_the_last_picture() -> None:
    ticks = Ticks([camera()], 5, T0)
    run(ticks, [*every(0.5, 6), sample(6.2, crossed=True)])
    last = ticks.last(T0 + 6.3)
    assert last is not None
    assert last.lanes[0].arrivals == {"truck": 1}
    assert last.end == pytest.approx(T0 + 6.201)
