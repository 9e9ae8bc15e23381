"""The expected wait of a stream, told from what its booths and its balance say at a moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.waits.ahead import Server
from dashboard.waits.booth import Booth
from dashboard.waits.expected import Place, expected, open_booths, servers_of
from dashboard.waits.halt import LASTS_S
from dashboard.waits.plan import Plan
from dashboard.waits.site import LaneSpec
from dashboard.waits.staffing import Staffing
from dashboard.waits.state import Wait
from dashboard.waits.stream import Stream
from tests.dashboard.test_waits_survey import FAST, NOW_S, ROAD, STANDARD, booth, stream

VALID_S = 900.0
FULL, SERVED = 5.6, 30.0


def place(of: Stream, *booths: Booth, **more: object) -> Place:
    """A stream at booths of its own."""
    return replace(Place(of, of, booths, (), (), 0, None), **more)  # type: ignore[arg-type]


def told(here: Place, at_s: float = NOW_S) -> Wait:
    found = expected(here, NOW_S, VALID_S, at_s)
    assert found is not None
    assert 0.0 <= found.low_s <= found.wait_s <= found.high_s
    return found


def announced(*staffing: Staffing) -> Plan:
    plan = Plan()
    plan.announce(staffing)
    return plan


def opens(lane: str, from_s: float, until_s: float) -> Staffing:
    return Staffing(lane, "open", NOW_S + from_s, NOW_S + until_s, (STANDARD,))


def closes(lane: str, from_s: float, until_s: float) -> Staffing:
    return Staffing(lane, "closed", NOW_S + from_s, NOW_S + until_s)


def test_without_a_booth_that_was_seen_no_wait_is_told() -> None:
    unseen = Booth(LaneSpec("b1", "booth", (STANDARD,)), (STANDARD,))
    assert expected(place(stream(STANDARD, 20.0), unseen), NOW_S, VALID_S, NOW_S) is None
    assert told(place(stream(STANDARD, 20.0), unseen, booth("b2", STANDARD))).wait_s > 0.0


def test_the_newest_row_tells_how_old_a_wait_is() -> None:
    old = booth("b2", STANDARD)
    assert old.row is not None
    old.row = replace(old.row, start_s=NOW_S - 360.0, end_s=NOW_S - 300.0)
    found = told(place(stream(STANDARD, 20.0), old, booth("b1", STANDARD)))
    assert (found.measured_at_s, found.valid_until_s) == (NOW_S, NOW_S + VALID_S)
    alone = told(place(stream(STANDARD, 20.0), old))
    assert (alone.measured_at_s, alone.valid_until_s) == (NOW_S - 300.0, NOW_S - 300.0 + VALID_S)


def test_what_was_known_at_the_end_of_a_slice_is_carried_on_for_ten_seconds() -> None:
    here = place(stream(STANDARD, 20.0), booth("b1", STANDARD, in_view=FULL))
    waits = {after_s: told(here, NOW_S + after_s).wait_s for after_s in (-60.0, 0.0, 5.0, 10.0, 11.0, 600.0)}
    assert waits[-60.0] == waits[0.0]
    assert waits[0.0] - waits[5.0] == pytest.approx(5.0)
    assert waits[0.0] - waits[10.0] == pytest.approx(10.0)
    assert waits[11.0] == waits[600.0] == waits[10.0]


def test_those_of_other_streams_at_the_same_booths_stand_ahead_too() -> None:
    own, others = stream(STANDARD, 10.0), stream(FAST, 10.0)
    alone = told(place(own, booth("b1", STANDARD), coming=())).wait_s
    both = told(place(own, booth("b1", STANDARD), with_it=(others,))).wait_s
    assert both - alone == pytest.approx(10.0 * own.cycle.mean_s(), rel=0.02)


def test_who_joins_where_nobody_waits_does_not_wait() -> None:
    found = told(place(stream(STANDARD, 0.0), booth("b1", STANDARD, in_view=0.0, served_ago_s=120.0)))
    assert (found.wait_s, found.low_s) == (pytest.approx(0.0, abs=10.0), 0.0)


def test_what_matched_vehicles_taught_stretches_the_interval_and_leaves_the_wait() -> None:
    of = stream(STANDARD, 20.0)
    here = place(of, booth("b1", STANDARD))
    before = told(here)
    for _ in range(60):
        of.backtest.see(NOW_S, before.wait_s + 2.0 * (before.high_s - before.wait_s))
    after = told(here)
    assert after.wait_s == before.wait_s
    assert after.high_s - after.wait_s > 1.5 * (before.high_s - before.wait_s)


BUSY = booth("b1", STANDARD, in_view=FULL, served_ago_s=SERVED)
SPARE = booth("b2", STANDARD, in_view=0.0, served_ago_s=None)
IDLE = booth("b1", STANDARD, in_view=0.0, served_ago_s=120.0)
CLOSING = booth("b2", STANDARD, in_view=2.0, served_ago_s=200.0)
CLOSING.arrived_s = NOW_S - 300.0
OF = stream(STANDARD, 40.0)
CYCLE_S = OF.cycle.mean_s()
RESIDUAL_S = BUSY.residual_s(NOW_S, CYCLE_S, OF.cycle.ready_s())
DRAINS_S = (155.0 / 21.0 - 0.5) * CYCLE_S
WORKS = Server(FULL, RESIDUAL_S)
AGES_S = 9e9
AFTER_AGES = Server(0.0, 0.0, True, AGES_S)


@pytest.mark.parametrize(
    ("case", "booths", "plan", "servers"),
    [
        ("one works, the other is closed", (BUSY, SPARE), Plan(), [WORKS]),
        ("nobody waits: one is idle", (IDLE, SPARE), Plan(), [Server(0.0, 0.0)]),
        ("one that opens in ten minutes for an hour", (BUSY, SPARE), announced(opens("b2", 600.0, 4200.0)),
         [WORKS, Server(0.0, 0.0, True, 600.0, 4200.0 + DRAINS_S)]),
        ("one that opened, and for how long", (BUSY, SPARE), announced(opens("b2", -60.0, 600.0)),
         [WORKS, Server(0.0, 0.0, True, 0.0, 600.0 + DRAINS_S)]),
        ("one that closes in an hour", (BUSY,), announced(closes("b1", 3600.0, AGES_S)),
         [Server(FULL, RESIDUAL_S, True, 0.0, 3600.0 + DRAINS_S), AFTER_AGES]),
        ("a break of an hour", (BUSY,), announced(closes("b1", 600.0, 4200.0)),
         [Server(FULL, RESIDUAL_S, True, 0.0, 600.0 + DRAINS_S), Server(0.0, 0.0, True, 4200.0)]),
        ("a break shorter than its lane drains", (BUSY,), announced(closes("b1", 600.0, 660.0)),
         [Server(FULL, RESIDUAL_S, True, 0.0, 600.0 + DRAINS_S),
          Server(0.0, 0.0, True, 600.0 + DRAINS_S)]),
        ("closed: those in its lane are served", (BUSY,), announced(closes("b1", -60.0, AGES_S)),
         [Server(FULL, RESIDUAL_S, False, 0.0, FULL * CYCLE_S), AFTER_AGES]),
        ("a lane that is not filled up any more takes nobody", (BUSY, CLOSING), Plan(),
         [WORKS, Server(2.0, CLOSING.residual_s(NOW_S, CYCLE_S, OF.cycle.ready_s()), False, 0.0,
                        2.0 * CYCLE_S)]),
    ],
)  # fmt: skip
def test_the_booths_that_serve_who_joins_now(
    case: str, booths: tuple[Booth, ...], plan: Plan, servers: list[Server]
) -> None:
    found = servers_of(place(OF, *booths, plan=plan), booths, NOW_S, NOW_S)
    assert len(found) == len(servers), case
    for one, other in zip(found, servers, strict=True):
        assert (one.vehicles, one.accepts) == (other.vehicles, other.accepts), case
        assert one.residual_s == pytest.approx(other.residual_s), case
        assert (one.opens_s, one.until_s) == (pytest.approx(other.opens_s), pytest.approx(other.until_s)), (
            case
        )


def test_a_booth_that_is_announced_for_others_opens_for_them_once() -> None:
    """It may be one of those seen, or one that never was."""
    never = Booth(LaneSpec("b9", "booth", (FAST,), 120.0, 155.0), (FAST,))
    plan = announced(opens("b2", 600.0, 4200.0), opens("b9", 600.0, 4200.0))
    here = place(OF, BUSY, SPARE, plan=plan, coming=(SPARE, never))
    assert [one.opens_s for one in servers_of(here, [BUSY, SPARE], NOW_S, NOW_S)] == [0.0, 600.0, 600.0]


def test_while_nobody_leaves_who_stands_at_a_booth_stays() -> None:
    here = place(OF, BUSY, SPARE, halted=True)
    assert [one.residual_s for one in servers_of(here, [BUSY, SPARE], NOW_S, NOW_S)] == [LASTS_S]


@pytest.mark.parametrize(
    ("case", "plan", "shorter"),
    [
        ("nothing is announced: it may open", Plan(), True),
        ("it is announced to stay closed", announced(closes("b2", -60.0, AGES_S)), False),
        ("it is announced to open: then and not sooner", announced(opens("b2", 1200.0, AGES_S)), False),
        ("announced for when all are served", announced(opens("b2", 9e5, 9e6)), True),
    ],
)
def test_a_spare_booth_is_reckoned_with_unless_it_is_announced(case: str, plan: Plan, shorter: bool) -> None:
    called, calm = stream(STANDARD, 60.0), stream(STANDARD, 60.0)
    called.relief.see(60.0, 1.0, CYCLE_S, 60.0, (1, 1))
    wait_s, without_s = (told(place(of, BUSY, SPARE, plan=plan)).wait_s for of in (called, calm))
    assert (wait_s < 0.9 * without_s) is shorter, case
    assert (wait_s == without_s) is not shorter, case


@pytest.mark.parametrize(
    ("case", "in_view", "served_ago_s", "beside", "works"),
    [
        ("vehicles stand there", FULL, None, FULL, True),
        ("empty, served within a quarter of an hour, and nobody waits beside it", 0.0, 900.0, 1.9, True),
        ("others wait beside it and none drives in", 0.0, 60.0, 2.0, False),
        ("nobody was served for longer", 0.0, 901.0, 0.0, False),
        ("it never served anybody", 0.0, None, 0.0, False),
    ],
)
def test_an_empty_booth_works_if_it_served_lately_and_nobody_waits(
    case: str, in_view: float, served_ago_s: float | None, beside: float, works: bool
) -> None:
    lane = booth("b1", STANDARD, in_view=in_view, served_ago_s=served_ago_s)
    other = booth("b2", STANDARD, in_view=beside)
    assert (lane in [one for one, _ in open_booths([lane, other], NOW_S)]) is works, case


def test_booths_of_which_none_is_filled_up_all_take_who_comes() -> None:
    """No vehicle came for long to the fuller one either: not all of them close at once."""
    lanes = [booth("b1", STANDARD, in_view=2.0), booth("b2", STANDARD, in_view=1.0)]
    lanes[0].arrived_s = lanes[1].arrived_s = NOW_S - 600.0
    assert [takes for _, takes in open_booths(lanes, NOW_S)] == [True, False]
    assert [takes for _, takes in open_booths(lanes[1:], NOW_S)] == [True]


@pytest.mark.parametrize(
    ("case", "matched_ago_s", "approach", "plan", "basis"),
    [
        ("the view of the booths", None, False, Plan(), ("queue", "balance")),
        ("counted at a line upstream", None, True, Plan(), ("balance", "queue")),
        ("a vehicle was matched", 900.0, True, Plan(), ("match", "balance", "queue")),
        ("too long ago", 901.0, True, Plan(), ("balance", "queue")),
        ("announced", None, True, announced(opens("b1", -9.0, 9.0)), ("balance", "queue", "operator")),
        ("for before it is served", None, False, announced(opens("b1", 600.0, 700.0)),
         ("queue", "balance", "operator")),
        ("for long after", None, False, announced(opens("b1", 9e4, 9e5)), ("queue", "balance")),
        ("for another lane", None, False, announced(opens("b7", -60.0, 60.0)), ("queue", "balance")),
        ("with all", 60.0, False, announced(opens("b1", -60.0, 60.0)),
         ("match", "balance", "queue", "operator")),
    ],
)  # fmt: skip
def test_what_a_wait_rests_on(
    case: str, matched_ago_s: float | None, approach: bool, plan: Plan, basis: tuple[str, ...]
) -> None:
    of = stream(STANDARD, 40.0)
    of.approaches = (ROAD,) if approach else ()
    of.matched_s = None if matched_ago_s is None else NOW_S - matched_ago_s
    assert told(place(of, BUSY, plan=plan)).basis == basis, case
