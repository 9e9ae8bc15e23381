"""port.yaml: broker, store and web of central, and its ports (dashboard/portconfig.py)."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dashboard import named
from dashboard.portconfig import Names, PortConfig, Strict, refuse_twice
from dashboard.urls import feed_address, is_bare, is_place
from dashboard.webhooks.config import WebhookConfig
from edge import yamlfile


def _listed(value: object) -> object:
    """One where several may stand."""
    return [value] if isinstance(value, dict) else value


def _broker_place(url: str) -> str:
    if not is_place(url, "mqtt", "mqtts"):  # a password that is cut there would be taken for host and port
        raise ValueError(
            "its host or port cannot be read; write mqtts://host:port, and in a password / as %2F, # as %23, "
            "? as %3F, [ as %5B, a space as %20"
        )
    return url


def _https_place(url: str) -> str:
    if not is_place(url, "https"):
        raise ValueError("its host or port cannot be read; write it as https://port.example:8444")
    if not is_bare(url):
        raise ValueError("may hold neither user nor password; write it as https://port.example:8444")
    return url


class BrokerConfig(Strict):
    """`mqtts://` needs certificate, key and ca (paths)."""

    url: Annotated[str, AfterValidator(_broker_place)] = "mqtt://127.0.0.1:1883"
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
    url: Annotated[str, AfterValidator(_https_place)] | None = None
    listen: str = "0.0.0.0"  # nosec B104 - nodes are on other machines
    names: tuple[str, ...] = ()
    days: Annotated[float, Field(gt=0, le=825)] = 90
    reload: tuple[str, ...] = ()
    broker_log: Path | None = None


class ImportConfig(Strict):
    """An official feed that is imported every `every_s` seconds, so that ours stands beside it."""

    url: Annotated[str, AfterValidator(feed_address)]
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
        refuse_twice([port.id for port in self.ports], "port")
        refuse_twice([webhook.id for webhook in self.webhooks], "webhook")
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
