"""What the engine says of a stream, and what it must never say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.minutes import LaneMinute, Match
from dashboard.portconfig import DirectionConfig
from dashboard.waits.engine import WaitEngine
from dashboard.waits.site import LaneSpec, SiteSpec, StreamSpec, site_of
from dashboard.waits.state import StreamState
from tests.dashboard import toy_lane

FAST, STANDARD = "commercial/fast", "commercial/standard"
START_S = 1_772_409_600.0
"""2 March 2026, midnight UTC."""


def site(hours: str | None = None, lanes_max: int | None = None, approach: bool = False) -> SiteSpec:
    """One stream with a booth, and a line 900 m upstream if asked for."""
    lanes = (LaneSpec("b1", "booth", (FAST,), 120.0, 155.0),)
    if approach:
        lanes += (LaneSpec("u1", "approach", (FAST,), 120.0, None, 900.0),)
    return SiteSpec((StreamSpec(FAST, hours, lanes_max, None, 60.0, 21.0),), lanes, "UTC")


def row(at_s: float, **figures: object) -> LaneMinute:
    """A minute of an empty booth lane that begins at `at_s`, but for `figures`."""
    empty = LaneMinute(at_s, at_s + 60.0, "b1", "booth", (FAST,), 0, 0, 0.0, 0.0, 0.0, False, 0.0, False)
    return replace(empty, **figures)  # type: ignore[arg-type]


def busy(at_s: float, in_view: float = 3.0, **figures: object) -> LaneMinute:
    """A minute with a queue."""
    return row(
        at_s,
        **{
            "in_view_mean": in_view,
            "stopped_mean": in_view - 0.5,
            "booth_occ": 0.85,
            "arrivals": 1,
            "departures": 1,
        }
        | figures,
    )


def after(site_spec: SiteSpec, rows: Sequence[LaneMinute], at_s: float) -> StreamState:
    """The first stream's state at `at_s`, each row being a slice of its own."""
    engine = WaitEngine(site_spec)
    for one in rows:
        engine.step([one])
    return engine.states(at_s)[0]


def minutes(make: object, count: int, start_s: float = START_S, **figures: object) -> list[LaneMinute]:
    """`count` minutes one after the other."""
    return [make(start_s + 60.0 * k, **figures) for k in range(count)]  # type: ignore[operator]


SERVED = [
    *minutes(busy, 5),
    row(START_S + 300.0, departures=1, booth_occ=0.4),
    *minutes(row, 4, START_S + 360.0),
]
LONG_AGO = [*SERVED, *minutes(row, 16, START_S + 600.0)]
UNSEEN = {
    "missing": True,
    "arrivals": None,
    "departures": None,
    "in_view_mean": None,
    "stopped_mean": None,
    "length_m": None,
    "full": None,
    "booth_occ": None,
}


@pytest.mark.parametrize(
    ("case", "site_spec", "rows", "at_s", "state", "reason"),
    [
        ("no rows at all", site(), [], START_S, "unknown", "no measurement yet"),
        (
            "only missing rows",
            site(),
            minutes(row, 3, **UNSEEN),
            START_S + 180,
            "unknown",
            "no measurement yet",
        ),
        (
            "nothing of the queue is measured, hours say that it is open",
            site("24 hrs/day"),
            minutes(row, 3, **UNSEEN | {"missing": False, "booth_occ": 0.0}),
            START_S + 180,
            "unknown",
            "no measurement yet",
        ),
        (
            "departures alone tell no queue",
            site("24 hrs/day"),
            minutes(busy, 9, arrivals=None, in_view_mean=None),
            START_S + 540,
            "unknown",
            "no measurement yet",
        ),
        (
            "the line upstream is never counted, the queue fills the view",
            site(approach=True),
            minutes(busy, 9, in_view=6.0, full=True),
            START_S + 540,
            "at_least",
            "the queue goes beyond the view",
        ),
        (
            "lines without a view",
            site(),
            minutes(busy, 9, in_view_mean=None),
            START_S + 540,
            "measured",
            None,
        ),
        (
            "lines without a view, nobody came",
            site(),
            minutes(row, 9, in_view_mean=None),
            START_S + 540,
            "unknown",
            "no evidence that it is open",
        ),
        (
            "the view ended long ago, other figures go on",
            site("24 hrs/day"),
            [
                *minutes(busy, 9),
                *minutes(row, 16, START_S + 540, **UNSEEN | {"missing": False, "booth_occ": 0.0}),
            ],
            START_S + 1500,
            "unknown",
            "not measured lately",
        ),
        ("a queue is served", site(), minutes(busy, 9), START_S + 540, "measured", None),
        ("empty, served ten minutes ago", site(), SERVED, START_S + 600, "measured", None),
        (
            "empty, served long ago",
            site(),
            LONG_AGO,
            START_S + 1560,
            "unknown",
            "no evidence that it is open",
        ),
        ("empty, hours say that it is open", site("24 hrs/day"), LONG_AGO, START_S + 1560, "measured", None),
        (
            "empty, hours say closed",
            site("6 am - 10 pm"),
            LONG_AGO,
            START_S + 1560,
            "closed",
            "outside its hours",
        ),
        (
            "served although hours say closed",
            site("6 am - 10 pm"),
            minutes(busy, 9),
            START_S + 540,
            "measured",
            None,
        ),
        (
            "hours that cannot be read",
            site("by season"),
            LONG_AGO,
            START_S + 1560,
            "unknown",
            "no evidence that it is open",
        ),
        (
            "the queue fills the view",
            site(),
            minutes(busy, 9, in_view=6.0, full=True),
            START_S + 540,
            "at_least",
            "the queue goes beyond the view",
        ),
        (
            "newest row is older than valid_s",
            site(),
            minutes(busy, 9),
            START_S + 540 + 901,
            "unknown",
            "not measured lately",
        ),
        ("newest row is as old as valid_s", site(), minutes(busy, 9), START_S + 540 + 900, "measured", None),
        (
            "not offered",
            site(lanes_max=0),
            minutes(busy, 9),
            START_S + 540,
            "not_offered",
            "not offered here",
        ),
    ],
)
def test_state(
    case: str, site_spec: SiteSpec, rows: list[LaneMinute], at_s: float, state: str, reason: str | None
) -> None:
    found = after(site_spec, rows, at_s)
    assert (found.state, found.reason) == (state, reason)
    if reason == "not measured lately":
        assert found.expected is not None, "it says since when"
    elif state in ("unknown", "closed", "not_offered"):
        assert found.expected is None


