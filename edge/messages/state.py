"""What a node says of itself: whether it runs, what runs there, and how it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from edge.messages.fields import Boot


class Status(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Retained; `offline` is the node's last will. An `offline` of an older boot is to be ignored."""

    state: Literal["online", "offline"]
    boot: Boot
    at: datetime


class Info(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What runs on the node: versions, pack and digest, the provider really in use."""

    boot: Boot
    at: datetime
    version: str
    model: str
    model_sha256: str | None = None
    provider: str
    cameras: list[str]


class CameraHealth(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One camera now; `dropped` is cumulative frames.

    `still`: the share of pictures since the last message in which nothing moved: the detector was not asked.
    """

    camera: str
    state: Literal["ok", "stalled", "frozen", "dark", "covered", "moved"]
    fps: float | None = None
    dropped: int = 0
    inference_ms: float | None = None
    still: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class PlateHealth(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the reading of plates goes, in counts since boot; of no single vehicle.

    `reads`: moments that got a plate; `abstained`: moments whose looks disagreed or showed none; `dropped`:
    looks that were left out because the one before took too long.
    """

    model: str
    looks: int
    reads: int
    abstained: int
    dropped: int
    look_ms: float | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Retained, every 30 s. `receipt_age_s`: since central last receipted a row of this boot's connection.

    An outbox that grows, or a receipt that is old, shows what nothing else does: a right that is missing at
    the broker, a queue there that is full.
    """

    boot: Boot
    at: datetime
    cameras: list[CameraHealth]
    outbox_rows: int
    disk_free_mb: float | None = None
    temperature_c: float | None = None
    synced: bool
    clock_offset_s: float | None = None
    outbox_on_disk: bool = True
    receipt_age_s: float | None = None
    plates: PlateHealth | None = None
