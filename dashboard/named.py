"""Checks of port.yaml across keys: what one key names must stand under another; each fault has its key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Key = str | int

OFFICIAL: dict[str, tuple[str, str]] = {
    "cbp_port_number": (r"\d{6}", "six digits, e.g. '070801'"),
    "cbp_port_aliases": (r"\d{6}( *, *\d{6})*", "numbers of six digits, with commas between"),
    "cbp_port_name": (r".+", "a name"),
    "cbp_crossing_name": (r".*", "a name"),
    "cbp_border": (r"Canadian Border|Mexican Border", "Canadian Border or Mexican Border"),
    "cbp_segment_from": (r".*", "words"),
    "cbp_segment_to": (r".*", "words"),
    "cbsa_office_en": (r"[^;]+", "a name without semicolons"),
    "cbsa_office_fr": (r"[^;]+", "a name without semicolons"),
    "cbsa_location": (r"[^;/]+/[^;/]+", "both sides, the Canadian first, e.g. Windsor, ON/Detroit, MI"),
    "wsdot_name": (r"[A-Za-z0-9]+", "letters and digits, e.g. SR543"),
    "wsdot_road": (r"\d{3}", "three digits, e.g. '543'"),
    "drivebc_id": (r"\d{1,6}", "a number, e.g. '134'"),
}
"""Keys under `official` of a direction: what they must look like, in a pattern and in words."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at which key."""

    key: tuple[Key, ...]
    problem: str


def refuse(title: str, faults: Iterable[Fault]) -> None:
    """Raises: ValidationError with the keys of the faults, if there is any."""
    lines = [
        InitErrorDetails(
            type=PydanticCustomError("value_error", "{problem}", {"problem": f.problem}),
            loc=f.key,
            input=None,
        )
        for f in faults
    ]
    if lines:
        raise ValidationError.from_exception_data(title, lines)


def serves_faults(lanes: Iterable[tuple[str, ...]], streams: list[str]) -> Iterator[Fault]:
    """Lanes that serve what is no stream of their direction."""
    for n, serves in enumerate(lanes):
        for m, stream in enumerate(serves):
            if stream not in streams:
                yield Fault(("lanes", n, "serves", m), _no_stream(stream, streams))


def closed_faults(closed: Iterable[tuple[str, str | None]], streams: list[str]) -> Iterator[Fault]:
    """Streams that send on to themselves or to none; `closed`: each with the one that it names."""
    for n, (stream, elsewhere) in enumerate(closed):
        key = ("streams", n, "when_closed")
        if elsewhere == stream:
            yield Fault(key, f"{stream} cannot be sent on to itself; name another class or leave it out")
        elif elsewhere is not None and elsewhere not in streams:
            yield Fault(key, _no_stream(elsewhere, streams))


def official_faults(official: Mapping[str, str]) -> Iterator[Fault]:
    """Keys that no feed reads, and values that their readers could not take."""
    for name, value in official.items():
        if name not in OFFICIAL:
            near = difflib.get_close_matches(name, OFFICIAL, n=1)
            yield Fault(
                ("official", name),
                f"is not a known key; {f'did you mean `{near[0]}`?' if near else 'remove it'}",
            )
        elif not re.fullmatch(OFFICIAL[name][0], value):
            yield Fault(("official", name), f"{value!r} cannot be published; write {OFFICIAL[name][1]}")


def _no_stream(name: str, streams: list[str]) -> str:
    near = difflib.get_close_matches(name, streams, n=1)
    hint = f"did you mean {near[0]}? Else" if near else f"name one of {', '.join(streams)}, or"
    return f"{name} is no stream of this direction; {hint} add it under `streams`"
