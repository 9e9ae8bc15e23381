"""What tests of central share."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.store.store import Store
from tests.dashboard.clusters import HOSTS, NAME


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty SQLite database with all its tables."""
    made = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def name_with_three_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What DNS does in service: one name, the addresses of all servers."""
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **options: Any) -> list[Any]:
        hosts = HOSTS if host == NAME else (host,)
        return [found for one in hosts for found in real(one, *rest, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
