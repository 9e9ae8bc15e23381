"""From publish to the lane event on the stream: 500 nodes of four lanes, a report a second, one central."""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from dashboard.broker.broker import Broker
from dashboard.demo.children import free_port
from scripts.bench_feed import cpu_s, wait_for
from scripts.bench_ingest import send
from scripts.load.reports import config_text, message

GOAL_MS = 250.0
WARM_UP_S = 3.0
"""The first reports find 500 nodes that were never seen: a start, not a state."""

utc = time.time  # noqa: TID251 - a shell


def live(nodes: int, seconds: int) -> Iterator[tuple[str, bytes]]:
    """Reports that end at the moment in which they are asked for."""
    for n in range(nodes * seconds):
        yield message(n % nodes, n // nodes + 1, utc(), "live")


def listen(port: int, found: list[tuple[float, float]], ready: threading.Event) -> None:
    """Note for each lane event when its report was published (UTC s), and how long ago in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/api/v1/stream?part=manager")
    reply = connection.getresponse()
    ready.set()
    kind = b""
    try:
        while line := reply.readline():
            if line.startswith(b"event:"):
                kind = line[6:].strip()
            elif line.startswith(b"data:") and kind == b"lane":
                measured = json.loads(line[5:]).get("measured_at")
                if measured:
                    published_s = datetime.fromisoformat(measured).timestamp()
                    found.append((published_s, (utc() - published_s) * 1000))
    except OSError:
        return  # the server ended


def main() -> int:
    """Exit 1 when the 99th percentile misses the goal."""
    parser = argparse.ArgumentParser(prog="scripts/bench live", description=__doc__)
    parser.add_argument("--nodes", type=int, default=500, help="nodes with four lanes each (500)")
    parser.add_argument(
        "--seconds",
        type=int,
        default=63,
        help="how long they report (63, so that a minute ends)",
    )
    options = parser.parse_args()
    found: list[tuple[float, float]] = []
    ready = threading.Event()
    with tempfile.TemporaryDirectory() as name, Broker(Path(name) / "broker", free_port()) as broker:
        file, port = Path(name) / "port.yaml", free_port()
        file.write_text(config_text(options.nodes, broker.port, "sqlite:///x.db", port))
        command = [
            sys.executable,
            "-c",
            "from dashboard.cli import main; main()",
            "serve",
            "--config",
            str(file),
        ]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as central:
            wait_for(port)
            threading.Thread(target=listen, args=(port, found, ready), daemon=True).start()
            ready.wait(20)
            before = cpu_s(central.pid)
            send(broker.port, live(options.nodes, options.seconds), float(options.nodes))
            time.sleep(2)
            cores = (cpu_s(central.pid) - before) / options.seconds
            central.terminate()
    warm_s = min((published_s for published_s, _ in found), default=0.0) + WARM_UP_S
    took = sorted(took_ms for published_s, took_ms in found if published_s >= warm_s)
    if not took:
        raise SystemExit("bench live: no lane event came")
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    print(f"{len(took)} lane events: median {p50:.0f} ms, 99th percentile {p99:.0f} ms (goal {GOAL_MS:.0f})")
    print(f"central used {cores:.2f} cores")
    return 1 if p99 > GOAL_MS else 0


if __name__ == "__main__":
    sys.exit(main())
