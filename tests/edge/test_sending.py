"""Which rows go out next, against a model of a central that receipts or is silent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.node.outbox import Outbox
from edge.node.sending import RESEND_AFTER_S, ROWS_PER_S, WINDOW, Sender
from tests.edge.reports import row


class Line:
    """A sender over an outbox in memory; `sent` is every (boot, seq) that went out, in order."""

    def __init__(self, rows: int = 0) -> None:
        self.outbox = Outbox(None)
        self.sender = Sender()
        self.sent: list[int] = []
        self.seq = 0
        self.add(rows)
        self.sender.begin(self.outbox.newest_id(), 0.0)

    def add(self, count: int) -> None:
        self.outbox.commit([row(self.seq + n) for n in range(1, count + 1)])
        self.seq += count

    def pump(self, at: float) -> list[int]:
        """What goes out at `at`."""
        before = len(self.sent)
        live = self.outbox.page(self.sender.live_after, 100)
        self.sender.sent_live(live, at)
        self.sent += [each.seq for each in live]
        span = self.sender.backlog(at)
        if span is not None:
            rows = self.outbox.page(span.after, span.limit, span.up_to)
            if rows:
                self.sender.sent_backlog(rows, at)
            else:
                self.sender.swept(at)
            self.sent += [each.seq for each in rows]
        return self.sent[before:]

    def receipt(self, seqs: list[int], at: float) -> None:
        ranges = [(seq, seq) for seq in seqs]
        self.outbox.free("boot-a", ranges)
        self.sender.receipted("boot-a", ranges, at)


def test_all_that_was_kept_before_the_connection_is_sent_once_and_waited_for() -> None:
    line = Line(rows=3)
    assert line.pump(0.1) == [1, 2, 3]
    assert [line.pump(at / 10) for at in range(2, 290)] == [[]] * 288
    assert line.pump(RESEND_AFTER_S + 0.2) == [1, 2, 3]


def test_live_rows_go_before_the_backlog() -> None:
    line = Line(rows=3)
    line.add(1)
    assert line.pump(0.1) == [4, 1, 2, 3]


def test_a_live_row_without_receipt_is_sent_again_after_its_time() -> None:
    line = Line()
    line.add(1)
    assert line.pump(1.0) == [1]
    assert [line.pump(at) for at in range(2, 31)] == [[]] * 29
    assert line.pump(1.0 + RESEND_AFTER_S) == [1]


def test_a_live_row_with_receipt_is_not_sent_again() -> None:
    line = Line()
    line.add(2)
    line.pump(1.0)
    line.receipt([1, 2], 1.5)
    assert [line.pump(at) for at in range(2, 200)] == [[]] * 198


def test_the_backlog_waits_for_receipts_by_the_window() -> None:
    line = Line(rows=1000)
    assert len(line.pump(0.1)) == WINDOW
    assert line.pump(0.2) == []
    line.receipt(list(range(1, 31)), 0.3)
    assert line.pump(0.4) == list(range(WINDOW + 1, WINDOW + 31))


def test_a_silent_central_is_asked_ever_more_seldom_and_from_the_oldest_row() -> None:
    line = Line(rows=1000)
    asked = [at for at in range(1, 1000) if (out := line.pump(float(at))) and out[0] == 1]
    assert asked[:5] == [1, 31, 91, 211, 451]
    line.receipt([1], 1000.0)
    assert line.pump(1001.0)[:1] != []


def test_rows_that_central_never_receipts_do_not_hold_back_the_others() -> None:
    line = Line(rows=400)
    for at in range(1, 400):
        line.receipt([seq for seq in line.pump(float(at)) if seq > WINDOW], at + 0.5)
    assert [each.seq for each in line.outbox.page(0, 1000)] == list(range(1, WINDOW + 1))


def test_receipts_that_were_lost_do_not_slow_the_backlog_for_longer_than_they_are_waited_for() -> None:
    line = Line(rows=1000)
    lost = line.pump(0.1)[:-1]
    line.receipt([WINDOW], 0.1)
    for tick in range(2, 10 * round(RESEND_AFTER_S + 10)):
        line.receipt([seq for seq in line.pump(tick / 10) if seq not in lost], tick / 10)
    assert [each.seq for each in line.outbox.page(0, 1000)] == lost


def test_the_backlog_is_paced() -> None:
    line, sent = Line(rows=5000), 0
    for tick in range(1, 101):
        out = line.pump(tick / 10)
        line.receipt(out, tick / 10)
        sent += len(out)
    assert sent <= ROWS_PER_S * (1 + 10)


@given(st.lists(st.tuples(st.integers(0, 120), st.floats(0.1, 40), st.floats(0, 1)), max_size=40), st.data())
def test_whatever_receipts_are_lost_every_row_comes_through(
    day: list[tuple[int, float, float]], data: st.DataObject
) -> None:
    line, at = Line(rows=50), 0.0
    for new, gap_s, share in day:
        at += gap_s
        line.add(new)
        out = line.pump(at)
        line.receipt(out[: int(len(out) * share)], at)
    for _ in range(500):
        at += 10.0
        line.receipt(line.pump(at), at)
    assert len(line.outbox) == 0
    assert set(line.sent) == set(range(1, line.seq + 1))
