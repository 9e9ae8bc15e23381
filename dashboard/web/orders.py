"""What a manager orders over HTTP: staffing, hold, withdraw, release, notices; and who ordered what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from dashboard.access.audit import Audit
from dashboard.access.guard import Person
from dashboard.feeds.instants import iso_z
from dashboard.orders.giving import Desk, NothingShownError, When
from dashboard.orders.order import By, Hold, Notice, Order, Staff, What
from dashboard.orders.orders import Orders
from dashboard.orders.rules import OrderError
from dashboard.portconfig import StreamId
from dashboard.store.store import StoreAwayError
from dashboard.web.feeds import OWN_MAX_AGE_S
from dashboard.web.instant import Instant
from dashboard.web.paging import Before, Begins, Ends, Limit, stretch
from dashboard.web.problems import ProblemError
from dashboard.web.source import Source

Json = dict[str, Any]
Done = TypeVar("Done")
Minutes = Annotated[float, Field(gt=0, allow_inf_nan=False, description="how long, in minutes")]
Note = Annotated[str, Field(max_length=300, description="for colleagues, never published")]


class Timed(BaseModel):
    """How long an order holds: `until`, or `for_min` from now, or as long as usual."""

    model_config = ConfigDict(extra="forbid")

    until: Instant | None = None
    for_min: Minutes | None = None
    note: Note | None = None

    def when(self, begins: datetime | None = None) -> When:
        """In UTC seconds."""
        return When(
            None if begins is None else begins.timestamp(),
            None if self.until is None else self.until.timestamp(),
            self.for_min,
        )


class StaffingBody(Timed):
    """A booth lane opens or closes, now or at `from`; `serves` where its class changes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"state": "open", "serves": ["commercial/fast"], "from": "2026-11-25T19:00:00Z"}]
        },
    )

    state: Literal["open", "closed"]
    serves: Annotated[tuple[StreamId, ...], Field(min_length=1)] | None = None
    begins: Annotated[Instant | None, Field(alias="from")] = None


class PublicationBody(Timed):
    """Hold, withdraw or release the figures of the port, of a direction, or of one stream of it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"action": "hold", "direction": "us_bound", "for_min": 30}]},
    )

    action: Literal["hold", "withdraw", "release"]
    direction: str | None = None
    stream: StreamId | None = None


class NoticeBody(Timed):
    """A sentence for travellers in both languages, for the port or for one direction."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"en": "Two lanes are closed for works.", "fr": "Deux voies sont fermées."}]
        },
    )

    en: str
    fr: str
    direction: str | None = None


def add_orders(app: FastAPI, source: Source, orders: Orders) -> None:
    """The routes of dashboard/orders."""
    desk = Desk(orders, source.config, source.now, source.published)
    _add_staffing(app, source, desk)
    _add_publication(app, source, desk)
    _add_notices(app, source, desk)
    _add_audit(app, source, orders)


def _by(source: Source) -> Any:
    """The dependency that gives the manager who asks, and from where."""
    required = source.guard.require("manager")

    def by(request: Request, person: Person = Depends(required)) -> By:  # noqa: B008 - how FastAPI asks
        return By(person.name, request.client.host if request.client else "")

    return Depends(by)


def _add_staffing(app: FastAPI, source: Source, desk: Desk) -> None:
    manager, viewer = _by(source), Depends(source.guard.require("viewer"))

    @app.put("/api/v1/ports/{port}/lanes/{lane}/staffing")
    def announce(port: str, lane: str, body: StaffingBody, by: By = manager) -> Json:
        said = Staff("", lane, body.state, body.serves)
        when = body.when(body.begins)
        return order_json(_done(lambda: desk.staff(port, lane, said, by, when, body.note)))

    @app.delete("/api/v1/ports/{port}/lanes/{lane}/staffing")
    def take_back(port: str, lane: str, by: By = manager) -> Json:
        return _listed(_done(lambda: desk.end_staffing(port, lane, by)))

    @app.get("/api/v1/ports/{port}/staffing", dependencies=[viewer])
    def announced(port: str) -> Json:
        return _listed(_standing(desk, port, Staff))


