"""`lanewatch-port stored`: what central holds, read from the database whether `serve` runs or not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from dashboard.config import CentralConfig
from dashboard.store.database import is_no_file
from dashboard.store.store import Holding, Store


def write_stored(config: CentralConfig, file: Path) -> None:
    """Write the holdings of the nodes that port.yaml names to `file`; name the others on stderr.

    Raises: StoreUrlError, StoreAwayError, OSError.
    """
    named = named_nodes(config)
    holdings = held(config.store.url)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(rows_of(holdings, named)), indent=1) + b"\n")
    for holding in holdings:
        if (holding.port, holding.node) not in named:
            print(
                f"set aside: {holding.rows} rows of node {holding.node} at port {holding.port}, "
                "which port.yaml does not name",
                file=sys.stderr,
            )


def held(url: str) -> list[Holding]:
    """What the database holds; nothing when SQLite's file does not exist yet (it is not made)."""
    if is_no_file(url):
        return []
    store = Store(url)
    try:
        return store.holdings()
    finally:
        store.close()


def named_nodes(config: CentralConfig) -> set[tuple[str, str]]:
    """Every (port, node) that port.yaml names."""
    return {
        (port.id, source.node)
        for port in config.ports
        for direction in port.directions
        for lane in direction.lanes
        for source in lane.all_sources()
    }


def rows_of(holdings: Sequence[Holding], named: set[tuple[str, str]]) -> list[dict[str, object]]:
    """The rows of the JSON file, for named nodes."""
    return [
        {
            "node": holding.node,
            "boot": holding.boot,
            "rows": holding.rows,
            "first_seq": holding.first_seq,
            "last_seq": holding.last_seq,
            "gaps": [list(gap) for gap in holding.gaps],
        }
        for holding in holdings
        if (holding.port, holding.node) in named
    ]
