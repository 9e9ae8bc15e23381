"""`lanewatch-port demo`: everything on one machine, started, watched, judged and ended."""

from __future__ import annotations

import os
import tempfile
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.live import Live

from dashboard.demo.children import ChildError, Children, answers, free_port, port_is_taken
from dashboard.demo.counted import counted_until, reported_until_s
from dashboard.demo.ending import EndedError, Ending
from dashboard.demo.feed import read_feed, streams_of
from dashboard.demo.judge import LaneCount, WaitSample, count_faults, score_stream
from dashboard.demo.recording import (
    Ports,
    Recording,
    bundled_recording,
    open_recording,
    write_node_config,
    write_port_config,
)
from dashboard.demo.truth import Truth, count_until_s, true_count, true_wait_s
from dashboard.demo.view import live_table, result_table

SAMPLE_EVERY_S = 5
LEAD_S = 6.0
"""From writing the nodes' configuration to the first frame: a node loads its model meanwhile."""

REPORTED_WITHIN_S = 30.0


def run_demo(
    recordings: Path | None, seconds: float | None, http_port: int | None, json_file: Path | None
) -> int:
    """Play a recording through the whole chain; 0 when every count is exact and the waits are right.

    Raises: ChildError, RecordingError, TruthError or ConfigError, one line each, when it cannot start.
    """
    console = Console(soft_wrap=True)
    recording = open_recording(recordings or bundled_recording())
    ports = Ports(broker=free_port(), http=8080 if http_port is None else http_port)
    if port_is_taken(ports.http):
        raise ChildError(f"port {ports.http} of this machine is taken; end what uses it or give --http-port")
    with Ending() as ending, tempfile.TemporaryDirectory(prefix="lanewatch-demo-") as folder:
        work = Path(folder)
        with Children(work, ending.check) as children:
            try:
                start_at_s = _start_all(console, children, recording, work, ports)
                samples, played_s = _watch(console, children, recording, ports, start_at_s, seconds)
                return _finish(console, children, recording, work, samples, start_at_s, played_s, json_file)
            except EndedError:
                console.print("ended before there was enough to judge")
                return 130


