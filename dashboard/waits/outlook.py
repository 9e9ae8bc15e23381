"""What is known of one direction at a moment, frozen: enough to roll it forward and to ask what if."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.waits.plan import Window
from dashboard.waits.staffing import Staffing


@dataclass(frozen=True, slots=True)
class BoothOutlook:
    """`windows`: when the booth takes vehicles of each stream, announcements included; `seen`: the streams
    that it takes now, without them; `drains_s`: how long those in its lane are served once it has closed."""

    lane: str
    serves: tuple[str, ...]
    seen: tuple[str, ...]
    windows: tuple[tuple[str, tuple[Window, ...]], ...]
    drains_s: float = 0.0

    def of(self, stream: str) -> tuple[Window, ...]:
        """When it takes vehicles of the stream."""
        return next((windows for name, windows in self.windows if name == stream), ())


@dataclass(frozen=True, slots=True)
class Learned:
    """What forecasts `after_s` ahead have taught so far: the `factor` for their intervals to hold 90 %, and
    `weights` (sum 1) of the wait now, the queue rolled forward, and the mean of the last hours."""

    after_s: float
    factor: float
    weights: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class StreamOutlook:
    """One stream. `wait_s`, `low_s`, `high_s`: expected wait now, None where it cannot be told;
    `usual_wait_s`: its mean over the last hours; `bound`: the queue goes beyond what is seen.

    `rate_per_s` arrives lately, `usual_per_s` over the last hours; `working` of its `booths` are seen to take
    vehicles; a departure of one of them takes `cycle_s`, with coefficient of variation `cv`.
    It has been counted for `counted_s`.

    While its booths are closed it goes to those of `host`. It stands behind the queue of `behind` as soon as
    that waits `behind_s` (shared approach).
    """

    stream: str
    wait_s: float | None
    low_s: float
    high_s: float
    rate_per_s: float
    usual_per_s: float
    working: int
    booths: int
    cycle_s: float
    cv: float
    host: str | None = None
    behind: str | None = None
    behind_s: float = 0.0
    usual_wait_s: float | None = None
    bound: bool = False
    learned: tuple[Learned, ...] = ()
    counted_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Outlook:
    """One direction of a port at `at_s`."""

    at_s: float
    timezone: str
    streams: tuple[StreamOutlook, ...]
    booths: tuple[BoothOutlook, ...]

    def stream(self, name: str) -> StreamOutlook | None:
        """The stream `traffic/class`."""
        return next((one for one in self.streams if one.stream == name), None)

    def with_change(self, change: Staffing) -> Outlook:
        """The same, if the booth did what `change` says while it is in force."""
        booths = (_changed(booth, change) if booth.lane == change.lane else booth for booth in self.booths)
        return replace(self, booths=tuple(booths))

    def unannounced(self) -> Outlook:
        """The same, if nobody had announced anything: booths go on as they are seen."""
        always = (Window(self.at_s, math.inf),)
        booths = (
            replace(booth, windows=tuple((name, always) for name in booth.seen)) for booth in self.booths
        )
        return replace(self, booths=tuple(booths))


def _changed(booth: BoothOutlook, change: Staffing) -> BoothOutlook:
    serves = change.serves or booth.serves
    given = Window(change.from_s, change.until_s)
    names = dict.fromkeys([*(name for name, _ in booth.windows), *serves])
    windows = []
    for name in names:
        kept = _without(booth.of(name), given)
        if change.state == "open" and name in serves:
            kept = [*kept, given]
        windows.append((name, tuple(sorted(kept, key=lambda window: window.from_s))))
    return replace(booth, windows=tuple(windows))


def _without(windows: Sequence[Window], gap: Window) -> list[Window]:
    """The windows, but for the time of `gap`."""
    parts = []
    for one in windows:
        parts.append(Window(one.from_s, min(one.until_s, gap.from_s)))
        parts.append(Window(max(one.from_s, gap.until_s), one.until_s))
    return [part for part in parts if part.until_s > part.from_s]
