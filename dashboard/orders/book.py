"""The order book: what is in force at a moment. Pure; the same orders give the same answers in a replay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dashboard.orders.order import Draft, Hold, Notice, Order, Release, Staff, Withdraw
from dashboard.waits.staffing import Staffing


@dataclass(frozen=True, slots=True)
class Publication:
    """What may not be shown of a stream: nothing while `held`; else none measured up to `withdrawn_s`."""

    held: Order | None = None
    withdrawn_s: float | None = None


class OrderBook:
    """Orders in the order in which they were given. Every answer is of a moment `at_s` (UTC seconds)."""

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        self.orders = tuple(sorted(orders, key=lambda order: order.id))
        self._ended_s = {
            order.what.order: order.at_s for order in reversed(self.orders) if isinstance(order.what, Release)
        }

    def in_force(self, port: str, at_s: float) -> Iterator[Order]:
        """Orders for `port` that hold at `at_s`."""
        return (order for order in self.standing(port, at_s) if order.from_s <= at_s)

    def standing(self, port: str, at_s: float) -> Iterator[Order]:
        """Orders for `port` that hold at `at_s` or are announced for later."""
        return (
            order
            for order in self.orders
            if order.port == port
            and order.at_s <= at_s < min(order.until_s, self._ended_s.get(order.id, order.until_s))
            and not isinstance(order.what, Release)
        )

    def staffing(self, port: str, at_s: float, direction: str | None = None) -> tuple[Staffing, ...]:
        """What is announced at `at_s`, for now and later; no two of one lane overlap: the newest holds."""
        said: dict[str, list[Staffing]] = {}
        for order in self.standing(port, at_s):
            if isinstance(order.what, Staff) and direction in (None, order.what.direction):
                new = _staffing(order, order.what)
                older = said.get(new.lane, [])
                said[new.lane] = [part for old in older for part in _cut(old, new)] + [new]
        spans = [span for lane in said.values() for span in lane]
        return tuple(sorted(spans, key=lambda span: (span.lane, span.from_s)))

    def publication(self, port: str, direction: str, stream: str, at_s: float) -> Publication:
        """Whether the figure of a stream is held or withdrawn at `at_s`."""
        held, withdrawn_s = None, None
        for order in self.in_force(port, at_s):
            what = order.what
            if isinstance(what, Hold) and _within(what, direction, stream):
                held = order
            if isinstance(what, Withdraw) and (what.direction, what.stream) == (direction, stream):
                withdrawn_s = max(withdrawn_s or what.measured_s, what.measured_s)
        return Publication(held, withdrawn_s)

    def notices(self, port: str, at_s: float) -> tuple[Order, ...]:
        """Orders whose `what` is a Notice: one per direction and one for the whole port, the newest each."""
        newest = {
            order.what.direction: order
            for order in self.in_force(port, at_s)
            if isinstance(order.what, Notice)
        }
        return tuple(sorted(newest.values(), key=lambda order: order.id))

    def like(self, draft: Draft, at_s: float) -> tuple[Order, ...]:
        """Orders in force or announced that say all of `draft`, and against which none given since speaks."""
        standing = tuple(self.standing(draft.port, at_s))
        return tuple(
            order
            for order in standing
            if (order.what, order.note) == (draft.what, draft.note)
            and order.from_s < draft.from_s + 1.0
            and not any(newer.id > order.id and _contradicts(newer, order) for newer in standing)
        )


NO_ORDERS = OrderBook()


def _staffing(order: Order, staff: Staff) -> Staffing:
    return Staffing(staff.lane, staff.state, order.from_s, order.until_s, staff.serves, order.note)


def _contradicts(newer: Order, older: Order) -> bool:
    """Whether something else is ordered of the same booth lane while `older` holds."""
    return (
        isinstance(newer.what, Staff)
        and isinstance(older.what, Staff)
        and newer.what.lane == older.what.lane
        and newer.what != older.what
        and newer.from_s < older.until_s
        and older.from_s < newer.until_s
    )


def _cut(old: Staffing, new: Staffing) -> Iterator[Staffing]:
    """What is left of `old` before and after `new`."""
    if old.from_s < min(old.until_s, new.from_s):
        yield replace(old, until_s=min(old.until_s, new.from_s))
    if max(old.from_s, new.until_s) < old.until_s:
        yield replace(old, from_s=max(old.from_s, new.until_s))


def _within(hold: Hold, direction: str, stream: str) -> bool:
    return hold.direction in (None, direction) and hold.stream in (None, stream)