def test_a_stream_without_lanes_is_unknown() -> None:
    spec = SiteSpec((StreamSpec(STANDARD),), ())
    assert after(spec, [], 0.0).reason == "no lane measures it"


def test_streams_come_in_the_order_of_the_site() -> None:
    spec = SiteSpec((StreamSpec(STANDARD), StreamSpec(FAST)), (LaneSpec("b1", "booth", (FAST,)),))
    engine = WaitEngine(spec)
    engine.step([busy(0.0)])
    assert [state.stream for state in engine.states(60.0)] == [STANDARD, FAST]


def test_an_empty_booth_beside_one_never_seen_is_no_evidence() -> None:
    lanes = tuple(LaneSpec(name, "booth", (FAST,), 120.0, 155.0) for name in ("b1", "b2"))
    found = after(SiteSpec((StreamSpec(FAST),), lanes), minutes(row, 3), START_S + 180)
    assert (found.state, found.reason) == ("unknown", "no evidence that it is open")


def test_departures_and_a_line_upstream_tell_the_queue() -> None:
    engine = WaitEngine(site(approach=True))
    for at_s in (0.0, 60.0, 120.0):
        booth = busy(at_s, arrivals=None, in_view_mean=None)
        engine.step([booth, row(at_s, lane="u1", kind="approach", arrivals=1)])
    assert engine.states(180.0)[0].state == "measured"


def test_a_line_upstream_that_is_never_counted_changes_no_wait() -> None:
    rows = minutes(busy, 9)
    assert after(site(approach=True), rows, START_S + 540) == after(site(), rows, START_S + 540)


def test_a_full_view_is_a_bound_once_the_line_upstream_is_lost() -> None:
    engine = WaitEngine(site(approach=True))
    for k in range(12):
        at_s = START_S + 60.0 * k
        upstream = [row(at_s, lane="u1", kind="approach", arrivals=1)] if k < 4 else []
        engine.step([busy(at_s, in_view=6.0, full=True), *upstream])
    found = engine.states(START_S + 720)[0]
    assert (found.state, found.reason) == ("at_least", "the queue goes beyond the view")


def test_empty_open_booth_is_a_measured_zero() -> None:
    found = after(site(), SERVED, START_S + 600)
    assert found.expected is not None
    assert found.expected.wait_s == 0.0
    assert found.queue is not None
    assert found.queue.vehicles == 0


