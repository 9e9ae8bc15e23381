"""What a port is, as port.yaml says it: directions, streams, what each lane means, and who measures it.

A lane that changes its class changes here (or by one click), never on a node.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from dashboard import named, zones
from edge.messages import Kind

Traffic = Literal["commercial", "passenger"]
LaneClass = Literal["fast", "standard", "nexus", "ready", "bus"]
Figure = Literal["arrivals", "queue", "departures", "booth", "sign"]
ALL_FIGURES: tuple[Figure, ...] = ("arrivals", "queue", "departures", "booth", "sign")

LocalId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
SiteId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
StreamId = Annotated[str, Field(pattern=r"^(commercial|passenger)/(fast|standard|nexus|ready|bus)$")]


def _known_zone(name: str) -> str:
    try:
        zones.zone(name)
    except ZoneInfoNotFoundError:
        raise ValueError(f"{name!r} is not a time zone; write it as America/Detroit") from None
    return name


class Strict(BaseModel):
    """No key that is not known, no number that is none or without end, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Names(Strict):
    """A name in both languages; French falls back to English."""

    en: str
    fr: str = ""

    def in_language(self, language: Literal["en", "fr"]) -> str:
        """The name to print."""
        return self.fr if language == "fr" and self.fr else self.en


def refuse_twice(names: list[str], what: str) -> None:
    """Raises: ValueError, if a name stands twice."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(f"{what} {twice[0]!r} stands twice; keep one")


class StreamConfig(Strict):
    """One stream of a direction; everything but traffic and class may be left out."""

    traffic: Traffic
    lane_class: LaneClass = Field(alias="class")
    hours: str | None = None
    lanes_max: Annotated[int, Field(ge=0)] | None = None
    when_closed: LaneClass | None = None
    nominal_service_s: Annotated[float, Field(gt=0)] | None = None
    pitch_m: Annotated[float, Field(gt=0)] | None = None

    @property
    def id(self) -> str:
        """`traffic/class`, e.g. `commercial/fast`."""
        return f"{self.traffic}/{self.lane_class}"


class SourceConfig(Strict):
    """A node that gives some of a lane's figures; `spare` ones stand in when the first is missing."""

    node: SiteId
    gives: Annotated[tuple[Figure, ...], Field(min_length=1)] = ALL_FIGURES
    spare: bool = False


class LaneConfig(Strict):
    """One lane: either `node` gives all of it, or `sources` say who gives what."""

    id: LocalId
    kind: Kind = "booth"
    serves: tuple[StreamId, ...] = ()
    node: SiteId | None = None
    sources: tuple[SourceConfig, ...] = ()
    view_m: Annotated[float, Field(gt=0)] | None = None
    stacking_m: Annotated[float, Field(gt=0)] | None = None
    line_m: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one_source_per_figure(self) -> Self:
        if self.node is not None and self.sources:
            raise ValueError("has both `node` and `sources`; keep one")
        given = Counter(figure for s in self.all_sources() if not s.spare for figure in s.gives)
        twice = [figure for figure, times in given.items() if times > 1]
        if twice:
            raise ValueError(f"`{twice[0]}` has two sources; mark one `spare: true`")
        return self

    def all_sources(self) -> tuple[SourceConfig, ...]:
        """Who gives what, `node` written out."""
        return self.sources or ((SourceConfig(node=self.node),) if self.node else ())


class DirectionConfig(Strict):
    """One direction of travel, in the time zone of the side where inspection happens.

    `own_lane_m`: metres before the booths on which each class has its lane, where they share the road before.
    """

    id: LocalId | Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    into: Literal["us", "ca"] | None = None
    official: dict[str, str] = {}
    streams: Annotated[tuple[StreamConfig, ...], Field(min_length=1)]
    lanes: tuple[LaneConfig, ...] = ()
    own_lane_m: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _names_stand_once(self) -> Self:
        refuse_twice([stream.id for stream in self.streams], "stream")
        refuse_twice([lane.id for lane in self.lanes], "lane")
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        streams = [stream.id for stream in self.streams]
        closed = [(s.id, s.when_closed and f"{s.traffic}/{s.when_closed}") for s in self.streams]
        faults = [
            *named.closed_faults(closed, streams),
            *named.serves_faults([lane.serves for lane in self.lanes], streams),
            *named.official_faults(self.official),
        ]
        named.refuse("DirectionConfig", faults)
        return self


class PublicationConfig(Strict):
    """How figures are published; what is left out follows `slice_s` (60 s: steps of 60, 180 and 120 s).

    Waits are told in steps of `step_s`; one that differs by less than `change_s` is told `hold_s` after the
    last. 0 for `hold_s`: every figure at once. `official_noon_words`: write `At Noon` and `At Midnight` as
    CBP does, which several readers lose, instead of the minute before.
    """

    step_s: Annotated[int, Field(ge=1, le=900)] | None = None
    change_s: Annotated[float, Field(ge=0, le=3600)] | None = None
    hold_s: Annotated[float, Field(ge=0, le=3600)] | None = None
    official_noon_words: bool = False


class PortPlatesConfig(Strict):
    """Matching of plates' tokens, in memory alone; each kind can be switched off by itself.

    `approach`: from approach lanes to booths. `booth`: from a booth lane's tail line to its booth, where no
    approach lane leads to it. A token that finds no match is forgotten after `retention_s` seconds.
    """

    approach: bool = True
    booth: bool = True
    retention_s: Annotated[int, Field(ge=1, le=4 * 3600)] = 2 * 3600


def _on_or_off(value: object) -> object:
    """`true` is all of it, `false` none."""
    if isinstance(value, bool):
        return {} if value else None
    return value


Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


class PortConfig(Strict):
    """One port of entry."""

    id: SiteId
    name: Names
    location: tuple[Longitude, Latitude] | None = None
    plates: Annotated[PortPlatesConfig | None, BeforeValidator(_on_or_off)] = None
    publication: PublicationConfig = PublicationConfig()
    directions: Annotated[tuple[DirectionConfig, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _lanes_stand_once(self) -> Self:
        refuse_twice([direction.id for direction in self.directions], "direction")
        refuse_twice([lane.id for d in self.directions for lane in d.lanes], "lane")
        return self
