"""Feed requests beside a static file of the same bytes, same server; a day's chart out of a year."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dashboard.demo.children import free_port
from dashboard.store.history import History
from dashboard.store.store import Store
from scripts.load.reports import config_text
from scripts.output import output

FEED, FILE = "/feed/v1/wait-times.json", "/bench/file.json"
GOAL = 0.5
DAY_S = 86400
tick = time.perf_counter


def cpu_s(pid: int) -> float:
    """User and system seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(port: int, path: str, times: int) -> bytes:
    """The same request again and again over one connection; gives the last body."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = b""
    for _ in range(times):
        connection.request("GET", path)
        reply = connection.getresponse()
        body = reply.read()
        if reply.status != 200:
            raise SystemExit(f"bench feed: {path} answers {reply.status}; see dashboard/web/limits.py")
    connection.close()
    return body


def requests_a_core(rounds: int, requests: int, folder: Path) -> dict[str, float]:
    """Requests for a second of the server's CPU, medians of rounds taken in turn."""
    file, port = folder / "port.yaml", free_port()
    file.write_text(config_text(500, 1883, "sqlite:///x.db", 0))
    command = [sys.executable, "-m", "scripts.load.served", str(file), str(folder), str(port)]
    found: dict[str, list[float]] = {FEED: [], FILE: []}
    with subprocess.Popen(command) as server:
        try:
            wait_for(port)
            (folder / "file.json").write_bytes(ask(port, FEED, 1))
            for _ in range(rounds):
                for path, rates in found.items():
                    before = cpu_s(server.pid)
                    ask(port, path, requests)
                    rates.append(requests / (cpu_s(server.pid) - before))
        finally:
            server.terminate()
    return {"feed": statistics.median(found[FEED]), "file": statistics.median(found[FILE])}


def wait_for(port: int) -> None:
    """Until the server answers."""
    for _ in range(300):
        try:
            ask(port, "/healthz", 1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("bench feed: the server did not start")


YEAR = """INSERT INTO stream_minutes (port, direction, stream, start_s, state, wait_s, low_s, high_s, basis)
WITH RECURSIVE ports(p) AS (SELECT 0 UNION ALL SELECT p + 1 FROM ports WHERE p < 9),
minutes(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM minutes WHERE n < ?1)
SELECT 'port' || p, 'us_bound', 'commercial/fast', n * 60.0, 'measured', n % 3600, 1.0, 3600.0, 'queue'
FROM ports, minutes"""


def a_day_of_a_year(days: int, queries: int, folder: Path) -> dict[str, float]:
    """Milliseconds of a day's chart query over so many days of minutes of ten ports, on SQLite."""
    store = Store(f"sqlite:///{folder}/year.db")
    store.upgrade()
    with store.connection() as driver:
        driver.execute("PRAGMA synchronous=OFF").fetchall()
        driver.execute(YEAR, (days * 1440 - 1,))
    history = History(store)
    took = []
    for n in range(queries):
        from_s = (n * 37 % (days - 1)) * DAY_S
        begun = tick()
        rows = history.minutes(f"port{n % 10}", "us_bound", "commercial/fast", from_s, from_s + DAY_S)
        took.append((tick() - begun) * 1000)
        if len(rows) != 1440:
            raise SystemExit(f"bench feed: a day has {len(rows)} minutes")
    size = sum(path.stat().st_size for path in folder.glob("year.db*"))
    store.close()
    p99 = sorted(took)[int(len(took) * 0.99)]
    row = size / (days * 14400)
    return {"p50_ms": statistics.median(took), "p99_ms": p99, "bytes_a_minute": row}


def main() -> int:
    """Exit 1 when the ratio misses the goal."""
    parser = argparse.ArgumentParser(prog="scripts/bench feed", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="requests of a round (2000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each side, in turn (3)")
    parser.add_argument("--days", type=int, default=365, help="days of minutes of ten ports (365)")
    parser.add_argument("--json", type=output, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rates = requests_a_core(options.rounds, options.requests, Path(folder))
        print(f"feed {rates['feed']:.0f}, static file {rates['file']:.0f} requests a CPU second", flush=True)
        ratio = rates["feed"] / rates["file"]
        print(f"ratio {ratio:.2f} (goal >= {GOAL})", flush=True)
        chart = a_day_of_a_year(options.days, 300, Path(folder))
    figures = ", ".join(f"{name} {value:.1f}" for name, value in chart.items())
    print(f"a day's chart out of {options.days} days of 10 ports: {figures}")
    said: dict[str, Any] = {**rates, "ratio": ratio, "chart": chart}
    if options.json:
        options.json.write_text(json.dumps(said, indent=1) + "\n")
    return 1 if ratio < GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
