"""The table of every topic: what it carries, who writes it, and how it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from edge.messages.down import Command, Receipt
from edge.messages.read import Read
from edge.messages.report import NodeReport
from edge.messages.state import Health, Info, Status


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


def schemas() -> dict[str, dict[str, Any]]:
    """JSON schema of each topic's message, as published in config/schema/."""
    return {name: msgspec.json.schema(topic.message) for name, topic in TOPICS.items()}
