"""Local times come from the tzdata package, whatever the machine's own zone data says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest

from dashboard import zones


@pytest.mark.parametrize(
    ("zone", "utc", "wall", "offset_h"),
    [
        ("America/Vancouver", "2026-12-01T20:00", "13:00", -7),
        ("America/Los_Angeles", "2026-12-01T20:00", "12:00", -8),
        ("America/Vancouver", "2026-07-01T20:00", "13:00", -7),
        ("America/Detroit", "2026-08-22T18:08", "14:08", -4),
        ("America/Detroit", "2026-11-25T15:14", "10:14", -5),
        ("UTC", "2026-11-25T15:14", "15:14", 0),
    ],
)
def test_wall_clock(zone: str, utc: str, wall: str, offset_h: int) -> None:
    at_s = datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()
    here = zones.local(at_s, zone)
    assert here.strftime("%H:%M") == wall
    assert here.utcoffset() == timedelta(hours=offset_h)


def test_the_installed_data_is_new_enough() -> None:
    zones.require_current_data()


@pytest.mark.parametrize("name", ["America/Nowhere", "Nowhere", "../x"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ZoneInfoNotFoundError, match="write it as America/Detroit"):
        zones.zone(name)
