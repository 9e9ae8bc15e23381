"""Giving orders: each checked against port.yaml, kept once however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.config import CentralConfig
from dashboard.feeds.values import Published
from dashboard.orders import rules
from dashboard.orders.order import By, Draft, Hold, Notice, Order, Release, Staff, What, Withdraw
from dashboard.orders.orders import Orders

SAME_WITHIN_S = 60.0
"""The same order without an end, given again this soon, is a second tap or a retry, not a prolongation."""


class NothingShownError(Exception):
    """There is nothing to withdraw or to release there: one sentence."""


@dataclass(frozen=True, slots=True)
class When:
    """How long an order is to hold, as the one who gives it says (UTC s, minutes); None: as usual."""

    from_s: float | None = None
    until_s: float | None = None
    for_min: float | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes orders; `now` gives UTC seconds, `published` what is shown.

    Every method raises: rules.NoSuchThingError, rules.OrderError, NothingShownError, StoreAwayError.
    """

    orders: Orders
    config: CentralConfig
    now: Callable[[], float]
    published: Callable[[], Published]

    def check_port(self, port: str) -> None:
        """Raises: rules.NoSuchThingError."""
        rules.port_of(self.config, port)

    def staff(self, port: str, lane: str, said: Staff, by: By, when: When, note: str | None) -> Order:
        """A booth lane opens or closes; `said.direction` and `said.lane` are filled in here."""
        place = rules.port_of(self.config, port)
        direction, booth = rules.booth_of(place, lane)
        for stream in said.serves or ():
            rules.stream_of(direction, stream)
        what = Staff(direction.id, booth.id, said.state, said.serves)
        return self._give(port, what, by, when, note)

    def hold(self, port: str, hold: Hold, by: By, when: When, note: str | None) -> Order:
        """Show no figures of a port, a direction or a stream."""
        self._check_scope(port, hold)
        return self._give(port, hold, by, when, note)

    def notice(self, port: str, notice: Notice, by: By, when: When, note: str | None) -> Order:
        """A sentence for the public; it takes the place of the one for the same direction or whole port."""
        place = rules.port_of(self.config, port)
        if notice.direction is not None:
            rules.direction_of(place, notice.direction)
        what = Notice(rules.sentence(notice.en), rules.sentence(notice.fr), notice.direction)
        order = self._give(port, what, by, when, note)
        older = [
            one
            for one in self.orders.book().standing(port, order.at_s)
            if isinstance(one.what, Notice) and one.what.direction == what.direction and one.id < order.id
        ]
        self._end(older, by)
        return order

    def withdraw(self, port: str, scope: Hold, by: By, note: str | None) -> list[Order]:
        """Hide the figures that are shown now; the next measurement publishes."""
        self._check_scope(port, scope)
        now_s, given = self.now(), []
        for what, valid_until_s in self._shown(port, scope):
            draft = Draft(port, what, by.name, now_s, now_s, valid_until_s, note)
            given.append(self._again(draft) or self.orders.give(draft, by.address))
        if not given:
            raise NothingShownError("No figure is shown there now, so there is none to withdraw.")
        return given

    def release(self, port: str, scope: Hold, by: By) -> list[Order]:
        """End the holds and withdrawals inside `scope` before their time; gives those that were ended."""
        self._check_scope(port, scope)
        now_s = self.now()
        hidden = [order for order in self.orders.book().in_force(port, now_s) if _covers(scope, order.what)]
        wider = [
            order
            for order in self.orders.book().in_force(port, now_s)
            if isinstance(order.what, Hold) and not _covers(scope, order.what) and _covers(order.what, scope)
        ]
        if wider:
            raise NothingShownError(
                f"Order {wider[-1].id} holds {_scope_words(wider[-1].what)}; release that instead."
            )
        return self._end(hidden, by)

    def end_staffing(self, port: str, lane: str, by: By) -> list[Order]:
        """Take back what is announced for a lane."""
        rules.booth_of(rules.port_of(self.config, port), lane)
        return self._end_where(port, by, lambda what: isinstance(what, Staff) and what.lane == lane)

    def end_notices(self, port: str, direction: str | None, by: By) -> list[Order]:
        """Take back the notice of a direction, or of the whole port."""
        rules.port_of(self.config, port)
        return self._end_where(
            port, by, lambda what: isinstance(what, Notice) and what.direction == direction
        )

    def _give(self, port: str, what: What, by: By, when: When, note: str | None) -> Order:
        now_s = self.now()
        kind = Draft(port, what, by.name, now_s, now_s, now_s).kind
        from_s, until_s = rules.span(kind, now_s, when.from_s, when.until_s, when.for_min)
        draft = Draft(port, what, by.name, now_s, from_s, until_s, note)
        return self._again(draft) or self.orders.give(draft, by.address)

    def _again(self, draft: Draft) -> Order | None:
        """The order in the book that says the same, when this is the same request once more."""
        for order in reversed(self.orders.book().like(draft, draft.at_s)):
            if abs(order.until_s - draft.until_s) < 1.0 or (
                draft.at_s - order.at_s < SAME_WITHIN_S
                and abs((order.until_s - order.at_s) - (draft.until_s - draft.at_s)) < 1.0
            ):
                return order
        return None

    def _end_where(self, port: str, by: By, chosen: Callable[[What], bool]) -> list[Order]:
        standing = self.orders.book().standing(port, self.now())
        return self._end([order for order in standing if chosen(order.what)], by)

    def _end(self, ended: list[Order], by: By) -> list[Order]:
        now_s = self.now()
        for order in ended:
            release = Draft(order.port, Release(order.id), by.name, now_s, now_s, order.until_s)
            self.orders.give(release, by.address)
        return ended

    def _check_scope(self, port: str, scope: Hold) -> None:
        place = rules.port_of(self.config, port)
        if scope.direction is not None and scope.stream is not None:
            rules.stream_of(rules.direction_of(place, scope.direction), scope.stream)
        elif scope.direction is not None:
            rules.direction_of(place, scope.direction)
        elif scope.stream is not None:
            raise rules.OrderError("A stream belongs to a direction; name it with `direction`.")

    def _shown(self, port: str, scope: Hold) -> list[tuple[Withdraw, float]]:
        """The figures of `scope` that are shown, with the end of each."""
        return [
            (
                Withdraw(stream.direction, stream.id, float(stream.expected.measured_at_s)),
                float(stream.expected.valid_until_s),
            )
            for place in self.published().ports
            if place.config.id == port
            for direction in place.directions
            for stream in direction.streams
            if stream.expected is not None
            and scope.direction in (None, stream.direction)
            and scope.stream in (None, stream.id)
        ]


def _covers(wide: Hold, narrow: What) -> bool:
    return (
        isinstance(narrow, Hold | Withdraw)
        and wide.direction in (None, narrow.direction)
        and wide.stream in (None, narrow.stream)
    )


def _scope_words(what: What) -> str:
    assert isinstance(what, Hold)
    if what.direction is None:
        return "the whole port"
    return f"{what.stream} {what.direction}" if what.stream else f"all of {what.direction}"
