"""Messages to bytes and back; what comes in is checked while it is decoded."""

from __future__ import annotations

from datetime import UTC, datetime
from numbers import Integral, Real
from typing import Any

import msgspec

from edge.messages.read import Read
from edge.messages.report import NodeReport
from edge.messages.topics import TOPICS

MAX_PAYLOAD_BYTES = 256 * 1024
"""A longer message is malformed; a node's report of 16 lanes takes about 8 kB."""

_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(topic.message) for name, topic in TOPICS.items()
}
"""Made once, at import: msgspec looks a type up at its first use, and two threads that do so at the same
moment end the process (msgspec 0.22, signal 11)."""


class MessageError(ValueError):
    """A payload that is not the message that its topic promises; says which field and why."""


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