@pytest.mark.parametrize(
    ("case", "later_s", "told"),
    [("the slice before was lost", 120, True), ("nobody looked since", 600, False)],
)
def test_what_was_is_not_told_as_what_is(case: str, later_s: float, told: bool) -> None:
    rows = minutes(busy, 9, length_m=40.0)
    dark = minutes(row, int(later_s // 60), START_S + 540, missing=True, in_view_mean=None, stopped_mean=None)
    found = after(site(), [*rows, *dark], START_S + 540 + later_s)
    assert (found.state, found.queue is not None) == ("measured", told)
    assert (found.actual is not None) == told


def test_figures_carry_age_validity_and_basis() -> None:
    wait = after(site(), minutes(busy, 9), START_S + 600).expected
    assert wait is not None
    assert (wait.measured_at_s, wait.valid_until_s) == (START_S + 540, START_S + 540 + 900)
    assert wait.basis == ("queue", "balance")


def test_unread_sign_leaves_the_lane_with_its_last_class() -> None:
    booth = (LaneSpec("b1", "booth", (STANDARD,)),)
    engine = WaitEngine(SiteSpec((StreamSpec(FAST), StreamSpec(STANDARD)), booth))
    engine.step([busy(0.0)])
    engine.step([busy(60.0, serves=())])
    fast, standard = engine.states(120.0)
    assert fast.state == "measured"
    assert (standard.state, standard.reason) == ("closed", "its booths serve other classes")


def test_port_yaml_tells_the_class_while_no_sign_was_read() -> None:
    engine = WaitEngine(site())
    engine.step([busy(0.0, serves=())])
    assert engine.states(60.0)[0].state == "measured"


def shut_trusted_booth() -> WaitEngine:
    """FAST trucks come, their booth stays empty, and the standard booth serves a queue."""
    streams = (
        StreamSpec(FAST, when_closed=STANDARD, nominal_service_s=60.0),
        StreamSpec(STANDARD, nominal_service_s=100.0),
    )
    lanes = (
        LaneSpec("b1", "booth", (FAST,), 120.0, 155.0),
        LaneSpec("b2", "booth", (STANDARD,), 120.0, 155.0),
        LaneSpec("u1", "approach", (FAST,), 120.0, None, 700.0),
        LaneSpec("u2", "approach", (STANDARD,), 120.0, None, 700.0),
    )
    engine = WaitEngine(SiteSpec(streams, lanes))
    for k in range(20):
        at_s = 60.0 * k
        engine.step(
            [
                row(at_s),
                busy(at_s, in_view=5.5, lane="b2", serves=(STANDARD,), full=True),
                row(at_s, lane="u1", kind="approach", arrivals=1 if k % 2 else 0),
                row(at_s, lane="u2", kind="approach", serves=(STANDARD,), arrivals=1),
            ]
        )
    return engine


def test_trusted_vehicles_without_an_open_booth_are_sent_to_standard() -> None:
    fast, standard = shut_trusted_booth().states(1200.0)
    assert fast.redirected_to == STANDARD
    assert fast.lanes_open == 0
    assert fast.expected is not None
    assert standard.expected is not None
    assert fast.expected.wait_s == pytest.approx(standard.expected.wait_s)


def test_a_match_sets_a_balance_right() -> None:
    def run(matches: tuple[Match, ...]) -> float:
        engine = WaitEngine(site(approach=True))
        for k in range(30):
            at_s = 60.0 * k
            engine.step(
                [
                    busy(at_s, in_view=5.5, full=True, matches=matches if k > 20 else ()),
                    row(at_s, lane="u1", kind="approach", arrivals=1),
                ]
            )
        wait = engine.states(1800.0)[0].expected
        assert wait is not None
        return wait.wait_s

    lost = run(())
    found = run((Match(1790.0, "b1", "u1", 1500.0),))
    assert found > lost + 300


@pytest.mark.parametrize(
    ("case", "figures"),
    [
        ("negative counts", {"arrivals": -3, "departures": -1}),
        ("a count that no lane can have", {"arrivals": 100000}),
        ("occupancy out of range", {"booth_occ": 7.0}),
        ("a negative view", {"in_view_mean": -2.0}),
        ("nothing measured", {"arrivals": None, "departures": None, "in_view_mean": None, "booth_occ": None}),
        ("a match that lasts a week", {"matches": (Match(0.0, "b1", "u1", 7 * 86400.0),)}),
        ("no length", {"end_s": START_S + 540.0}),
    ],
)
def test_impossible_rows_change_no_figure_to_nonsense(case: str, figures: dict[str, object]) -> None:
    rows = [*minutes(busy, 9), busy(START_S + 540.0, **figures)]
    found = after(site(), rows, START_S + 600)
    assert found.expected is not None
    assert 0 <= found.expected.low_s <= found.expected.wait_s <= found.expected.high_s < 3600


def test_late_and_repeated_rows_change_nothing() -> None:
    rows = minutes(busy, 9)
    assert after(site(), rows, START_S + 540) == after(site(), [*rows, rows[8], rows[2]], START_S + 540)


SLICES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(0, 3),
        st.floats(0, 8),
        st.floats(0, 1),
        st.booleans(),
        st.booleans(),
        st.sampled_from([(), (FAST,), (STANDARD,)]),
    ),
    min_size=1,
    max_size=25,
)


