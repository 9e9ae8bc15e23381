"""Ingest beside its bare floor (paho, msgspec, the insert of the same bytes), on SQLite and PostgreSQL."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from rich.console import Console
from rich.table import Table

from dashboard.broker.broker import Broker
from dashboard.demo.children import free_port
from scripts.load.reports import backlog, config_text
from scripts.output import output
from tests.postgres import Postgres, programs

utc = time.time  # noqa: TID251 - a shell
tick = time.monotonic  # noqa: TID251

GOAL = 1.5
IN_FLIGHT = 400


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: `reports` of `nodes`, `rate` a second (0: as fast as the broker takes them)."""

    nodes: int
    reports: int
    rate: float


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one side: CPU and database CPU in microseconds a report."""

    cpu_us: float
    database_us: float


def send(port: int, messages: Iterator[tuple[str, bytes]], rate: float) -> None:
    """Publish at QoS 1, evenly at `rate` a second, and wait until the broker has all."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bench-nodes")
    client.max_inflight_messages_set(IN_FLIGHT)
    client.connect("127.0.0.1", port)
    client.loop_start()
    begun, last = tick(), None
    for n, (topic, payload) in enumerate(messages):
        last = client.publish(topic, payload, qos=1)
        late_s = tick() - begun - n / rate if rate else 0.0
        if late_s < 0:
            time.sleep(-late_s)
        if n % IN_FLIGHT == 0:
            last.wait_for_publish(60)
    if last is not None:
        last.wait_for_publish(60)
    client.disconnect()
    client.loop_stop()


def run_side(side: str, load: Load, url: str, folder: Path, database_cpu: Callable[[], float]) -> Run:
    """Start broker and side, send, wait for its word."""
    with Broker(folder / "broker", free_port()) as broker:
        file = folder / "port.yaml"
        file.write_text(config_text(load.nodes, broker.port, url, 0))
        before = database_cpu()
        command = [sys.executable, "-m", "scripts.load.sides", side, str(file), str(load.reports)]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as child,
        ):
            assert child.stdout is not None
            child.stdout.readline()
            send(broker.port, backlog(load.nodes, load.reports, utc() - 60, side), load.rate)
            said: dict[str, Any] = json.loads(child.stdout.readline())
    micros = 1e6 / said["rows"]
    return Run(said["cpu_s"] * micros, (database_cpu() - before) * micros)


@contextmanager
def databases(names: list[str]) -> Iterator[dict[str, tuple[Callable[[Path], str], Callable[[], float]]]]:
    """For each database: what makes a new one in a folder, and what tells the CPU of its server."""
    found: dict[str, tuple[Callable[[Path], str], Callable[[], float]]] = {}
    if "sqlite" in names:
        found["sqlite"] = (lambda folder: f"sqlite:///{folder}/x.db", lambda: 0.0)
    if "postgresql" not in names or (where := programs()) is None:
        yield found
        return
    server = Postgres(where)
    server.start()
    found["postgresql"] = (lambda _: server.new_database(), server.cpu_s)
    try:
        yield found
    finally:
        server.remove()


def main() -> int:
    """Exit 1 when a ratio is above the goal."""
    parser = argparse.ArgumentParser(prog="scripts/bench ingest", description=__doc__)
    parser.add_argument("--reports", type=int, default=20_000, help="reports of a flat-out run (20000)")
    parser.add_argument("--nodes", type=int, default=500, help="nodes with four lanes each (500)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side, taken in turn (3)")
    parser.add_argument("--paced-s", type=int, default=10, help="seconds at 1 report/s a node (10)")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--json", type=output, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    flat_out = Load(options.nodes, options.reports, 0)
    paced = Load(options.nodes, options.nodes * options.paced_s, float(options.nodes))
    loads = {"flat out": flat_out, "1 report/s a node": paced}
    rows = []
    with databases(options.databases.split(",")) as found, Console(stderr=True).status("") as status:
        for database, (new, cpu) in found.items():
            for name, load in loads.items():
                runs: dict[str, list[Run]] = {"floor": [], "ours": []}
                for place in range(options.rounds):
                    for side in runs:
                        status.update(f"{database}, {name}, {side}, round {place + 1}")
                        with tempfile.TemporaryDirectory() as folder:
                            made = Path(folder)
                            runs[side].append(run_side(side, load, new(made), made, cpu))
                rows.append(row_of(database, name, runs))
    show(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 1 if any(row["ratio"] > GOAL for row in rows) else 0


def row_of(database: str, load: str, runs: dict[str, list[Run]]) -> dict[str, Any]:
    """Medians over the rounds."""
    middle = {
        side: {
            "cpu_us": statistics.median(run.cpu_us for run in of_side),
            "database_us": statistics.median(run.database_us for run in of_side),
        }
        for side, of_side in runs.items()
    }
    ratio = middle["ours"]["cpu_us"] / middle["floor"]["cpu_us"]
    whole = {side: figures["cpu_us"] + figures["database_us"] for side, figures in middle.items()}
    return {
        "database": database,
        "load": load,
        **middle,
        "ratio": ratio,
        "ratio_with_server": whole["ours"] / whole["floor"],
    }


def show(rows: list[dict[str, Any]]) -> None:
    """The table."""
    table = Table(title="Ingest: CPU a report, microseconds (medians)")
    for name in ("database", "load", "floor", "ours", "ratio", "server, floor", "server, ours", "ratio, all"):
        table.add_column(name, justify="left" if name in ("database", "load") else "right")
    for row in rows:
        floor, ours = row["floor"], row["ours"]
        table.add_row(
            row["database"],
            row["load"],
            *(f"{side['cpu_us']:.0f}" for side in (floor, ours)),
            f"{row['ratio']:.2f}",
            *(f"{side['database_us']:.0f}" for side in (floor, ours)),
            f"{row['ratio_with_server']:.2f}",
        )
    Console(width=110).print(table)
    print(f"goal: ratio <= {GOAL}")


if __name__ == "__main__":
    sys.exit(main())
