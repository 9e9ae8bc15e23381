"""The wire contract: every topic and every message between nodes and central.

It needs msgspec only, so that both sides (and other people's tools) can import it. Times are UTC, figures
marked cumulative count since the node's boot, and `None` means not measured, never zero. No message can hold
itself, so the garbage collector need not look at them (`gc=False`): there are thousands a second.
"""

from edge.messages.codec import MAX_PAYLOAD_BYTES, MessageError, decode, encode, instant, utc_ms
from edge.messages.down import Command, Receipt
from edge.messages.fields import Boot, Identifier, LaneId, Seq
from edge.messages.read import Read
from edge.messages.report import (
    PASSAGE_EDGES_S,
    VEHICLE_CLASSES,
    Booth,
    Corrections,
    Event,
    Kind,
    LaneReport,
    NodeReport,
    Passages,
    Quality,
    Queue,
)
from edge.messages.state import CameraHealth, Health, Info, PlateHealth, Status
from edge.messages.topics import TOPICS, Address, Topic, address_of, schemas

__all__ = [
    "MAX_PAYLOAD_BYTES",
    "PASSAGE_EDGES_S",
    "TOPICS",
    "VEHICLE_CLASSES",
    "Address",
    "Boot",
    "Booth",
    "CameraHealth",
    "Command",
    "Corrections",
    "Event",
    "Health",
    "Identifier",
    "Info",
    "Kind",
    "LaneId",
    "LaneReport",
    "MessageError",
    "NodeReport",
    "Passages",
    "PlateHealth",
    "Quality",
    "Queue",
    "Read",
    "Receipt",
    "Seq",
    "Status",
    "Topic",
    "address_of",
    "decode",
    "encode",
    "instant",
    "schemas",
    "utc_ms",
]
