"""The wire contract: every topic and every message between nodes and central.

It needs msgspec only, so that both sides (and other people's tools) can import it. Times are UTC, figures
marked cumulative count since the node's boot, and `None` means not measured, never zero. No message can hold
itself, so the garbage collector need not look at them (`gc=False`): there are thousands a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from numbers import Integral, Real
from typing import Annotated, Any, Literal

import msgspec

PASSAGE_EDGES_S = (60, 120, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200)
"""Upper edges of `Passages.buckets`, seconds; one more bucket holds what is longer."""

VEHICLE_CLASSES = ("car", "van", "truck", "bus", "motorcycle")
"""The only classes that count; a detector's other classes (person, bicycle) never do."""

MAX_PAYLOAD_BYTES = 256 * 1024
"""A longer message is malformed; a node's report of 16 lanes takes about 8 kB."""

Kind = Literal["booth", "approach"]
Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,32}$")]
LaneId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,32}$")]
Boot = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class MessageError(ValueError):
    """A payload that is not the message that its topic promises; says which field and why."""


class Queue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The queue in one lane's area at the end of the report, or up to 2 s before it."""

    in_view: int
    stopped: int
    length_m: float | None = None
    at_least: bool
    why: str | None = None


class Booth(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What stands at the booth: `occupied_s` is cumulative seconds."""

    occupied_s: float | None = None
    sign: str | None = None
    sign_score: float | None = None


class Passages(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Travel times from tail line to standing at the booth, cumulative: sum (s), count, histogram."""

    sum_s: float
    count: int
    buckets: list[int]


class Corrections(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Signed totals to be added to the raw line counts; null adds nothing."""

    arrivals: int | None = 0
    departures: int | None = 0


class Quality(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How well the lane was seen during the tick.

    `residual`: vehicles that the counts hold between the lines, less those in view now; null where not known.
    """

    fps: float | None = None
    inference_ms: float | None = None
    degraded: list[str] = []
    residual: int | None = None


class LaneReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One lane as one camera saw it; every `_s`, `_vs` and count is cumulative since boot."""

    lane: LaneId
    camera: str
    kind: Kind
    observed_s: float
    arrivals: dict[str, int] | None = None
    departures: dict[str, int] | None = None
    in_view_vs: float | None = None
    stopped_vs: float | None = None
    full_s: float | None = None
    corrections: Corrections | None = Corrections()
    in_view_max: int | None = None
    queue: Queue | None = None
    booth: Booth | None = None
    passages: Passages | None = None
    quality: Quality | None = Quality()

    @property
    def arrived(self) -> int | None:
        """Vehicles over the tail line, of all classes, corrected."""
        return _corrected(self.arrivals, (self.corrections or Corrections()).arrivals)

    @property
    def departed(self) -> int | None:
        """Vehicles over the booth line, of all classes, corrected."""
        return _corrected(self.departures, (self.corrections or Corrections()).departures)


def _corrected(by_class: dict[str, int] | None, correction: int | None) -> int | None:
    return None if by_class is None else sum(by_class.values()) + (correction or 0)


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened to the node, e.g. `camera_lost`, `rows_dropped`."""

    type: str
    camera: str | None = None
    lane: str | None = None
    detail: Any = None


class NodeReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A tick (`kind: report`, with `lanes`) or an event (`kind: event`, with `event`) in one series."""

    v: Literal[1] = 1
    kind: Literal["report", "event"]
    port: Identifier
    node: Identifier
    boot: Boot
    seq: Seq
    start: datetime
    end: datetime
    synced: bool
    clock_offset_s: float | None = None
    lanes: list[LaneReport] | None = None
    event: Event | None = None

    @property
    def ahead_s(self) -> float | None:
        """Seconds that its times are ahead of central's clock; None: they are not to be trusted."""
        if self.clock_offset_s is not None:
            return self.clock_offset_s
        return 0.0 if self.synced else None


class Status(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Retained; `offline` is the node's last will. An `offline` of an older boot is to be ignored."""

    state: Literal["online", "offline"]
    boot: Boot
    at: datetime


class Info(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What runs on the node: versions, pack and digest, the provider really in use."""

    boot: Boot
    at: datetime
    version: str
    model: str
    model_sha256: str | None = None
    provider: str
    cameras: list[str]


class CameraHealth(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One camera now; `dropped` is cumulative frames.

    `still`: the share of pictures since the last message in which nothing moved: the detector was not asked.
    """

    camera: str
    state: Literal["ok", "stalled", "frozen", "dark", "covered", "moved"]
    fps: float | None = None
    dropped: int = 0
    inference_ms: float | None = None
    still: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class PlateHealth(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the reading of plates goes, in counts since boot; of no single vehicle.

    `reads`: moments that got a plate; `abstained`: moments whose looks disagreed or showed none; `dropped`:
    looks that were left out because the one before took too long.
    """

    model: str
    looks: int
    reads: int
    abstained: int
    dropped: int
    look_ms: float | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Retained, every 30 s. `receipt_age_s`: since central last receipted a row of this boot's connection.

    An outbox that grows, or a receipt that is old, shows what nothing else does: a right that is missing at
    the broker, a queue there that is full.
    """

    boot: Boot
    at: datetime
    cameras: list[CameraHealth]
    outbox_rows: int
    disk_free_mb: float | None = None
    temperature_c: float | None = None
    synced: bool
    clock_offset_s: float | None = None
    outbox_on_disk: bool = True
    receipt_age_s: float | None = None
    plates: PlateHealth | None = None


class Read(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A vehicle's plate as a token of the day: it crossed the `tail` line, or came to stand at the `booth`.

    Sent once, never kept: what is lost is lost. `key_id` names the key that made the token.
    """

    boot: Boot
    at: datetime
    lane: LaneId
    point: Literal["tail", "booth"]
    token: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    key_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Receipt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Sent after central's COMMIT; the inclusive seq `ranges` of `boot` may leave the outbox."""

    boot: Boot
    ranges: list[tuple[Seq, Seq]]
    at: datetime


class Command(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """From central to a node; never a key, never a request for an image."""

    command: Literal["reload", "announce"]


@dataclass(frozen=True, slots=True)
class Topic:
    """One row of the topic table; `{P}` is the port, `{N}` the node."""

    pattern: str
    message: type
    writer: Literal["node", "central"]
    qos: int
    retain: bool = False

    def of(self, port: str, node: str) -> str:
        """The topic of one node."""
        return self.pattern.replace("{P}", port).replace("{N}", node)

    def every(self) -> str:
        """The subscription that takes the topic of every port and node."""
        return self.pattern.replace("{P}", "+").replace("{N}", "+")


TOPICS = {
    "report": Topic("lanes/v1/{P}/{N}/report", NodeReport, "node", 1),
    "event": Topic("lanes/v1/{P}/{N}/event", NodeReport, "node", 1),
    "status": Topic("lanes/v1/{P}/{N}/status", Status, "node", 1, retain=True),
    "info": Topic("lanes/v1/{P}/{N}/info", Info, "node", 1, retain=True),
    "health": Topic("lanes/v1/{P}/{N}/health", Health, "node", 1, retain=True),
    "reads": Topic("lanes/v1/{P}/{N}/reads", Read, "node", 0),
    "receipt": Topic("lanes-down/v1/{P}/{N}/receipt", Receipt, "central", 0),
    "cmd": Topic("lanes-down/v1/{P}/{N}/cmd", Command, "central", 0),
}


_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(topic.message) for name, topic in TOPICS.items()
}
"""Made once, at import: msgspec looks a type up at its first use, and two threads that do so at the same
moment end the process (msgspec 0.22, signal 11)."""


@dataclass(frozen=True, slots=True)
class Address:
    """Which topic of which port and node a message came on."""

    name: str
    port: str
    node: str


def address_of(topic: str) -> Address | None:
    """Read `lanes/v1/P/N/name` (or `lanes-down/...`); None when the topic is none of ours."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[4] not in TOPICS:
        return None
    address = Address(parts[4], parts[2], parts[3])
    return address if TOPICS[address.name].of(address.port, address.node) == topic else None


def encode(message: msgspec.Struct) -> bytes:
    """UTF-8 JSON of one message; the times of its own fields in UTC to the millisecond, with `Z`.

    Raises: TypeError, for what no message may hold.
    """
    values = msgspec.structs.asdict(message)
    for name, value in values.items():
        if isinstance(value, datetime):
            values[name] = instant(value)
    return msgspec.json.encode(values, enc_hook=_number)


def instant(at: datetime) -> str:
    """`2026-01-31T12:00:05.000Z`: always as many digits, whatever the time was read from."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(value: object) -> int | float:
    """A library's number, such as numpy's, is a number on the wire: it must not end a node."""
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    raise TypeError(f"a message cannot hold {type(value).__name__}")


def decode(name: str, payload: bytes) -> Any:
    """The message that topic `name` promises; extra keys are accepted.

    Raises: MessageError, naming the field, for anything else (never another error).
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise MessageError(f"{name}: {len(payload)} bytes, the limit is {MAX_PAYLOAD_BYTES}")
    try:
        message: Any = _DECODERS[name].decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageError(f"{name}: {error}") from error
    if isinstance(message, NodeReport):
        _check_node_report(message)
    if isinstance(message, Read) and message.at.tzinfo is None:
        raise MessageError("reads: `at` needs a zone (UTC, as 2026-01-31T12:00:00.000Z)")
    return message


def _check_node_report(message: NodeReport) -> None:
    body = message.lanes if message.kind == "report" else message.event
    if body is None:
        field = "lanes" if message.kind == "report" else "event"
        raise MessageError(f"{message.kind}: `{field}` is missing")
    if message.start.tzinfo is None or message.end.tzinfo is None:
        raise MessageError(
            f"{message.kind}: `start` and `end` need a zone (UTC, as 2026-01-31T12:00:00.000Z)"
        )


def utc_ms(seconds: float) -> datetime:
    """UTC instant of `seconds` since 1970, rounded to the millisecond that the wire carries."""
    return datetime.fromtimestamp(round(seconds * 1000) / 1000, UTC)


def schemas() -> dict[str, dict[str, Any]]:
    """JSON schema of each topic's message, as published in config/schema/."""
    return {name: msgspec.json.schema(topic.message) for name, topic in TOPICS.items()}