def _add_publication(app: FastAPI, source: Source, desk: Desk) -> None:
    manager, viewer = _by(source), Depends(source.guard.require("viewer"))

    @app.put("/api/v1/ports/{port}/publication")
    def publication(port: str, body: PublicationBody, by: By = manager) -> Json:
        scope = Hold(body.direction, body.stream)

        def done() -> list[Order]:
            if body.action == "hold":
                return [desk.hold(port, scope, by, body.when(), body.note)]
            if body.until is not None or body.for_min is not None:
                raise OrderError(f"`{body.action}` takes no time; leave out `until` and `for_min`.")
            if body.action == "withdraw":
                return desk.withdraw(port, scope, by, body.note)
            return desk.release(port, scope, by)

        return _listed(_done(done))

    @app.get("/api/v1/ports/{port}/publication", dependencies=[viewer])
    def held(port: str) -> Json:
        return _listed(_standing(desk, port, Hold))


def _add_notices(app: FastAPI, source: Source, desk: Desk) -> None:
    manager = _by(source)

    @app.put("/api/v1/ports/{port}/notices")
    def say(port: str, body: NoticeBody, by: By = manager) -> Json:
        notice = Notice(body.en, body.fr, body.direction)
        return order_json(_done(lambda: desk.notice(port, notice, by, body.when(), body.note)))

    @app.delete("/api/v1/ports/{port}/notices")
    def unsay(port: str, direction: str | None = None, by: By = manager) -> Json:
        return _listed(_done(lambda: desk.end_notices(port, direction, by)))

    @app.get("/api/v1/ports/{port}/notices")
    def said(port: str, reply: Response) -> Json:
        standing = _standing(desk, port, Notice)
        reply.headers["Cache-Control"] = f"public, max-age={OWN_MAX_AGE_S}"
        return {"notices": [public_notice(order) for order in standing]}


def _add_audit(app: FastAPI, source: Source, orders: Orders) -> None:
    manager = Depends(source.guard.require("manager"))
    audit = Audit(orders.store)

    @app.get("/api/v1/audit", dependencies=[manager])
    def trail(before: Before = None, limit: Limit = 100, begins: Begins = None, ends: Ends = None) -> Json:
        from_s, to_s = stretch(begins, ends)
        lines = _done(lambda: audit.page(before, limit, from_s, to_s))
        entries = [
            {
                "id": number,
                "at": iso_z(line.at_s),
                "who": line.who,
                "address": line.address,
                "what": line.what,
                "detail": line.detail,
                "outcome": line.outcome,
            }
            for number, line in lines
        ]
        return {"entries": entries, "before": lines[-1][0] if len(lines) == limit else None}

    @app.get("/api/v1/ports/{port}/orders", dependencies=[manager])
    def given(
        port: str, before: Before = None, limit: Limit = 100, begins: Begins = None, ends: Ends = None
    ) -> Json:
        from_s, to_s = stretch(begins, ends)
        rows = _done(lambda: orders.page(port, before, limit, from_s, to_s))
        return _listed(rows) | {"before": rows[-1].id if len(rows) == limit else None}


def order_json(order: Order) -> Json:
    """An order as the desk shows it."""
    return {
        "id": order.id,
        "kind": order.kind,
        "who": order.who,
        "at": iso_z(order.at_s),
        "from": iso_z(order.from_s),
        "until": iso_z(order.until_s),
        "port": order.port,
        **{name: value for name, value in msgspec.to_builtins(order.what).items() if name != "type"},
        "note": order.note,
    }


def public_notice(order: Order) -> Json:
    """A notice without who wrote it."""
    assert isinstance(order.what, Notice)
    return {
        "direction": order.what.direction,
        "en": order.what.en,
        "fr": order.what.fr,
        "from": iso_z(order.from_s),
        "until": iso_z(order.until_s),
    }


def _listed(orders: Iterable[Order]) -> Json:
    return {"orders": [order_json(order) for order in orders]}


def _standing(desk: Desk, port: str, kind: type[What]) -> list[Order]:
    _done(lambda: desk.check_port(port))
    standing = desk.orders.book().standing(port, desk.now())
    return [order for order in standing if isinstance(order.what, kind)]


def _done(action: Callable[[], Done]) -> Done:
    try:
        return action()
    except NothingShownError as error:
        raise ProblemError(409, str(error)) from None
    except OrderError as error:
        raise ProblemError(422, str(error)) from None
    except StoreAwayError as error:
        raise ProblemError(503, f"The database is away: {error}. Nothing was ordered; try again.") from None
