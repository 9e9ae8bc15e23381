"""What the order book answers at a moment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.orders.book import OrderBook
from dashboard.orders.order import Hold, Notice, Order, Release, Staff, What, Withdraw

P, US, FAST, STANDARD = "ambassador", "us_bound", "commercial/fast", "commercial/standard"


def order(number: int, what: What, from_s: float, until_s: float, at_s: float | None = None) -> Order:
    return Order(P, what, "anna", from_s if at_s is None else at_s, from_s, until_s, None, number)


def staff(number: int, from_s: float, until_s: float, state: str = "open", lane: str = "b5") -> Order:
    return order(number, Staff(US, lane, state, (FAST,)), from_s, until_s, at_s=0.0)  # type: ignore[arg-type]


HOLD_ALL = order(1, Hold(), 100, 200)
HOLD_US = order(1, Hold(US), 100, 200)
HOLD_FAST = order(1, Hold(US, FAST), 100, 200)


@pytest.mark.parametrize(
    ("case", "orders", "stream", "at_s", "held"),
    [
        ("nothing is ordered", [], FAST, 150, False),
        ("the whole port", [HOLD_ALL], FAST, 150, True),
        ("one direction", [HOLD_US], FAST, 150, True),
        ("one stream", [HOLD_FAST], FAST, 150, True),
        ("another stream", [HOLD_FAST], STANDARD, 150, False),
        ("another direction", [order(1, Hold("canada_bound"), 100, 200)], FAST, 150, False),
        ("not before it was given", [HOLD_FAST], FAST, 99.9, False),
        ("from the moment on", [HOLD_FAST], FAST, 100, True),
        ("no longer when it has expired", [HOLD_FAST], FAST, 200, False),
        ("released", [HOLD_FAST, order(2, Release(1), 150, 200)], FAST, 150, False),
        ("before its release", [HOLD_FAST, order(2, Release(1), 150, 200)], FAST, 149, True),
        (
            "held again",
            [HOLD_FAST, order(2, Release(1), 120, 200), order(3, Hold(), 130, 200)],
            FAST,
            150,
            True,
        ),
    ],
)
def test_hold(case: str, orders: list[Order], stream: str, at_s: float, held: bool) -> None:
    assert (OrderBook(orders).publication(P, US, stream, at_s).held is not None) == held
    assert OrderBook(orders).publication("another", US, stream, at_s).held is None


def test_a_withdrawal_is_of_one_figure() -> None:
    book = OrderBook(
        [order(1, Withdraw(US, FAST, 90.0), 100, 900), order(2, Withdraw(US, FAST, 80.0), 110, 900)]
    )
    assert book.publication(P, US, FAST, 99).withdrawn_s is None
    assert book.publication(P, US, FAST, 120).withdrawn_s == 90.0
    assert book.publication(P, US, STANDARD, 120).withdrawn_s is None


@pytest.mark.parametrize(
    ("case", "orders", "spans"),
    [
        ("one", [staff(1, 10, 50)], [(10, 50, "open")]),
        (
            "the later order wins where both hold",
            [staff(1, 10, 50), staff(2, 20, 30, "closed")],
            [(10, 20, "open"), (20, 30, "closed"), (30, 50, "open")],
        ),
        ("all of it", [staff(1, 20, 30), staff(2, 10, 50, "closed")], [(10, 50, "closed")]),
        ("they meet", [staff(1, 10, 20), staff(2, 20, 30, "closed")], [(10, 20, "open"), (20, 30, "closed")]),
        (
            "the end of it",
            [staff(1, 10, 30), staff(2, 20, 40, "closed")],
            [(10, 20, "open"), (20, 40, "closed")],
        ),
        (
            "taken back, the earlier holds again",
            [staff(1, 10, 50), staff(2, 20, 30, "closed"), order(3, Release(2), 1, 30, 1.0)],
            [(10, 50, "open")],
        ),
        ("expired", [staff(1, 1, 5)], []),
    ],
)
def test_staffing(case: str, orders: list[Order], spans: list[tuple[float, float, str]]) -> None:
    said = OrderBook(orders).staffing(P, 5.0, US)
    assert [(one.from_s, one.until_s, one.state) for one in said] == spans
    assert OrderBook(orders).staffing(P, 5.0, "canada_bound") == ()


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 30), st.sampled_from(["open", "closed"])), max_size=8
    )
)
def test_of_one_lane_the_newest_announcement_holds(given_: list[tuple[int, int, str]]) -> None:
    orders = [staff(n + 1, start, start + length, state) for n, (start, length, state) in enumerate(given_)]
    said = OrderBook(orders).staffing(P, 0.0)
    for at_s in range(62):
        in_force = [one.state for one in said if one.in_force(at_s)]
        newest = [one.what.state for one in orders if one.from_s <= at_s < one.until_s]  # type: ignore[union-attr]
        assert in_force == newest[-1:]


def test_notices_are_one_for_the_port_and_one_a_direction() -> None:
    book = OrderBook(
        [
            order(1, Notice("a", "a"), 10, 90),
            order(2, Notice("b", "b", US), 20, 90),
            order(3, Notice("c", "c"), 30, 90),
        ]
    )

    def texts(at_s: float) -> list[str]:
        return [one.what.en for one in book.notices(P, at_s)]  # type: ignore[union-attr]

    assert [texts(at_s) for at_s in (5, 10, 25, 35, 90)] == [[], ["a"], ["a", "b"], ["b", "c"], []]
