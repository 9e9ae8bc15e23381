"""Orders as the desk shows them, and as its buttons give and undo them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from dashboard.feeds.values import PublishedStream
from dashboard.orders.book import OrderBook
from dashboard.orders.order import Hold, Notice, Order, Release, Staff, Withdraw
from dashboard.portconfig import PortConfig
from dashboard.web.desk.words import Tongue
from dashboard.web.traveller import direction_name

HOLD_MIN = 60


@dataclass(frozen=True, slots=True)
class Button:
    """One tap: `order` is sent, `done` said, `undo` offered (both JSON of method, url and body)."""

    label: str
    name: str
    order: str
    done: str
    undo: str | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order that holds or will hold."""

    what: str
    note: str
    who: str
    begins: str
    until: str
    until_s: float
    take_back: Button | None


def standing(t: Tongue, port: PortConfig, book: OrderBook, at_s: float) -> tuple[OrderRow, ...]:
    """All that holds or is announced at `at_s`, newest first."""
    zone = port.directions[0].timezone
    rows = []
    for order in sorted(book.standing(port.id, at_s), key=lambda order: -order.id):
        what = said(t, port, order)
        rows.append(
            OrderRow(
                what=what,
                note=order.note or "",
                who=order.who,
                begins=moment(t, order.from_s, zone, at_s),
                until=moment(t, order.until_s, zone, at_s),
                until_s=order.until_s,
                take_back=_take_back(t, port, order, what),
            )
        )
    return tuple(rows)


def moment(t: Tongue, at_s: float, zone: str, now_s: float) -> str:
    """The clock, with the date where it is not within half a day."""
    return t.clock(at_s, zone) if abs(at_s - now_s) < 43200 else t.date_clock(at_s, zone)


def said(t: Tongue, port: PortConfig, order: Order, given: Mapping[int, Order] = MappingProxyType({})) -> str:
    """One order in words; `given` has the earlier ones by number, so that it is told which one is ended."""
    match order.what:
        case Staff() as staff:
            return t("order.staffing", lane=staff.lane, what=staffed(t, staff.state, staff.serves))
        case Hold(direction=direction, stream=stream):
            return t("order.hold", scope=scope_name(t, port, direction, stream))
        case Withdraw(direction=direction, stream=stream):
            return t("order.withdraw", scope=scope_name(t, port, direction, stream))
        case Notice() as notice:
            text = notice.fr if t.language == "fr" else notice.en
            return t("order.notice", scope=scope_name(t, port, notice.direction, None), words=text)
        case Release(order=number):
            ended = given.get(number)
            return t("order.release", what=said(t, port, ended) if ended else f"{number}")


def staffed(t: Tongue, state: str, serves: tuple[str, ...] | None) -> str:
    """`opens for Trucks, FAST`."""
    what = t(f"staffed_{state}")
    return (
        t("staffed_as", what=what, streams=", ".join(t.in_phrase(t.stream(one)) for one in serves))
        if serves
        else what
    )


def scope_name(t: Tongue, port: PortConfig, direction: str | None, stream: str | None) -> str:
    """`To Canada: Trucks, FAST`, a direction, or the whole port."""
    known = next((one for one in port.directions if one.id == direction), None)
    if direction is None:
        return t("notice.port")
    name = direction_name(known, t.public) if known else direction
    return f"{name}, {t.in_phrase(t.stream(stream))}" if stream and stream in t.public.classes else name


def hold_button(t: Tongue, port: PortConfig, direction: str, stream: PublishedStream) -> Button:
    """Hold one stream for an hour."""
    scope = {"direction": direction, "stream": stream.id}
    name = scope_name(t, port, direction, stream.id)
    return Button(
        t("hold"),
        t("hold_named", stream=name),
        _publication(port, action="hold", for_min=HOLD_MIN, **scope),
        t("held_done", stream=name),
        _publication(port, action="release", **scope),
    )


def hold_all_button(t: Tongue, port: PortConfig, direction: str, name: str) -> Button:
    """Hold every stream of a direction for an hour."""
    return Button(
        t("hold_all"),
        t("hold_all_named", direction=name),
        _publication(port, action="hold", for_min=HOLD_MIN, direction=direction),
        t("all_held_done", direction=name),
        _publication(port, action="release", direction=direction),
    )


def withdraw_button(t: Tongue, port: PortConfig, direction: str, stream: PublishedStream) -> Button:
    """Withdraw the figure that is shown."""
    scope = {"direction": direction, "stream": stream.id}
    name = scope_name(t, port, direction, stream.id)
    order = _publication(port, action="withdraw", **scope)
    undo = _publication(port, action="release", **scope)
    return Button(
        t("withdraw"), t("withdraw_named", stream=name), order, t("withdrawn_done", stream=name), undo
    )


def release_button(t: Tongue, port: PortConfig, hold: Hold, name: str) -> Button:
    """End a hold."""
    scope = {key: value for key, value in (("direction", hold.direction), ("stream", hold.stream)) if value}
    order = _publication(port, action="release", **scope)
    return Button(t("release"), t("release_named", stream=name), order, t("released_done", stream=name))


def _take_back(t: Tongue, port: PortConfig, order: Order, what: str) -> Button | None:
    match order.what:
        case Hold(direction=direction, stream=stream) | Withdraw(direction=direction, stream=stream):
            scope = {key: value for key, value in (("direction", direction), ("stream", stream)) if value}
            undo = _publication(port, action="release", **scope)
        case Staff(lane=lane):
            undo = request("DELETE", f"/api/v1/ports/{quote(port.id)}/lanes/{quote(lane)}/staffing")
        case Notice(direction=direction):
            query = f"?{urlencode({'direction': direction})}" if direction else ""
            undo = request("DELETE", f"/api/v1/ports/{quote(port.id)}/notices{query}")
        case _:
            return None
    return Button(t("undo"), t("take_back_named", what=what), undo, t("undone"))


def _publication(port: PortConfig, **body: Any) -> str:
    return request("PUT", f"/api/v1/ports/{quote(port.id)}/publication", body)


def request(method: str, url: str, body: Mapping[str, Any] | None = None) -> str:
    """A request as JSON for a data attribute."""
    return json.dumps({"method": method, "url": url, "body": body}, ensure_ascii=False)
