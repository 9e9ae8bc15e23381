"""Looking ahead once a minute: what was told is kept, and who reached a booth teaches what it was worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.waits.lookout import EVERY_S, MATCHED_WITHIN_S, Lookout
from dashboard.waits.outlook import Outlook
from dashboard.waits.state import ActualWait, StreamState
from tests.dashboard.test_waits_forecasts import AT_S, FAST, STANDARD, outlook, stream

MINUTE_S = 60.0
WAIT_S = 1200.0


def at(after_s: float, wait_s: float | None = WAIT_S) -> Outlook:
    """Standard, in whose queue as many come as are served."""
    return replace(outlook(stream(wait_s=wait_s)), at_s=AT_S + after_s)


def state(after_s: float, wait_s: float | None = None, stream: str = STANDARD) -> StreamState:
    """With an actual wait as the counts tell it."""
    actual = None if wait_s is None else ActualWait(wait_s, wait_s - 60.0, wait_s + 60.0, 3, AT_S + after_s)
    return StreamState(stream, "measured", actual=actual)


def test_it_looks_once_a_minute() -> None:
    lookout = Lookout([STANDARD])
    assert lookout.is_due(AT_S)
    lookout.look(at(0.0))
    assert not lookout.is_due(AT_S + EVERY_S - 1.0)
    assert lookout.is_due(AT_S + EVERY_S)


def test_what_was_told_last_holds() -> None:
    lookout = Lookout([STANDARD])
    assert lookout.told(STANDARD) == ()
    for minute in (0, 1):
        lookout.look(at(minute * MINUTE_S))
    assert [round(one.at_s - AT_S - MINUTE_S) for one in lookout.told(STANDARD)] == [900, 1800, 2700, 3600]
    lookout.look(at(2 * MINUTE_S, None))
    assert lookout.told(STANDARD) == ()


def test_the_usual_wait_is_kept_in_the_outlook() -> None:
    lookout = Lookout([STANDARD])
    for minute, wait_s in enumerate((600.0, 1800.0)):
        lookout.look(at(minute * MINUTE_S, wait_s))
    assert lookout.outlook is not None
    assert lookout.outlook.streams[0].usual_wait_s == 1200.0


@pytest.mark.parametrize("by", ["match", "balance"])
@pytest.mark.parametrize(
    ("case", "waited_s", "wider"), [("as told", WAIT_S, False), ("far longer", 5 * WAIT_S, True)]
)
def test_forecasts_learn_from_who_reached_a_booth(by: str, case: str, waited_s: float, wider: bool) -> None:
    """Told every minute for hours: who joined when all distances had been told teaches each of them."""
    lookout = Lookout([STANDARD])
    lookout.look(at(0.0))
    first = [one.high_s - one.low_s for one in lookout.told(STANDARD)]
    for minute in range(1, 240):
        now_s = minute * MINUTE_S
        lookout.look(at(now_s))
        if now_s - waited_s < 3600.0:
            continue
        reached = [(AT_S + now_s, waited_s)] if by == "match" else []
        lookout.see(state(now_s, waited_s if by == "balance" else None), reached, AT_S + now_s)
    assert {one.by for one in lookout.outcomes} == {by}
    last = [one.high_s - one.low_s for one in lookout.told(STANDARD)]
    changes = [after / before for before, after in zip(first, last, strict=True)]
    assert all(change > 1.2 for change in changes) if wider else all(change < 0.8 for change in changes), case


def test_each_matched_vehicle_is_an_outcome_once() -> None:
    lookout = Lookout([FAST, STANDARD])
    lookout.look(at(0.0))
    first, second, third = (AT_S + 100.0, 40.0), (AT_S + 110.0, 60.0), (AT_S + 170.0, 50.0)
    lookout.see(state(120.0), [first, second], AT_S + 120.0)
    lookout.see(state(180.0), [first, second, third], AT_S + 180.0)
    lookout.see(state(180.0, stream=FAST), [first], AT_S + 180.0)
    told = [(one.stream, one.joined_s - AT_S, one.wait_s, one.by) for one in lookout.outcomes]
    assert told == [
        (STANDARD, 60.0, 40.0, "match"),
        (STANDARD, 50.0, 60.0, "match"),
        (STANDARD, 120.0, 50.0, "match"),
        (FAST, 60.0, 40.0, "match"),
    ]


@pytest.mark.parametrize(
    ("case", "matched_s", "seen", "joined_s"),
    [
        ("one that joined half a minute later, and no sooner", None, [(1000.0, 200.0), (1025.0, 196.0),
         (1050.0, 220.0)], [800.0, 830.0]),
        ("nobody joined since", None, [(1000.0, 200.0), (1060.0, 260.0)], [800.0]),
        ("not while vehicles are matched", 900.0, [(1000.0, 200.0), (900.0 + MATCHED_WITHIN_S, 200.0)], []),
        ("again when none was for long", 900.0, [(901.0 + MATCHED_WITHIN_S, 200.0)], [2501.0]),
        ("nothing is known", None, [(1000.0, None)], []),
    ],
)  # fmt: skip
def test_without_matches_the_counts_tell(
    case: str, matched_s: float | None, seen: list[tuple[float, float | None]], joined_s: list[float]
) -> None:
    lookout = Lookout([STANDARD])
    lookout.look(at(0.0))
    if matched_s is not None:
        lookout.see(state(matched_s), [(AT_S + matched_s, 600.0)], AT_S + matched_s)
    for now_s, wait_s in seen:
        lookout.see(state(now_s, wait_s), [], AT_S + now_s)
    assert [one.joined_s - AT_S for one in lookout.outcomes if one.by == "balance"] == joined_s, case
