"""What central shows at a moment: the frozen values that pass from the wait loop to feeds and pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dashboard.waits.outlook import Outlook
from dashboard.waits.state import StreamState
from dashboard.waits.weekly import NO_PAST, Weekly


@dataclass(frozen=True, slots=True)
class LaneView:
    """One lane as last reported; None where nothing was. Counts are those of the current boots."""

    lane: str
    kind: str
    serves: tuple[str, ...]
    nodes: tuple[str, ...]
    in_view: int | None
    stopped: int | None
    length_m: float | None
    at_least: bool | None
    why: str | None
    arrivals: int | None
    departures: int | None
    booth_occ: float | None
    measured_at_s: float | None
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraView:
    """One camera as its node sees it; `dropped` frames since the node started."""

    camera: str
    state: str
    fps: float | None = None
    dropped: int = 0
    inference_ms: float | None = None


@dataclass(frozen=True, slots=True)
class PlatesView:
    """Of the vehicles whose plate a node looked for since it started: how many it `read`."""

    asked: int
    read: int


@dataclass(frozen=True, slots=True)
class HealthView:
    """What a node said of itself at `at_s` (UTC s, by its own clock); `software` and `model` once told."""

    at_s: float
    cameras: tuple[CameraView, ...]
    outbox_rows: int
    disk_free_mb: float | None = None
    temperature_c: float | None = None
    synced: bool = True
    clock_offset_s: float | None = None
    outbox_on_disk: bool = True
    receipt_age_s: float | None = None
    software: str | None = None
    model: str | None = None
    provider: str | None = None
    plates: PlatesView | None = None


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node: whether the broker holds it online, its newest report, rows that never came (`gaps`)."""

    node: str
    online: bool | None
    last_report_s: float | None
    rows: int
    gaps: int
    health: HealthView | None = None


@dataclass(frozen=True, slots=True)
class DirectionView:
    """One direction of a port: `streams` as the engine says now, `shown` as published (None: the same).

    `outlook` and `weekly` are what forecasts are made of.
    """

    port: str
    direction: str
    streams: tuple[StreamState, ...]
    lanes: tuple[LaneView, ...]
    nodes: tuple[NodeView, ...]
    shown: tuple[StreamState, ...] | None = None
    outlook: Outlook | None = None
    weekly: Weekly = NO_PAST


@dataclass(frozen=True, slots=True)
class AsideView:
    """Messages of one topic that are not used for one reason, `times` of them, the newest at `at_s`."""

    topic: str
    reason: str
    times: int
    at_s: float


@dataclass(frozen=True, slots=True)
class TroubleView:
    """What keeps a part that runs beside central from its work, since `since_s` (UTC s).

    `part`: `public_broker`, `webhook` or `official`; `name`: which of them; `port`: whose, None: all.
    `why` is a sentence without a full stop; `refused`: it was reached, and takes nothing from us.
    `next_s`: when it is tried again (UTC s), where that is known.
    """

    part: str
    why: str
    since_s: float
    refused: bool = False
    name: str = ""
    port: str | None = None
    next_s: float | None = None


Part = Literal["broker", "database", "ingest", "figures"]


@dataclass(frozen=True, slots=True)
class Lack:
    """What central is without: which part of it, and why, in a sentence that may hold addresses."""

    part: Part
    why: str


@dataclass(frozen=True, slots=True)
class Board:
    """All directions as computed at `at_s` (UTC seconds).

    A reader at a later time must withdraw every figure whose `valid_until_s` has passed.
    `set_aside` counts messages that were malformed or came from nodes and lanes that port.yaml does not name,
    `asides` are the newest of them;
    `trouble` says what central is without, None when all is well;
    `beside` is what hurts no figure here, but those who read elsewhere.
    """

    at_s: float
    directions: tuple[DirectionView, ...]
    set_aside: int = 0
    trouble: Lack | None = None
    asides: tuple[AsideView, ...] = ()
    beside: tuple[TroubleView, ...] = ()


class BoardHolder:
    """The newest board; one writer, many readers (assignment of one reference is atomic)."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._watchers: tuple[Callable[[], object], ...] = ()

    def watch(self, posted: Callable[[], object]) -> None:
        """Have `posted` called after every new board, on the writer's thread: it must be quick."""
        self._watchers = (*self._watchers, posted)

    def post(self, board: Board) -> None:
        """Replace the board."""
        self._board = board
        for posted in self._watchers:
            posted()

    def newest(self) -> Board:
        """The board posted last."""
        return self._board