def drawn_rows(
    slices: Sequence[tuple[int, int, float, float, bool, bool, tuple[str, ...]]], slice_s: float
) -> list[LaneMinute]:
    """Rows with anything in them, `slice_s` long."""
    return [
        row(
            k * slice_s,
            end_s=(k + 1) * slice_s,
            arrivals=a,
            departures=d,
            in_view_mean=v,
            stopped_mean=v * occ,
            booth_occ=occ,
            full=full,
            missing=gone,
            serves=serves,
        )
        for k, (a, d, v, occ, full, gone, serves) in enumerate(slices)
    ]


@settings(max_examples=60)
@given(SLICES, st.sampled_from([5.0, 60.0, 300.0]), st.booleans())
def test_a_wait_is_never_negative_and_lies_in_its_interval(
    slices: list, slice_s: float, approach: bool
) -> None:  # type: ignore[type-arg]
    engine = WaitEngine(site(approach=approach))
    for one in drawn_rows(slices, slice_s):
        engine.step([one])
        for wait in engine.estimates(one.end_s):
            assert wait is None or 0 <= wait.low_s <= wait.wait_s <= wait.high_s < 1e6


@settings(max_examples=30)
@given(SLICES, st.integers(1, 20))
def test_the_past_does_not_depend_on_the_future_and_runs_repeat_bit_for_bit(slices: list, cut: int) -> None:  # type: ignore[type-arg]
    rows = drawn_rows(slices, 60.0)
    cut = min(cut, len(rows))
    whole, part = WaitEngine(site()), WaitEngine(site())
    told = []
    for one in rows:
        whole.step([one])
        told.append(whole.states(one.end_s))
    for k, one in enumerate(rows[:cut]):
        part.step([one])
        assert part.states(one.end_s) == told[k]


@settings(max_examples=25)
@given(st.integers(0, 4), st.integers(1, 3))
def test_more_vehicles_in_the_queue_mean_a_longer_wait(standing: int, more: int) -> None:
    def wait(vehicles: int) -> float:
        engine = WaitEngine(site())
        for one in minutes(busy, 6, in_view=float(vehicles + 1)):
            engine.step([one])
        found = engine.states(START_S + 360)[0].expected
        assert found is not None
        return found.wait_s

    assert wait(standing + more) >= wait(standing)


@settings(max_examples=20)
@given(SLICES)
def test_without_a_single_seen_row_nothing_is_said(slices: list) -> None:  # type: ignore[type-arg]
    rows = [replace(one, **UNSEEN) for one in drawn_rows(slices, 60.0)]  # type: ignore[arg-type]
    assert after(site(), rows, rows[-1].end_s).expected is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_slices_of_five_and_of_thirty_seconds_agree(seed: int) -> None:
    made = toy_lane.passages(seed)
    waits = {}
    for slice_s in (5.0, 30.0):
        engine = WaitEngine(site("24 hrs/day"))
        for one in toy_lane.rows(made, "b1", FAST, slice_s=slice_s):
            engine.step([one])
            found = engine.states(one.end_s)[0].expected
            assert found is not None
            waits[slice_s, one.end_s] = found.wait_s
    shared = [end_s for length_s, end_s in waits if length_s == 30.0 and end_s >= 90.0]
    assert max(abs(waits[5.0, end_s] - waits[30.0, end_s]) for end_s in shared) < 20.0


def test_site_of_a_direction() -> None:
    direction = DirectionConfig.model_validate(
        {
            "id": "us_bound",
            "timezone": "America/Detroit",
            "streams": [
                {"traffic": "commercial", "class": "fast", "hours": "24 hrs/day", "when_closed": "standard"},
                {"traffic": "passenger", "class": "nexus", "pitch_m": 7.0, "nominal_service_s": 20.0},
                {"traffic": "commercial", "class": "standard"},
            ],
            "own_lane_m": 300.0,
            "lanes": [
                {"id": "b5", "serves": ["commercial/fast"], "view_m": 100.0},
                {"id": "u2", "kind": "approach", "serves": ["commercial/fast"], "line_m": 1600.0},
            ],
        }
    )
    found = site_of(direction, 600.0)
    assert found.valid_s == 600.0
    assert found.own_lane_m == 300.0
    assert found.timezone == "America/Detroit"
    assert found.streams[0] == StreamSpec(FAST, "24 hrs/day", None, STANDARD, 60.0, 21.0)
    assert found.streams[1] == StreamSpec("passenger/nexus", None, None, None, 20.0, 7.0)
    assert found.lanes == (
        LaneSpec("b5", "booth", (FAST,), 100.0),
        LaneSpec("u2", "approach", (FAST,), 120.0, None, 1600.0),
    )
