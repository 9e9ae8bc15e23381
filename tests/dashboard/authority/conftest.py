"""Desks that enrol nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.authority.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def each_office(tmp_path: Path, store_url: str) -> Iterator[Office]:
    """On SQLite and on PostgreSQL."""
    office = Office(tmp_path, url=store_url)
    yield office
    office.store.close()
