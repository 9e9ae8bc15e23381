"""What was committed on the nodes against what central holds. Pure, but for reading central's database."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.config import CentralConfig
from dashboard.minutes import LaneMinute
from dashboard.rollup.rollup import RollUp
from edge.messages import NodeReport, decode

Key = tuple[str, str, int]
"""Node, boot, seq."""
Down = tuple[float, float]
"""UTC seconds between which a node did not run, by the clock of who killed it."""
HALF = 0.5
ATTRIBUTES = {
    "arrivals": ("arrivals",),
    "queue": ("in_view_mean", "stopped_mean", "length_m", "full"),
    "departures": ("departures",),
    "booth": ("booth_occ",),
    "sign": (),
}
"""Which figures of a LaneMinute a source gives."""


@dataclass(frozen=True, slots=True)
class Held:
    """A row of central's store."""

    key: Key
    received_at_s: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """All must be 0 but those that say how much was looked at."""

    boots: int
    committed: int
    stored: int
    lost: int
    twice: int
    changed: int
    gaps: int
    left_in_outbox: int
    counted_committed: int
    counted_stored: int
    blind_s: float
    blind_claimed_s: float
    blind_slices: int
    blind_slices_with_figures: int

    @property
    def is_good(self) -> bool:
        """Nothing lost, nothing twice, nothing invented."""
        faults = (self.lost, self.twice, self.changed, self.gaps, self.left_in_outbox)
        told = self.blind_claimed_s == 0 and self.blind_slices_with_figures == 0
        return not any(faults) and told and self.counted_committed == self.counted_stored > 0


def read_store(database: Path) -> list[Held]:
    """Every row, in order of arrival."""
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = db.execute("SELECT node, boot, seq, received_at_s, payload FROM reports ORDER BY ingest_id")
        return [Held((node, boot, seq), at_s, payload) for node, boot, seq, at_s, payload in rows]
    finally:
        db.close()


def judge(
    committed: Mapping[Key, bytes],
    held: Sequence[Held],
    stored: Sequence[Mapping[str, object]],
    left: int,
    downs: Mapping[str, Sequence[Down]],
    config: CentralConfig,
) -> Verdict:
    """`stored` is what `lanewatch-port stored` wrote, `left` what the nodes still have to send."""
    payloads = {row.key: row.payload for row in held}
    reports = {key: decode("report", payload) for key, payload in payloads.items()}
    blind = blind_slices(config, held, reports, downs)
    return Verdict(
        boots=len({key[:2] for key in committed}),
        committed=len(committed),
        stored=len(held),
        lost=len(set(committed) - set(payloads)),
        twice=len(held) - len(payloads),
        changed=sum(payloads.get(key, payload) != payload for key, payload in committed.items()),
        gaps=sum(len(row["gaps"]) + (row["first_seq"] != 1) for row in stored),  # type: ignore[arg-type]
        left_in_outbox=left,
        counted_committed=_counted({key: decode("report", payload) for key, payload in committed.items()}),
        counted_stored=_counted(reports),
        blind_s=round(sum(end - start for spans in downs.values() for start, end in spans), 1),
        blind_claimed_s=round(_claimed_s(reports, downs), 1),
        blind_slices=len(blind),
        blind_slices_with_figures=sum(any(value is not None for value in values) for values in blind),
    )


def _counted(reports: Mapping[Key, NodeReport]) -> int:
    """Crossings of all lines: the last, cumulative, figure of each boot, added up."""
    newest: dict[tuple[str, str], NodeReport] = {}
    for (node, boot, _), report in sorted(reports.items()):
        if report.lanes is not None:
            newest[node, boot] = report
    lanes = itertools.chain.from_iterable(report.lanes or () for report in newest.values())
    return sum((lane.arrived or 0) + (lane.departed or 0) for lane in lanes)


def _claimed_s(reports: Mapping[Key, NodeReport], downs: Mapping[str, Sequence[Down]]) -> float:
    """Seconds of blind time that some report says it observed.

    A report that spans a down time could only come from a boot that claims to have lived through it.
    """
    claimed_s = 0.0
    for (node, _, _), report in reports.items():
        start, end = report.start.timestamp(), report.end.timestamp()
        if report.lanes is not None:
            claimed_s += sum(max(0.0, min(end, to) - max(start, since)) for since, to in downs[node])
    return claimed_s


def blind_slices(
    config: CentralConfig,
    held: Iterable[Held],
    reports: Mapping[Key, NodeReport],
    downs: Mapping[str, Sequence[Down]],
) -> list[tuple[object, ...]]:
    """Of each lane and slice for more than half of which a source was down: the figures that it gives.

    They are those of central's own roll-up over the stored rows; all have to be None.
    """
    found: list[tuple[object, ...]] = []
    for port in config.ports:
        for direction in port.directions:
            rollup = RollUp(port.id, direction, config.slice_s)
            slices = [one for row in held for one in rollup.add(reports[row.key], row.received_at_s)]
            rows = {(row.lane, row.start_s): row for one in slices for row in one}
            for lane in direction.lanes:
                for source in lane.all_sources():
                    names = [name for figure in source.gives for name in ATTRIBUTES[figure]]
                    blind = [
                        r for r in rows.values() if r.lane == lane.id and _is_down(r, downs[source.node])
                    ]
                    found += [tuple(getattr(row, name) for name in names) for row in blind]
    return found


def _is_down(row: LaneMinute, spans: Sequence[Down]) -> bool:
    down_s = sum(max(0.0, min(row.end_s, end) - max(row.start_s, start)) for start, end in spans)
    return down_s > HALF * row.length_s
