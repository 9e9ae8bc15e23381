"""`lanewatch-port backtest` and `truth import`: what was told against what came, from the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from dashboard.accuracy.document import document
from dashboard.accuracy.pairs import Pairs
from dashboard.accuracy.runs import read_runs, with_figures
from dashboard.config import CentralConfig
from dashboard.store.history import History
from dashboard.store.store import Store

Json = dict[str, Any]
COLUMNS = ("ahead min", "n", "MAE s", "bias s", "within 3 min", "coverage of 90 %")


def backtest_command(config: CentralConfig, from_s: float, to_s: float, json_file: Path | None) -> None:
    """Print the back-test of vehicles that joined between two times. Raises: StoreAwayError, OSError."""
    store = Store(config.store.url)
    try:
        store.upgrade()
        pairs = Pairs(store)
        found = document(config, from_s, to_s, pairs.counts(from_s, to_s), pairs.actual(from_s, to_s))
    finally:
        store.close()
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    console = Console()
    tables = _tables(found)
    for table in tables:
        console.print(table)
    if not tables:
        console.print("No vehicle that reached a booth in this time was measured.")


def import_command(config: CentralConfig, file: Path, now_s: float) -> None:
    """Keep the probe runs of `file`; `now_s`: UTC seconds. Raises: RunsError, StoreAwayError."""
    runs = read_runs(file, config, now_s)
    store = Store(config.store.url)
    try:
        store.upgrade()
        pairs = Pairs(store)
        known = pairs.probes()
        told = [*with_figures(runs, History(store).minutes)]
        pairs.add(told)
        new = pairs.probes() - known
    finally:
        store.close()
    blind = sum(run.told_s is None for run in told)
    print(f"{len(told)} runs read, {new} new, {len(told) - new} known already")
    if blind:
        print(f"{blind} of them joined when no figure was shown: they tell the actual wait only")


def _tables(found: Json) -> list[Table]:
    tables = []
    for port in found["ports"]:
        for stream in port["streams"]:
            for kind in ("verified", "self_consistent"):
                if stream[kind] is not None:
                    name = f"{port['id']} {stream['direction']} {stream['traffic']}/{stream['class']}"
                    tables.append(_table(f"{name}: {kind.replace('_', '-')}", stream[kind]))
    return tables


def _table(title: str, kind: Json) -> Table:
    table = Table(title=title, caption=_caption(kind))
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for row in kind["figures"]:
        close, held = row["within_3min"], row["coverage_90"]
        figures = (row["ahead_min"], row["n"], row["mae_s"], row["bias_s"])
        table.add_row(*map(str, figures), _share(close), _share(held))
    return table


def _caption(kind: Json) -> str:
    actual = kind["actual"]
    lines = [f"{actual['n']} waits, 95 % shorter than {actual['p95_s'] / 60:.0f} min"]
    lines += [
        f"within {one['within_min']} min: {_share(one)} (standard 90 %, {_met(one)})"
        for one in actual["standards"]
    ]
    if kind.get("fhwa"):
        lines.append(f"FHWA, 85 % within 3 min: {_share(kind['fhwa'])}, {_met(kind['fhwa'])}")
    return "\n".join(lines)


def _met(one: Json) -> str:
    return {True: "met", False: "not met", None: "open: too few vehicles"}[one["met"]]


def _share(one: Json) -> str:
    return f"{one['share']:.2f} ({one['low']:.2f}-{one['high']:.2f})"
