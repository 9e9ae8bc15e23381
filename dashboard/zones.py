"""Zones of time from the `tzdata` package, whatever the machine's own zone data says.

British Columbia stays on UTC-7 from November 2026; older zone data puts Surrey an hour wrong all winter.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_VANCOUVER_WINTER_S = datetime(2026, 12, 1, 20, tzinfo=UTC).timestamp()


class ZoneDataError(Exception):
    """The installed zone data is too old to print local times."""


@cache
def zone(name: str) -> ZoneInfo:
    """The zone called `name`, e.g. `America/Detroit`.

    Raises: ZoneInfoNotFoundError, if `tzdata` has no such zone.
    """
    data = resources.files("tzdata.zoneinfo").joinpath(*name.split("/"))
    if not data.is_file():
        raise ZoneInfoNotFoundError(f"tzdata has no zone {name!r}; write it as America/Detroit")
    with data.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def local(at_s: float, name: str) -> datetime:
    """The instant `at_s` (UTC seconds since 1970) on the wall clock of zone `name`."""
    return datetime.fromtimestamp(at_s, zone(name))


def require_current_data() -> None:
    """Raises: ZoneDataError, if the zone data does not know that British Columbia keeps UTC-7 in winter."""
    if local(_VANCOUVER_WINTER_S, "America/Vancouver").utcoffset() != timedelta(hours=-7):
        raise ZoneDataError("the installed tzdata is older than 2026b; run `pip install -U tzdata`")
