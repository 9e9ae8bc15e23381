"""What stands around every page of the desk: who, where, which tab, and the state of the link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.access.guard import LOCAL, ROLES, Person
from dashboard.portconfig import PortConfig
from dashboard.web.desk.words import Said, Tongue
from dashboard.web.source import Source

PORT_TABS = ("live", "history", "outlook", "accuracy", "equipment", "journal")
SCRIPT_WORDS = (
    *("ago.now", "ago.s", "ago.min", "ago.h", "ago.d", "for.s", "for.min", "for.h"),
    *("link.live", "link.lost", "link.stalled", "link.back", "link.signed_out"),
    *("undo", "undone", "failed", "no_answer", "too_old"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the desk in the navigation."""

    name: str
    path: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """`tabs` of the port in hand, `ports` where there are several; `account` is where one signs out."""

    t: Tongue
    tab: str
    title: str
    port: PortConfig | None
    tabs: tuple[Tab, ...]
    ports: tuple[Tab, ...]
    wall: str
    other_path: str
    person: str
    account: str
    may_order: bool
    now_s: float
    clock: str
    trouble: Said | None
    set_aside: int
    valid_s: int
    script_words: str


def frame(
    source: Source, t: Tongue, person: Person, tab: str, port: PortConfig | None, query: str = ""
) -> Frame:
    """The frame of page `tab` (of `port`), on which `query` is chosen, at this moment."""
    now_s, board = source.now(), source.holder.newest()
    name = port.name.in_language(t.language) if port else t("tab.overview")
    manages = ROLES.index(person.role) >= ROLES.index("manager")
    return Frame(
        t=t,
        tab=tab,
        title=name,
        port=port,
        tabs=_tabs(t, tab, port, manages) if port else (),
        ports=_ports(source, t, port),
        wall=path_of(t, port, "wall"),
        other_path=path_of(t.other, port, tab) + query,
        person=t("person", name=person.name, role=t(f"role.{person.role}")),
        account="" if person == LOCAL else f"{t.root.removesuffix('/manager')}/account",
        may_order=source.orders is not None and manages,
        now_s=now_s,
        clock=t.clock_zone(now_s, zone_of(source, port)),
        trouble=None if (trouble := source.trouble()) is None else t.said(trouble.why),
        set_aside=board.set_aside,
        valid_s=source.config.valid_s,
        script_words=script_words(t),
    )


def zone_of(source: Source, port: PortConfig | None) -> str:
    """The time zone of a port's first direction; of the first port where none is chosen."""
    return (port or source.config.ports[0]).directions[0].timezone


def path_of(t: Tongue, port: PortConfig | None, tab: str) -> str:
    """The address of a page in the language of `t`."""
    if tab == "wall":
        return f"{t.root}/wall" + (f"?port={port.id}" if port else "")
    if port is None:
        return t.root
    base = f"{t.root}/ports/{port.id}"
    return base if tab == "live" else f"{base}/{tab}"


def script_words(t: Tongue) -> str:
    """The few words that the scripts need, as JSON that may stand inside a script element."""
    words: Mapping[str, str] = {
        key: t(key, **{name: f"{{{name}}}" for name in _BRACES}) for key in SCRIPT_WORDS
    }
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")


_BRACES = ("n", "age", "why", "clock")


def _tabs(t: Tongue, tab: str, port: PortConfig, manages: bool) -> tuple[Tab, ...]:
    """The journal tells of people; it is for managers."""
    names = [one for one in PORT_TABS if manages or one != "journal"]
    return tuple(Tab(t(f"tab.{one}"), path_of(t, port, one), one == tab) for one in names)


def _ports(source: Source, t: Tongue, port: PortConfig | None) -> tuple[Tab, ...]:
    if len(source.config.ports) < 2:
        return ()
    names = [
        (one.name.in_language(t.language), path_of(t, one, "live"), one is port)
        for one in source.config.ports
    ]
    overview = Tab(t("tab.overview"), t.root, port is None)
    return (overview, *(Tab(*one) for one in names))
