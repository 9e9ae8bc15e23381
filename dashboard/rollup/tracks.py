"""One lane as one camera of one node gives it, over restarts of the node. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.rollup.series import CARRY_S, Ledger, Sample, Series, Total, start_of_boot
from edge.messages import LaneReport

FORGET_BOOT_S = 3600.0
BOOTS_KEPT = 20
LARGEST_TOTAL = 1e9
LONGEST_QUEUE_M = 1e5


class Track:
    """Series and ledgers by boot. Times are UTC seconds, already corrected by the node's clock offset."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}
        self._ledgers: dict[tuple[str, Total], Ledger] = {}

    def add(self, boot: str, sample: Sample, start_s: float, up_s: float) -> None:
        """Take in a sample of a report that began at `start_s`, when the boot had run for at least `up_s`.

        A boot starts from 0 with its first report. When that one is not known, it starts from 0 at the
        latest `up_s` before, if that is near; otherwise nothing is known of what was before this sample.
        """
        series = self._series.setdefault(boot, Series())
        if not series.begun:
            begin_s = start_s if sample.seq == 1 else sample.end_s - up_s
            if sample.seq == 1 or begin_s >= start_s - CARRY_S:
                series.add(start_of_boot(begin_s))
        series.add(sample)

    def observed_s(self, start_s: float, end_s: float) -> float:
        """For how long the lane was seen between two times."""
        return sum(series.grown(Total.OBSERVED_S, start_s, end_s) or 0.0 for series in self._series.values())

    def grown(self, total: Total, start_s: float, end_s: float) -> float | None:
        """Growth of a total over the boots that saw the lane in that time; None when one did not give it."""
        parts = [series.grown(total, start_s, end_s) for series in self._seeing(start_s, end_s)]
        known = [part for part in parts if part is not None]
        return sum(known) if known and len(known) == len(parts) else None

    def mean(self, total: Total, start_s: float, end_s: float) -> float | None:
        """Growth of a total per second that the lane was seen."""
        grown, observed_s = self.grown(total, start_s, end_s), self.observed_s(start_s, end_s)
        return None if grown is None or observed_s <= 0 else max(0.0, grown / observed_s)

    def take(self, total: Total, start_s: float, end_s: float, not_before_s: float) -> int | None:
        """Vehicles not yet handed out, see Ledger; None when the lane's count was not measured."""
        if self.grown(total, start_s, end_s) is None:
            return None
        taken = [
            self._ledger(boot, total).take(series, start_s, end_s, not_before_s)
            for boot, series in self._series.items()
        ]
        return sum(count for count in taken if count is not None)

    def last_in(self, start_s: float, end_s: float) -> Sample | None:
        """The newest sample of that time, over all boots."""
        found = [series.last_in(start_s, end_s) for series in self._series.values()]
        return max((sample for sample in found if sample), key=lambda sample: sample.end_s, default=None)

    def forget_before(self, at_s: float) -> None:
        """Forget samples, boots that ended an hour before, and the oldest of a node that never stays up."""
        for place, (boot, series) in enumerate(reversed(list(self._series.items()))):
            series.forget_before(at_s)
            if series.newest_s < at_s - FORGET_BOOT_S or place >= BOOTS_KEPT:
                del self._series[boot]
                self._ledgers = {key: kept for key, kept in self._ledgers.items() if key[0] != boot}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept any more."""
        return not self._series

    def _seeing(self, start_s: float, end_s: float) -> Iterator[Series]:
        for series in self._series.values():
            if (series.grown(Total.OBSERVED_S, start_s, end_s) or 0.0) > 0.0:
                yield series

    def _ledger(self, boot: str, total: Total) -> Ledger:
        return self._ledgers.setdefault((boot, total), Ledger(total))


def sample_of(lane: LaneReport, seq: int, end_s: float) -> Sample:
    """The totals of a lane's report, corrections added to the line counts.

    A figure beyond all reason (any bytes may be a report) is taken as not measured.
    """
    totals: tuple[float | None, ...] = (
        lane.observed_s,
        lane.arrived,
        lane.departed,
        lane.in_view_vs,
        lane.stopped_vs,
        lane.full_s,
        lane.booth.occupied_s if lane.booth else None,
    )
    length_m = _within(lane.queue.length_m if lane.queue else None, LONGEST_QUEUE_M)
    sign = lane.booth.sign if lane.booth else None
    return Sample(seq, end_s, tuple(_within(total, LARGEST_TOTAL) for total in totals), length_m, sign)


def _within(value: float | None, limit: float) -> float | None:
    return float(value) if value is not None and -limit <= value <= limit else None
