"""port.yaml: what each lane means, who measures it, and where central listens.

A lane that changes its class changes here (or by one click), never on a node.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from dashboard import named, zones
from dashboard.webhooks.config import WebhookConfig
from edge import yamlfile
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


def _listed(value: object) -> object:
    """One where several may stand."""
    return [value] if isinstance(value, dict) else value


class Strict(BaseModel):
    """No key that is not known, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(Strict):
    """A name in both languages; French falls back to English."""

    en: str
    fr: str = ""

    def in_language(self, language: Literal["en", "fr"]) -> str:
        """The name to print."""
        return self.fr if language == "fr" and self.fr else self.en


class BrokerConfig(Strict):
    """`mqtts://` needs certificate, key and ca (paths)."""

    url: str = Field(default="mqtt://127.0.0.1:1883", pattern=r"^mqtts?://[^/\s]+$")
    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None


class StoreConfig(Strict):
    """A SQLAlchemy URL; a relative SQLite path is relative to port.yaml's folder.

    Raw reports are kept `keep_raw_h` hours (a start replays the last 4), past minutes `keep_minutes_d` and
    past hours `keep_hours_d` days; null keeps them for ever.
    """

    url: str = "sqlite:///lanewatch.db"
    keep_raw_h: Annotated[float, Field(ge=5)] = 48
    keep_minutes_d: Annotated[float, Field(ge=1)] | None = 400
    keep_hours_d: Annotated[float, Field(ge=1)] | None = None


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError(f"{text!r} is no address; write it as 10.0.0.7 or 10.0.0.0/24") from None


class HttpConfig(Strict):
    """Where the pages and feeds are served.

    `certificate` and `key` (PEM files) make it https. What `trusted_proxies` (addresses or networks) say of
    the asker's address and scheme is believed.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    certificate: Path | None = None
    key: Path | None = None
    trusted_proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()

    @model_validator(mode="after")
    def _certificate_has_its_key(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("has one of `certificate` and `key`; give both, or none for plain http")
        return self


class AuthorityConfig(Strict):
    """The port's own authority, which tells nodes and broker who is who.

    `folder` holds its key (keep a copy off this machine; `backup` leaves it out). Nodes reach
    `lanewatch-port authority` at `url`; it listens on `listen`. `names` are further names of broker and
    authority. Certificates of nodes count for `days`; `reload` has the broker read its files again.
    `broker_log` is the log of your own broker on this machine: what it refuses is counted in /metrics.
    """

    folder: Path = Path("authority")
    url: Annotated[str, Field(pattern=r"^https://[^/\s]+$")] | None = None
    listen: str = "0.0.0.0"  # nosec B104 - nodes are on other machines
    names: tuple[str, ...] = ()
    days: Annotated[float, Field(gt=0, le=825)] = 90
    reload: tuple[str, ...] = ()
    broker_log: Path | None = None


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
        _refuse_twice([stream.id for stream in self.streams], "stream")
        _refuse_twice([lane.id for lane in self.lanes], "lane")
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


class PortConfig(Strict):
    """One port of entry."""

    id: SiteId
    name: Names
    location: tuple[float, float] | None = None
    plates: Annotated[PortPlatesConfig | None, BeforeValidator(_on_or_off)] = None
    publication: PublicationConfig = PublicationConfig()
    directions: Annotated[tuple[DirectionConfig, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _lanes_stand_once(self) -> Self:
        _refuse_twice([direction.id for direction in self.directions], "direction")
        _refuse_twice([lane.id for d in self.directions for lane in d.lanes], "lane")
        return self


class ImportConfig(Strict):
    """An official feed that is imported every `every_s` seconds, so that ours stands beside it."""

    url: str = Field(pattern=r"^https?://[^\s]+$")
    every_s: Annotated[int, Field(ge=60, le=86400)] = 300


class CentralConfig(Strict):
    """The whole file. Slices of `slice_s` seconds go to the wait engine; figures live `valid_s` seconds.

    `terms`: how the public may use the figures; shown with the feeds.
    """

    broker: BrokerConfig = BrokerConfig()
    public_broker: BrokerConfig | None = None
    store: StoreConfig = StoreConfig()
    http: HttpConfig = HttpConfig()
    authority: AuthorityConfig = AuthorityConfig()
    operator: Names = Names(en="the operator", fr="l'exploitant")
    terms: Names | None = None
    slice_s: Annotated[int, Field(ge=1, le=3600)] = 60
    valid_s: Annotated[int, Field(ge=1, le=900)] = 900
    official_import: Annotated[tuple[ImportConfig, ...], BeforeValidator(_listed)] = ()
    webhooks: tuple[WebhookConfig, ...] = ()
    ports: Annotated[tuple[PortConfig, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ports_stand_once(self) -> Self:
        _refuse_twice([port.id for port in self.ports], "port")
        _refuse_twice([webhook.id for webhook in self.webhooks], "webhook")
        streams = {(p.id, d.id, s.id) for p in self.ports for d in p.directions for s in d.streams}
        for hook in self.webhooks:
            if not any(
                port == hook.port and stream == hook.stream and hook.direction in (None, direction)
                for port, direction, stream in streams
            ):
                raise ValueError(
                    f"webhook {hook.id!r}: no such port, direction and stream; write ids as in `ports`"
                )
        return self

    @model_validator(mode="after")
    def _public_broker_is_not_the_nodes(self) -> Self:
        if self.public_broker is not None and _address(self.public_broker) == _address(self.broker):
            problem = "is the nodes' own address; give the public a listener or a broker of its own"
            named.refuse("CentralConfig", [named.Fault(("public_broker", "url"), problem)])
        return self


def _refuse_twice(names: list[str], what: str) -> None:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(f"{what} {twice[0]!r} stands twice; keep one")


def _address(broker: BrokerConfig) -> str:
    return broker.url.rpartition("://")[2].rpartition("@")[2].lower()


def load_central(path: Path) -> CentralConfig:
    """Read port.yaml; a relative SQLite path and key files are made relative to its folder.

    Raises: yamlfile.ConfigError, one line that names file, line, key and fix.
    """
    config = yamlfile.load(path, CentralConfig)
    broker = yamlfile.beside(path, config.broker)
    http, authority = yamlfile.beside(path, config.http), yamlfile.beside(path, config.authority)
    public = None if config.public_broker is None else yamlfile.beside(path, config.public_broker)
    return config.model_copy(
        update={
            "broker": broker,
            "public_broker": public,
            "http": http,
            "authority": authority,
            "store": _store_beside(path, config.store),
        }
    )


def _store_beside(path: Path, store: StoreConfig) -> StoreConfig:
    prefix = "sqlite:///"
    file = store.url.removeprefix(prefix)
    if file == store.url or file.startswith("/"):
        return store
    return store.model_copy(update={"url": f"{prefix}{path.resolve().parent / file}"})
