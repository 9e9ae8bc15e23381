"""What the manager announces is used in advance, expires by itself, and yields to what the lane does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dashboard.minutes import LaneMinute
from dashboard.waits.ahead import Server, wait_s
from dashboard.waits.engine import WaitEngine
from dashboard.waits.site import LaneSpec, SiteSpec, StreamSpec
from dashboard.waits.staffing import Staffing
from dashboard.waits.state import StreamState

FAST, STANDARD = "commercial/fast", "commercial/standard"
NO_EVIDENCE = ("unknown", "no evidence that it is open", None)
CLOSED = ("closed", "closed by the operator", STANDARD)
MINUTES = 40
NOW_S = MINUTES * 60.0


def booth(lane: str, at_s: float, in_view: float, serves: tuple[str, ...], departures: int = 0) -> LaneMinute:
    """A minute of a booth lane."""
    busy = in_view >= 1
    return LaneMinute(
        at_s, at_s + 60.0, lane, "booth", serves, departures, departures, in_view, max(0.0, in_view - 0.5),
        None, in_view > 5, 0.9 if busy else 0.0, False,
    )  # fmt: skip


def engine(
    staffing: Sequence[Staffing] = (), minutes: int = MINUTES, hours: str | None = None, sign: bool = True
) -> WaitEngine:
    """b1 and b2 serve a long standard queue; b3 (standard) and b5 (FAST) stand empty."""
    streams = (
        StreamSpec(FAST, hours, when_closed=STANDARD, nominal_service_s=60.0),
        StreamSpec(STANDARD, nominal_service_s=90.0),
    )
    lanes = (
        *(LaneSpec(b, "booth", (STANDARD,), 120.0, 155.0) for b in ("b1", "b2", "b3")),
        LaneSpec("b5", "booth", (FAST,), 120.0, 155.0),
        LaneSpec("u1", "approach", (STANDARD,), 120.0, None, 1500.0),
    )
    made = WaitEngine(SiteSpec(streams, lanes))
    made.announce(staffing)
    shown = (STANDARD,) if sign else ()
    for k in range(minutes):
        at_s = 60.0 * k
        upstream = replace(booth("u1", at_s, 1.0, (STANDARD,)), kind="approach", arrivals=2 if k < 30 else 1)
        made.step(
            [
                booth("b1", at_s, 6.0, (STANDARD,), k % 2),
                booth("b2", at_s, 6.0, (STANDARD,), (k + 1) % 2),
                booth("b3", at_s, 0.0, shown),
                booth("b5", at_s, 0.0, (FAST,) if sign else ()),
                replace(upstream, departures=None, booth_occ=None),
            ]
        )
    return made


def state(made: WaitEngine, stream: str, at_s: float = NOW_S) -> StreamState:
    """The stream's state."""
    return next(one for one in made.states(at_s) if one.stream == stream)


def wait(staffing: Sequence[Staffing] = (), **how: object) -> float:
    """Expected wait of a standard truck."""
    found = state(engine(staffing, **how), STANDARD).expected  # type: ignore[arg-type]
    assert found is not None
    return found.wait_s


def opening(from_s: float, until_s: float = NOW_S + 4 * 3600, lane: str = "b3", **more: object) -> Staffing:
    """`lane` opens."""
    return Staffing(lane, "open", from_s, until_s, **more)  # type: ignore[arg-type]


def closing(from_s: float, until_s: float = NOW_S + 4 * 3600, lane: str = "b2") -> Staffing:
    """`lane` closes."""
    return Staffing(lane, "closed", from_s, until_s)


def test_a_booth_that_opens_while_one_waits_shortens_the_wait_the_more_the_sooner() -> None:
    silent = wait()
    soon, later = wait([opening(NOW_S + 300)]), wait([opening(NOW_S + 900)])
    assert silent > 1500
    assert soon < later < silent
    assert soon < 0.85 * silent  # where nobody says anything a booth is reckoned with, too, but later


@pytest.mark.parametrize(
    ("case", "staffing"),
    [
        ("after the joiner is served", opening(NOW_S + 4 * 3600, NOW_S + 5 * 3600)),
        ("it has expired", opening(0.0, NOW_S - 60)),
        ("it expires now", opening(0.0, NOW_S)),
        ("it ends before it begins", opening(NOW_S + 600, NOW_S + 300)),
        ("a lane that nobody knows", opening(NOW_S + 300, lane="b9")),
        ("a booth of another class", opening(NOW_S + 300, lane="b5")),
        ("a booth that is open anyway", opening(NOW_S + 300, lane="b1")),
    ],
)
def test_an_announcement_that_changes_nothing(case: str, staffing: Staffing) -> None:
    assert wait([staffing]) == pytest.approx(wait())


def test_a_booth_that_will_close_lengthens_the_wait() -> None:
    assert wait([closing(NOW_S + 300)]) > 1.2 * wait()


def test_a_closing_that_ends_before_the_joiner_is_served_costs_less() -> None:
    assert wait() < wait([closing(NOW_S + 300, NOW_S + 1500)]) < wait([closing(NOW_S + 300)])


