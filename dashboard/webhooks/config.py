"""`webhooks:` of port.yaml."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from dashboard.urls import is_bare, is_readable

SHORTEST_SECRET = 16


def _plain_address(url: str) -> str:
    if not is_readable(url) or not url.isascii() or urlsplit(url).scheme not in ("https", "http"):
        raise ValueError("is no web address; write it as https://dispatch.example/waits")
    if not is_bare(url):
        raise ValueError("may hold neither user, password nor #; the message is signed with `secret`")
    return url


class WebhookConfig(BaseModel):
    """One receiver and what it is told about one stream of one port (every direction unless one is named).

    `above_min`, `below_min`: minutes; told when the wait reaches them, and again when it has moved back by
    `hysteresis_min`. `on_state`: told when the state changes and stays so for `settle_s` seconds.
    `secret` signs the messages; take it from the environment. `allow_private` lets it go to addresses of this
    machine and its networks, and over http.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9-]{1,32}$")]
    url: Annotated[str, AfterValidator(_plain_address)]
    secret: SecretStr
    port: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    direction: str | None = None
    stream: Annotated[str, Field(pattern=r"^(commercial|passenger)/(fast|standard|nexus|ready|bus)$")]
    above_min: Annotated[float, Field(gt=0, le=1440)] | None = None
    below_min: Annotated[float, Field(gt=0, le=1440)] | None = None
    hysteresis_min: Annotated[float, Field(ge=0, le=240)] = 5
    on_state: bool = False
    settle_s: Annotated[float, Field(ge=0, le=3600)] = 60
    allow_private: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.above_min is None and self.below_min is None and not self.on_state:
            raise ValueError("tells nothing; give `above_min`, `below_min` or `on_state: true`")
        if len(self.secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"`secret` is shorter than {SHORTEST_SECRET} letters; make one with `openssl rand -hex 32`"
            )
        if not self.allow_private and not self.url.startswith("https:"):
            raise ValueError("`url` must be https (http only with `allow_private: true`)")
        return self