def _start_all(console: Console, children: Children, recording: Recording, work: Path, ports: Ports) -> float:
    """Bring up broker, central and nodes, a line each; returns when the first frame plays (UTC seconds)."""
    console.print(f"recording  {recording.folder}")
    children.start(
        "broker", "lanewatch-port", "broker", "--dir", str(work / "broker"), "--port", str(ports.broker)
    )
    children.wait_until(lambda: answers(ports.broker), "broker")
    console.print(f"broker     mqtt://127.0.0.1:{ports.broker}")
    children.start(
        "central", "lanewatch-port", "serve", "--config", str(write_port_config(recording, work, ports))
    )
    children.wait_until(lambda: read_feed(ports.http) is not None, "central")
    console.print(
        f"central    http://127.0.0.1:{ports.http}/  (also /fr, /manager, /feed/v1/wait-times.json)"
    )
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(f"http://127.0.0.1:{ports.http}/")
    now_s = time.time()  # noqa: TID251
    start_at_s = float(SAMPLE_EVERY_S * -(-(now_s + LEAD_S) // SAMPLE_EVERY_S))
    for source in recording.nodes:
        config = write_node_config(source, work, ports, start_at_s)
        children.start(source.stem, "lanewatch-edge", "run", "--config", str(config))
    _sleep_until(children, start_at_s)
    for source in recording.nodes:
        console.print(f"node       {source.stem} plays")
    return start_at_s


def _watch(
    console: Console,
    children: Children,
    recording: Recording,
    ports: Ports,
    start_at_s: float,
    seconds: float | None,
) -> tuple[list[WaitSample], float]:
    """Read the feed every 5 s until `seconds` have been played or until Ctrl-C; gives also what was played.

    Raises: EndedError when the end is asked for before the recording has been played once.
    """
    samples: list[WaitSample] = []
    at_s = 0.0
    with Live(console=console, auto_refresh=False) as live:
        try:
            while seconds is None or at_s < seconds:
                _sleep_until(children, start_at_s + at_s)
                streams = streams_of(read_feed(ports.http))
                new = [_sample(recording, stream, lane, at_s) for stream, lane in streams.items()]
                samples += new
                live.update(live_table(streams, {s.stream: s.true_s for s in new}, at_s), refresh=True)
                at_s += SAMPLE_EVERY_S
            _sleep_until(children, start_at_s + seconds)
        except EndedError:
            if recording.truth is None or at_s < recording.truth.length_s:
                raise
            seconds = at_s
    console.print()
    return samples, seconds


def _sample(recording: Recording, stream: str, lane: object, at_s: float) -> WaitSample:
    published = msgspec.convert(lane, _PublishedLane)
    wait = published.expected or _PublishedWait()
    truth = recording.truth
    true_s = true_wait_s(truth, stream, at_s % truth.length_s) if truth else None
    return WaitSample(at_s, stream, wait.wait_s, wait.low_s, wait.high_s, true_s)


class _PublishedWait(msgspec.Struct, frozen=True):
    wait_s: float | None = None
    low_s: float | None = None
    high_s: float | None = None


class _PublishedLane(msgspec.Struct, frozen=True):
    expected: _PublishedWait | None


def _finish(
    console: Console,
    children: Children,
    recording: Recording,
    work: Path,
    samples: Sequence[WaitSample],
    start_at_s: float,
    seconds: float,
    json_file: Path | None,
) -> int:
    truth = recording.truth
    if truth is None:
        console.print("no truth beside this recording: nothing to judge")
        return 0
    counts = _count(children, recording, truth, work, start_at_s, seconds)
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(_as_json(counts, samples)), indent=1))
    if not truth.scored:
        console.print("this recording shows what lies beyond the view; it is not judged")
        return 0
    scores = [score_stream(stream, samples) for stream in sorted({s.stream for s in samples})]
    console.print(result_table(counts, scores))
    faults = count_faults(counts) + [f"{s.stream}: {fault}" for s in scores for fault in s.faults]
    if not scores:
        faults.append("the feed named no stream")
    for fault in faults:
        console.print(f"wrong: {fault}")
    if not faults:
        console.print("every count is exact and the waits are right")
    return 1 if faults else 0


def _count(
    children: Children, recording: Recording, truth: Truth, work: Path, start_at_s: float, seconds: float
) -> list[LaneCount]:
    until_s = count_until_s(truth, seconds)
    store = work / "lanewatch.db"
    nodes = len(recording.nodes)
    end_s = start_at_s + until_s
    children.wait_until(lambda: reported_until_s(store, nodes) >= end_s, "the last report", REPORTED_WITHIN_S)
    counted = counted_until(store, end_s)
    lines = sorted({(c.lane, c.line) for c in truth.crossings})
    return [
        LaneCount(k, line, counted.get((k, line)), true_count(truth, k, line, until_s)) for k, line in lines
    ]


def _as_json(counts: Sequence[LaneCount], samples: Sequence[WaitSample]) -> object:
    return {
        "lanes": [_lane(c) for c in counts],
        "waits": [_wait(s) for s in samples],
    }


def _lane(count: LaneCount) -> dict[str, object]:
    return {"lane": count.lane, "line": count.line, "counted": count.counted, "true": count.true}


def _wait(sample: WaitSample) -> dict[str, object]:
    traffic, lane_class = sample.stream.split("/")
    figures = {
        "wait_s": sample.wait_s,
        "low_s": sample.low_s,
        "high_s": sample.high_s,
        "true_s": sample.true_s,
    }
    return {"at_s": sample.at_s, "traffic": traffic, "class": lane_class, **figures}


def _sleep_until(children: Children, at_s: float) -> None:
    children.check()
    while (left_s := at_s - time.time()) > 0:  # noqa: TID251
        time.sleep(min(left_s, 0.5))
        children.check()
