"""Whether the figures that came out of the chain agree with the truth of the recording. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FIRST_S = 60.0
"""Waits of the first minute are shown, not judged: the engine has seen no booth serve yet."""

WITHIN_S = 15.0
WITHIN_SHARE = 0.20
NEEDED_SHARE = 0.80
NEEDED_SAMPLES = 20
NEEDED_WAIT_S = 40.0


@dataclass(frozen=True, slots=True)
class LaneCount:
    """Vehicles counted over one line, and how many there were; `counted` None: not measured."""

    lane: str
    line: str
    counted: int | None
    true: int


@dataclass(frozen=True, slots=True)
class WaitSample:
    """What the feed said of a stream `at_s` seconds after the start, and the true wait then (s)."""

    at_s: float
    stream: str
    wait_s: float | None
    low_s: float | None
    high_s: float | None
    true_s: float | None


@dataclass(frozen=True, slots=True)
class StreamScore:
    """One stream over its `samples` judged samples; `width_limit_s` is the mean of 2 x true + 60 s."""

    stream: str
    samples: int
    within_share: float
    peak_true_s: float
    mean_width_s: float | None
    width_limit_s: float
    covered_share: float

    @property
    def faults(self) -> list[str]:
        """What is wrong, in words; empty when the stream passes."""
        found = []
        if self.samples < NEEDED_SAMPLES:
            found.append(f"{self.samples} samples, {NEEDED_SAMPLES} are needed: let it run longer")
        if self.peak_true_s < NEEDED_WAIT_S:
            found.append(
                f"the longest true wait is {self.peak_true_s:.0f} s, {NEEDED_WAIT_S:.0f} s are needed"
            )
        if self.within_share < NEEDED_SHARE:
            found.append(f"{self.within_share:.0%} of the waits are right, {NEEDED_SHARE:.0%} are needed")
        if self.mean_width_s is None or self.mean_width_s > self.width_limit_s:
            width = "none" if self.mean_width_s is None else f"{self.mean_width_s:.0f} s"
            found.append(f"the mean interval is {width}, at most {self.width_limit_s:.0f} s are allowed")
        return found


def is_right(sample: WaitSample) -> bool:
    """Within max(15 s, 20 %) of the truth and with both bounds; a missing figure is wrong."""
    if sample.wait_s is None or sample.low_s is None or sample.high_s is None or sample.true_s is None:
        return False
    return abs(sample.wait_s - sample.true_s) <= max(WITHIN_S, WITHIN_SHARE * sample.true_s)


def score_stream(stream: str, samples: Sequence[WaitSample]) -> StreamScore:
    """Judge one stream over the samples after the first minute whose truth can be told."""
    known = [
        (s, s.true_s) for s in samples if s.stream == stream and s.at_s >= FIRST_S and s.true_s is not None
    ]
    bounds = [(s.low_s, s.high_s, true) for s, true in known if s.low_s is not None and s.high_s is not None]
    count = max(len(known), 1)
    return StreamScore(
        stream=stream,
        samples=len(known),
        within_share=sum(is_right(s) for s, _ in known) / count,
        peak_true_s=max((true for _, true in known), default=0.0),
        mean_width_s=sum(high - low for low, high, _ in bounds) / len(bounds) if bounds else None,
        width_limit_s=sum(2 * true + 60 for _, true in known) / count,
        covered_share=sum(low <= true <= high for low, high, true in bounds) / count,
    )


def count_faults(counts: Sequence[LaneCount]) -> list[str]:
    """Lines whose count is not exact, in words."""
    return [
        f"{c.lane} {c.line} line: counted {'nothing' if c.counted is None else c.counted}, true {c.true}"
        for c in counts
        if c.counted != c.true
    ]
