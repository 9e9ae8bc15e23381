"""Thinning goes a stretch at a time: nothing else has to wait until all of a full outbox is thin."""

from __future__ import annotations

import pytest

from edge.messages import decode
from edge.node.database import OutboxError
from edge.node.outbox import Outbox
from edge.node.series import Series
from edge.node.thinning import THIN_EVERY_S, Thinner, thinning
from tests.edge.test_keeper import LANES, T0


def full_outbox(series: Series) -> Outbox:
    """Of 900 reports, one in five seconds, more than three quarters full."""
    outbox = Outbox(None, quota_bytes=700_000)
    outbox.commit([series.row(series.report(T0 + 5 * n, T0 + 5 * n + 5, LANES)) for n in range(900)])
    assert 0.75 < outbox.filled() < 0.95
    return outbox


def test_a_stretch_at_a_time_while_rows_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.node.outbox.SCAN_ROWS", 100)
    series = Series("testport", "n1")
    outbox, thinner = full_outbox(series), Thinner(series, T0)
    thinner.look(outbox, T0 + THIN_EVERY_S)
    assert len(outbox) == 900, "begun, but nothing done yet"
    left = []
    while thinner.go_on():
        left.append(len(outbox))
        thinner.look(outbox, T0 + 2 * THIN_EVERY_S)
        outbox.commit([series.row(series.report(T0 + 5000, T0 + 5005, LANES))])
        outbox.free(series.boot, [(880, 880)])
    assert left[:3] == [802, 705, 608], "of each hundred one or two stay, and what tells of the rest"
    assert 4 <= len(left) <= 6, "the older half"
    messages = [decode(row.kind, row.payload) for row in outbox.page(0, 10_000)]
    there = {message.seq for message in messages}
    told = {
        seq
        for message in messages
        if message.event
        for first, last in message.event.detail["ranges"]
        for seq in range(first, last + 1)
    }
    assert there | told | {880} == set(range(1, max(there) + 1))
    assert not there & told


def test_a_number_of_an_event_that_was_not_kept_is_given_again() -> None:
    series = Series("testport", "n1")
    outbox, thinner = full_outbox(series), Thinner(series, T0)
    outbox._db.script(
        "CREATE TRIGGER refuse BEFORE INSERT ON rows WHEN NEW.kind = 'event'"
        " BEGIN SELECT RAISE(ABORT, 'no events'); END"
    )
    thinner.begin(outbox, T0)
    with pytest.raises(OutboxError, match="no events"):
        thinner.go_on()
    assert (len(outbox), series.newest) == (900, 900)
    assert not thinner.go_on(), "it is over"


@pytest.mark.parametrize(
    ("filled", "every_s"), [(0.3, None), (0.5, None), (0.6, 60), (0.8, 900), (0.96, 3600), (1.0, 3600)]
)
def test_the_fuller_the_coarser(filled: float, every_s: int | None) -> None:
    assert thinning(filled) == every_s
