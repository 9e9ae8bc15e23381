"""One order as it is kept: who gave it, when, for how long, and what. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import msgspec


class Staff(msgspec.Struct, frozen=True, tag="staffing"):
    """A booth lane opens or closes; `serves` as `traffic/class`, None: as it is."""

    direction: str
    lane: str
    state: Literal["open", "closed"]
    serves: tuple[str, ...] | None = None


class Hold(msgspec.Struct, frozen=True, tag="hold"):
    """Figures are not shown; None stands for all directions, or all streams."""

    direction: str | None = None
    stream: str | None = None


class Withdraw(msgspec.Struct, frozen=True, tag="withdraw"):
    """The one figure measured at `measured_s` (UTC s) and what was before it is not shown."""

    direction: str
    stream: str
    measured_s: float


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """A sentence for the public in both languages; `direction` None: for the whole port."""

    en: str
    fr: str
    direction: str | None = None


class Release(msgspec.Struct, frozen=True, tag="release"):
    """Ends an earlier order before its time."""

    order: int


What = Staff | Hold | Withdraw | Notice | Release
Kind = Literal["staffing", "hold", "withdraw", "notice", "release"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class By:
    """Who gives an order, and from which address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An order not kept yet, given at `at_s`; it holds from `from_s` until `until_s` (UTC s)."""

    port: str
    what: What
    who: str
    at_s: float
    from_s: float
    until_s: float
    note: str | None = None

    @property
    def kind(self) -> Kind:
        """The name of what is ordered."""
        kind: Kind = self.what.__struct_config__.tag  # type: ignore[assignment]
        return kind


@dataclass(frozen=True, slots=True)
class Order(Draft):
    """A kept order; a greater `id` was given later."""

    id: int = 0
