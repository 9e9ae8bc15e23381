"""How to get at a broker: address, user, certificates. Nothing of it but host and port is ever printed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt

from edge.config import BrokerConfig
from edge.enrolment.identity import EnrolError, Identity
from edge.yamlfile import reason

DEFAULT_PORT = {"mqtt": 1883, "mqtts": 8883}

UNREADABLE = (
    "broker.url: its host or port cannot be read; write mqtt://host:port, and in a password # as %23, "
    "? as %3F, [ as %5B"
)


class LinkError(Exception):
    """The broker's settings cannot be used; one line with key and fix."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a client needs to connect; `tls` is None for plain mqtt://."""

    host: str
    port: int
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None

    @classmethod
    def of(cls, broker: BrokerConfig) -> Self:
        """Read the settings.

        Raises: LinkError, if url, certificate, key or ca cannot be used.
        """
        try:
            where = urlsplit(broker.url)
            port = where.port
        except ValueError:  # its words tell what stands there, which may be a password
            raise LinkError(UNREADABLE) from None
        if where.query or where.fragment:
            raise LinkError(UNREADABLE)
        if not where.hostname:
            raise LinkError("broker.url: has no host; write mqtt://host:port")
        user, password = (
            None if part is None else unquote(part) for part in (where.username, where.password)
        )
        tls = tls_context(broker) if where.scheme == "mqtts" else None
        return cls(where.hostname, port or DEFAULT_PORT[where.scheme], user, password, tls)

    @property
    def name(self) -> str:
        """Host and port, for logs."""
        return f"{self.host}:{self.port}"

    def give_to(self, client: mqtt.Client) -> None:
        """Set user and TLS of a client that is not connected yet."""
        if self.user:
            client.username_pw_set(self.user, self.password)
        if self.tls is not None:
            client.tls_set_context(self.tls)


def tls_context(broker: BrokerConfig) -> ssl.SSLContext:
    """Mutual TLS by the files of the configuration.

    Raises: LinkError, naming the key that is missing or whose file cannot be used.
    """
    _finish_renewal(broker)
    for key in ("certificate", "key", "ca"):
        path = getattr(broker, key)
        if path is None:
            raise LinkError(f"broker.{key}: is missing; mqtts:// needs certificate, key and ca")
        if not path.is_file():
            raise LinkError(f"broker.{key}: {path} is not there; give the file that enrolment made")
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(broker.ca))
        context.load_cert_chain(str(broker.certificate), str(broker.key))
    except (ssl.SSLError, OSError) as error:
        raise LinkError(
            f"broker.certificate: {broker.certificate} with its key and ca cannot be used ({reason(error)}); "
            "enrol the node again"
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _finish_renewal(broker: BrokerConfig) -> None:
    try:
        Identity.of(broker).finish()
    except (EnrolError, OSError):
        return  # what is missing is told by its key