def test_a_booth_of_another_class_is_announced_for_this_one() -> None:
    assert wait([opening(NOW_S + 300, lane="b5", serves=(STANDARD,))]) == pytest.approx(
        wait([opening(NOW_S + 300)]), rel=0.05
    )


def test_a_booth_that_is_announced_for_another_class_is_lost() -> None:
    assert wait([opening(NOW_S + 300, lane="b2", serves=(FAST,))]) > 1.2 * wait()


def test_what_is_taken_back_holds_no_more() -> None:
    made = engine([opening(NOW_S + 300)])
    made.announce([])
    assert state(made, STANDARD).expected == state(engine(), STANDARD).expected


def test_the_basis_names_the_operator_while_he_counts() -> None:
    found = state(engine([opening(NOW_S + 300)]), STANDARD).expected
    assert found is not None
    assert found.basis == ("balance", "queue", "operator")
    expired = state(engine([opening(0.0, NOW_S - 60)]), STANDARD).expected
    assert expired is not None
    assert "operator" not in expired.basis


@pytest.mark.parametrize(
    ("case", "staffing", "found"),
    [
        ("nobody says anything", [], NO_EVIDENCE),
        ("announced as open", [opening(NOW_S - 60, lane="b5")], ("measured", None, None)),
        ("the announcement is over", [opening(0, NOW_S - 60, "b5")], NO_EVIDENCE),
        ("announced for later", [opening(NOW_S + 60, lane="b5")], NO_EVIDENCE),
        ("announced as closed", [closing(NOW_S - 60, lane="b5")], CLOSED),
        (
            "closed, and opens later",
            [closing(NOW_S - 60, NOW_S + 600, "b5"), opening(NOW_S + 600, lane="b5")],
            CLOSED,
        ),
        (
            "given to the others",
            [opening(NOW_S - 60, lane="b5", serves=(STANDARD,))],
            CLOSED,
        ),
    ],
)  # fmt: skip
def test_open_and_closed_need_evidence(
    case: str, staffing: list[Staffing], found: tuple[str, str | None, str | None]
) -> None:
    fast = state(engine(staffing), FAST)
    assert (fast.state, fast.reason, fast.redirected_to) == found
    if fast.state != "measured":
        assert fast.expected is None


def test_one_booth_of_two_closed_does_not_close_the_stream() -> None:
    assert state(engine([closing(0.0)]), STANDARD).state == "measured"


def test_a_closing_is_not_believed_while_the_booth_goes_on() -> None:
    assert wait([closing(NOW_S - 1500)]) == pytest.approx(wait())
    assert wait([closing(NOW_S - 60)]) > 1.2 * wait()


def test_an_opening_is_not_believed_when_nobody_comes_though_others_queue() -> None:
    assert wait([opening(NOW_S - 1500)]) == pytest.approx(wait())
    assert wait([opening(NOW_S - 60)]) < 0.9 * wait()


def test_a_sign_that_is_read_outweighs_the_announcement_once_it_had_time_to_follow() -> None:
    late = [opening(NOW_S - 1200, lane="b2", serves=(FAST,))]
    assert wait(late) == pytest.approx(wait())


def test_an_unread_sign_leaves_the_announcement_in_force_until_it_ends() -> None:
    given = [opening(600.0, NOW_S - 300, "b5", serves=(STANDARD,))]
    assert state(engine(given, 30, sign=False), FAST, 1800.0).reason == "its booths serve other classes"
    assert state(engine(given, sign=False), FAST).reason == "no evidence that it is open"


def test_announcing_again_the_same_changes_nothing() -> None:
    staffing = [opening(NOW_S + 300), closing(NOW_S + 600)]
    once, often = engine(staffing), engine(staffing)
    for _ in range(3):
        often.announce(tuple(reversed(staffing)))
    assert once.states(NOW_S) == often.states(NOW_S)


@pytest.mark.parametrize(
    ("case", "ahead", "servers", "expected_s"),
    [
        ("a second booth opens in time", 10.0, [Server(0, 0), Server(0, 0, opens_s=100.0)], 150.0),
        ("a second booth opens too late", 4.0, [Server(0, 0), Server(0, 0, opens_s=100.0)], 80.0),
        ("one of two closes", 10.0, [Server(0, 0), Server(0, 0, until_s=60.0)], 140.0),
        ("none is open yet", 2.0, [Server(0, 0, opens_s=300.0)], 340.0),
        ("a gap between two", 4.0, [Server(0, 0, until_s=40.0), Server(0, 0, opens_s=500.0)], 540.0),
        ("all close before", 10.0, [Server(0, 0, until_s=60.0)], 200.0),
    ],
)
def test_booths_that_open_and_close(
    case: str, ahead: float, servers: list[Server], expected_s: float
) -> None:
    assert wait_s(ahead, servers, cycle_s=20.0, ready_s=0.0) == pytest.approx(expected_s)
