"""Judging what arrived: pure, from topic and payload to what central does with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, get_args

from dashboard.config import CentralConfig
from dashboard.rollup.late import OLDEST_S
from dashboard.rollup.rollup import AHEAD_S
from dashboard.store.events import NodeEvent
from dashboard.store.store import Incoming, SetAside
from edge.messages import Address, MessageError, NodeReport, Receipt, Status, address_of, decode, utc_ms

Named = Mapping[tuple[str, str], frozenset[str]]
"""(port, node) -> the lanes of that port, for every node that port.yaml names."""


Fault = Literal["topic", "malformed", "other_node", "unprintable", "unnamed_node", "unnamed_lane"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
"""Why a message is not used, as a label; the reason in words names fields and ids, without end."""

_address = lru_cache(maxsize=4096)(address_of)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one message: store `report`, count `set_aside`, note `said` of node `address`.

    `fault` is the kind of why it was set aside; `event` is what the report tells of its node; a report that
    is `off_time` is stored, and no figure rests on it.
    """

    report: Incoming | None = None
    set_aside: SetAside | None = None
    address: Address | None = None
    said: Any = None
    fault: Fault | None = None
    event: NodeEvent | None = None
    off_time: bool = False


def named_in(config: CentralConfig) -> dict[tuple[str, str], frozenset[str]]:
    """The nodes of port.yaml, each with all lanes of its port."""
    named: dict[tuple[str, str], frozenset[str]] = {}
    for port in config.ports:
        lanes = [lane for direction in port.directions for lane in direction.lanes]
        ids = frozenset(lane.id for lane in lanes)
        named |= {(port.id, source.node): ids for lane in lanes for source in lane.all_sources()}
    return named


def judge(topic: str, payload: bytes, at_s: float, named: Named) -> Verdict:
    """Read one message that came at `at_s`; never raises, whatever the bytes.

    A well-formed report is stored even when port.yaml does not name its node or lane: it is held, so it may
    be receipted, and it is counted as set aside because no wait rests on it.
    """
    address = _address(topic)
    if address is None:
        return _aside(topic, payload, at_s, "topic", "a topic that is not in the table")
    try:
        message = decode(address.name, payload)
    except MessageError as error:
        return _aside(topic, payload, at_s, "malformed", str(error), address)
    if not isinstance(message, NodeReport):
        if (address.port, address.node) in named:
            return Verdict(address=address, said=message)
        return _aside(topic, payload, at_s, "unnamed_node", _not_named(address), address)
    misplaced = _misplaced(message, address)
    if misplaced is not None:
        return _aside(topic, payload, at_s, *misplaced, address)
    off_time = _is_off_time(message, at_s)
    kept = Verdict(Incoming.of(at_s, message, payload), None, address, off_time=off_time)
    unnamed = _unnamed(message, address, named)
    if unnamed is None:
        event = NodeEvent.of(message, at_s)
        return kept if event is None else replace(kept, event=event)
    fault, reason = unnamed
    return replace(kept, set_aside=SetAside(at_s, topic, reason, payload), fault=fault)


def _aside(
    topic: str, payload: bytes, at_s: float, fault: Fault, reason: str, address: Address | None = None
) -> Verdict:
    return Verdict(set_aside=SetAside(at_s, topic, reason, payload), address=address, fault=fault)


def _is_off_time(report: NodeReport, at_s: float) -> bool:
    """Whether it claims a time that cannot be (see rollup): a year off, or a minute ahead of us."""
    ahead_s = report.ahead_s
    if report.kind != "report" or ahead_s is None:
        return False
    old_s = at_s - (report.end.timestamp() - ahead_s)
    return not -AHEAD_S <= old_s <= OLDEST_S


def _misplaced(report: NodeReport, address: Address) -> tuple[Fault, str] | None:
    if (report.port, report.node) != (address.port, address.node):
        return "other_node", f"says port {report.port}, node {report.node}, against its topic"
    if not report.boot.isprintable():
        return "unprintable", "`boot` holds a character that cannot be printed"
    return None


def _unnamed(report: NodeReport, address: Address, named: Named) -> tuple[Fault, str] | None:
    lanes = named.get((report.port, report.node))
    if lanes is None:
        return "unnamed_node", _not_named(address)
    unknown = [lane.lane for lane in report.lanes or () if lane.lane not in lanes]
    return ("unnamed_lane", f"lane {unknown[0]} is not in port.yaml; add it to the port") if unknown else None


def _not_named(address: Address) -> str:
    return f"node {address.node} of port {address.port} is not in port.yaml; name it at a lane"


def receipts_for(reports: Iterable[Incoming], at_s: float) -> list[tuple[str, str, Receipt]]:
    """One (port, node, receipt) per boot for what was committed, seq merged to inclusive ranges."""
    boots: dict[tuple[str, str, str], set[int]] = {}
    for report in reports:
        boots.setdefault((report.port, report.node, report.boot), set()).add(report.seq)
    return [
        (port, node, Receipt(boot=boot, ranges=ranges_of(seqs), at=utc_ms(at_s)))
        for (port, node, boot), seqs in boots.items()
    ]


def ranges_of(seqs: Iterable[int]) -> list[tuple[int, int]]:
    """Inclusive ranges that cover exactly `seqs`, ascending."""
    ranges: list[tuple[int, int]] = []
    for seq in sorted(seqs):
        if ranges and seq == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], seq)
        else:
            ranges.append((seq, seq))
    return ranges


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a node's newest boot is connected to the broker."""

    online: bool
    status: Status


def present(known: Presence | None, status: Status) -> Presence:
    """The presence after `status`; an `offline` of an older boot changes nothing."""
    older = known is not None and known.status.boot != status.boot and status.at <= known.status.at
    if status.state == "offline" and older and known is not None:
        return known
    return Presence(status.state == "online", status)
