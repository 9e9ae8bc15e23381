"""One side of the ingest bench in a process of its own; prints a JSON line with its CPU.

`floor`: paho, msgspec and the insert of the same bytes into the same table, and nothing else: no judgement,
no receipt, no acknowledgement by hand. `ours`: the ingest of `serve`.
"""

from __future__ import annotations

import json
import queue
import resource
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import structlog
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.config import CentralConfig, load_central
from dashboard.ingest.ingest import BATCH, IDLE_S, WINDOW_S, Ingest
from dashboard.ingest.share import WHOLE
from dashboard.store.store import Store
from edge.messages import NodeReport

utc = time.time  # noqa: TID251 - a shell
tick = time.monotonic  # noqa: TID251

Row = tuple[float, str, str, str, int, bytes]
COLUMNS = "received_at_s, port, node, boot, seq, payload"
INSERT = f"INSERT INTO floor ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
COPY = f"COPY floor ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
TABLE = """CREATE TABLE floor (ingest_id {id}, received_at_s {real} NOT NULL, port {text}(32) NOT NULL,
    node {text}(32) NOT NULL, boot {text}(64) NOT NULL, seq {int} NOT NULL, payload {blob} NOT NULL,
    UNIQUE (port, node, boot, seq))"""
INDEX = "CREATE INDEX floor_received ON floor (received_at_s)"
SQLITE = {
    "id": "INTEGER PRIMARY KEY",
    "real": "REAL",
    "text": "VARCHAR",
    "int": "INTEGER",
    "blob": "BLOB",
}
POSTGRESQL = {
    "id": "BIGSERIAL PRIMARY KEY",
    "real": "float8",
    "text": "varchar",
    "int": "int8",
    "blob": "bytea",
}


def cpu_s() -> float:
    """User and system seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def floor(config: CentralConfig, expected: int, ready: Callable[[], None]) -> int:
    """Take in until `expected` rows are committed; gives how many."""
    insert = _inserter(config.store.url)
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=WHOLE.client_id(config), clean_session=False)
    client.on_message = lambda _client, _userdata, message: arrived.put(message.payload)
    client.on_connect = lambda client, *_: client.subscribe("lanes/v1/+/+/report", 1)
    client.on_subscribe = lambda *_: ready()
    client.connect(*_address(config))
    client.loop_start()
    decode = msgspec.json.Decoder(NodeReport).decode
    committed = 0
    while committed < expected:
        batch = _collect(arrived)
        at_s = utc()
        rows = []
        for payload in batch:
            report = decode(payload)
            rows.append((at_s, report.port, report.node, report.boot, report.seq, payload))
        insert(rows)
        committed += len(rows)
    client.disconnect()
    client.loop_stop()
    return committed


def _collect(arrived: queue.SimpleQueue[Any]) -> list[bytes]:
    batch = [arrived.get(timeout=60)]
    ends = tick() + WINDOW_S
    while len(batch) < BATCH and tick() < ends:
        try:
            batch.append(arrived.get(timeout=IDLE_S))
        except queue.Empty:
            break
    return batch


def _inserter(url: str) -> Callable[[Sequence[Row]], None]:
    if url.startswith("sqlite"):
        return _sqlite_inserter(url.removeprefix("sqlite:///"))
    connection = psycopg.connect(url)
    connection.execute(TABLE.format(**POSTGRESQL))
    connection.execute(INDEX)
    connection.commit()
    cursor = connection.cursor()

    def insert(rows: Sequence[Row]) -> None:
        with cursor.copy(COPY) as copy:
            copy.set_types(["float8", "text", "text", "text", "int8", "bytea"])
            for row in rows:
                copy.write_row(row)
        connection.commit()

    return insert


def _sqlite_inserter(file: str) -> Callable[[Sequence[Row]], None]:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute(TABLE.format(**SQLITE))
    connection.execute(INDEX)

    def insert(rows: Sequence[Row]) -> None:
        connection.execute("BEGIN")
        connection.executemany(INSERT, rows)
        connection.execute("COMMIT")

    return insert


def _address(config: CentralConfig) -> tuple[str, int]:
    host, _, port = config.broker.url.removeprefix("mqtt://").partition(":")
    return host, int(port)


def ours(config: CentralConfig, expected: int, ready: Callable[[], None]) -> int:
    """The ingest of `serve`, until `expected` rows are committed."""
    store = Store(config.store.url)
    store.upgrade()
    done = threading.Event()
    committed = [0]
    add = store.add

    def counting(reports: Sequence[Any], set_aside: Sequence[Any] = (), events: Sequence[Any] = ()) -> int:
        new = add(reports, set_aside, events)
        committed[0] += new
        if committed[0] >= expected:
            done.set()
        return new

    store.add = counting  # type: ignore[method-assign]
    ingest = Ingest(config, store, utc, tick, lambda: None)
    ingest.start()
    while ingest.trouble():
        time.sleep(0.05)
    ready()
    done.wait()
    ingest.stop(10)
    store.close()
    return committed[0]


def main() -> int:
    """`python -m scripts.load.sides floor|ours port.yaml N`."""
    side, file, expected = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    begun_s = cpu_s()
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=sys.stderr))

    def ready() -> None:
        nonlocal begun_s
        begun_s = cpu_s()
        print("ready", flush=True)

    committed = {"floor": floor, "ours": ours}[side](load_central(file), expected, ready)
    print(json.dumps({"rows": committed, "cpu_s": cpu_s() - begun_s}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
