"""The decode process that each live camera has beside the node, on the clip as if it were a camera."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

from edge.camera.live import LiveSource
from scripts.rivals.job import peak_rss_mb, read_job

PICTURES = 20


def main() -> None:
    """Memory only: a file is decoded as fast as it can be, so its CPU a second says nothing."""
    job = read_job()
    source = LiveSource(job.clip)
    pictures = 0
    rss_mb = own_mb = 0.0
    for _ in islice(source.every(job.every_s), PICTURES):
        pictures += 1
        rss_mb, own_mb = peak_rss_mb(source.pid), own_rss_mb(source.pid)
    print(json.dumps({"frames": pictures, "rss_mb": rss_mb, "own_mb": own_mb, "counted": None}))


def own_rss_mb(pid: int | None) -> float:
    """What a process shares with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


if __name__ == "__main__":
    main()
