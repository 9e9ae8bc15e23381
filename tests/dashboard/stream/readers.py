"""A reader of the live stream over a real socket."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.stream.log import EventLog, Part


@dataclass(frozen=True, slots=True)
class Event:
    """One event as read; `id` is empty where it has none."""

    name: str
    data: Any
    id: str = ""


def parsed(text: str) -> list[Event]:
    """The events of a whole text, read as browsers read it."""
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line)
        if "data" in fields:
            events.append(Event(fields["event"], json.loads(fields["data"]), fields.get("id", "")))
    return events


def told(log: EventLog, version: int = 0, part: Part = "manager") -> list[Event]:
    """The events after `version`."""
    return parsed(log.since(version, part)[1].decode())


class Listener:
    """One connection; `events` gives what comes, `until` reads on to the first that fits."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, query: str = "") -> None:
        request = urllib.request.Request(f"{url}/api/v1/stream{query}", headers=dict(headers or {}))
        self.reply = urllib.request.urlopen(request, timeout=20)
        self.hello = next(self.events())

    def events(self) -> Iterator[Event]:
        """What comes, without end."""
        block = ""
        while line := self.reply.readline().decode():
            block += line
            if line == "\n":
                yield from parsed(block)
                block = ""

    def until(self, fits: Callable[[Event], bool]) -> list[Event]:
        """Everything up to the first event that fits, and that."""
        seen = []
        for event in self.events():
            seen.append(event)
            if fits(event):
                break
        return seen

    def close(self) -> None:
        """Leave."""
        self.reply.close()


def refusal(url: str, query: str, headers: Mapping[str, str] | None = None) -> int:
    """The status of a stream that is not given."""
    try:
        Listener(url, headers, query).close()
    except urllib.error.HTTPError as error:
        return error.code
    return 200
