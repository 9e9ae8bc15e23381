"""Kill -9 of nodes, broker and central at random, then the proof: nothing lost, nothing stored twice."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dashboard.config import load_central
from dashboard.demo.recording import Recording, open_recording
from scripts.chaos.parts import BIN, MissingError, Part, outbox_of, parts_of
from scripts.chaos.plan import Deed, deeds
from scripts.chaos.verdict import Down, Key, Verdict, judge, read_store
from scripts.chaos.wal import Recorder
from scripts.output import output

ROOT = Path(__file__).resolve().parents[1]
RECORDING = ROOT / "config" / "recordings" / "at-least"
LONG, SHORT = (20, 10, 10), (4, 2, 2)
utc = time.time  # noqa: TID251 - a shell

LOOK_EVERY_S = 0.1
UP_WITHIN_S = 90.0
DRAINED_WITHIN_S = 240.0
ENDED_WITHIN_S = 60.0
ENDS_AT_MOST = 4
SETTLED_S = 4.0
"""Rows that are younger than this are still on their way."""


class ChaosError(Exception):
    """A run that cannot be judged: one line."""


class Run:
    """One port under fire."""

    def __init__(self, broker: str, kills: tuple[int, int, int], seed: int, work: Path) -> None:
        self._work = work
        self._recording: Recording = open_recording(RECORDING)
        self._parts = {p.name: p for p in parts_of(self._recording, broker, work, utc() + 8.0)}
        self._nodes = [source.stem for source in self._recording.nodes]
        self._recorders = {s.stem: Recorder(outbox_of(s, work)) for s in self._recording.nodes}
        shares = {name: kills[0] // 2 + (kills[0] % 2 if i == 0 else 0) for i, name in enumerate(self._nodes)}
        self._deeds = deeds(shares | {"broker": kills[1], "central": kills[2]}, seed, begin_s=8.0)
        self._committed: dict[Key, bytes] = {}
        self._downs: defaultdict[str, list[Down]] = defaultdict(list)
        self._down_since: dict[str, float] = {}

    def play(self, console: Console) -> Verdict:
        """Start, kill, drain, judge."""
        try:
            for part in self._parts.values():
                part.start()
                self._wait(part.is_up, f"{part.name} is not up", UP_WITHIN_S, part)
            self._fire(console)
            console.print("all kills done; waiting until every row is receipted")
            self._wait(self._is_drained, "rows are still on their way", DRAINED_WITHIN_S)
            self._end_nodes()
            self._end(self._parts["central"])
            return self._judge()
        finally:
            for part in reversed(self._parts.values()):
                part.kill()

    def _fire(self, console: Console) -> None:
        begun = utc()
        for deed in self._deeds:
            while (left_s := begun + deed.at_s - utc()) > 0:
                self._look_at_all()
                time.sleep(min(LOOK_EVERY_S, left_s))
            self._do(deed)
            console.print(f"{deed.at_s:6.1f} s  {'kill -9' if deed.kills else 'start  '}  {deed.part}")

    def _do(self, deed: Deed) -> None:
        part = self._parts[deed.part]
        if not deed.kills:
            if deed.part in self._down_since:
                self._downs[deed.part].append((self._down_since.pop(deed.part), utc()))
            part.start()
            return
        if part.has_ended():
            raise ChaosError(f"{part.name} ended by itself: {part.last_words()}")
        part.kill()
        if deed.part in self._recorders:
            self._down_since[deed.part] = utc()
            self._look(deed.part, at_rest=True)

    def _look_at_all(self) -> None:
        for name in self._nodes:
            if name not in self._down_since:
                self._look(name, at_rest=False)

    def _look(self, name: str, at_rest: bool) -> None:
        for row in self._recorders[name].look(at_rest):
            self._committed[name, row.boot, row.seq] = row.payload

    def _is_drained(self) -> bool:
        """Whether central has all but the newest rows, and the outboxes hold no others."""
        self._look_at_all()
        before = utc() - SETTLED_S
        missing = set(self._committed) - self._held()
        young = {key for key in missing if _end_s(self._committed[key]) > before}
        return all(part.is_up() for part in self._parts.values()) and missing == young

    def _judge(self) -> Verdict:
        left = sum(recorder.left() for recorder in self._recorders.values())
        config = self._work / "port.yaml"
        out = self._work / "stored.json"
        subprocess.run([BIN / "lanewatch-port", "stored", "--config", config, "--json", out], check=True)
        held = read_store(self._work / "lanewatch.db")
        return judge(
            self._committed, held, json.loads(out.read_text()), left, self._downs, load_central(config)
        )

    def _end_nodes(self) -> None:
        """End them; a row without a receipt in their last seconds goes out at a new start."""
        for _ in range(ENDS_AT_MOST):
            for name in self._nodes:
                self._end(self._parts[name])
            ended_s, held = utc(), self._held()
            owed = set(self._committed) - held
            if not owed and not any(recorder.left() for recorder in self._recorders.values()):
                return
            for name in self._nodes:
                self._parts[name].start()
                self._downs[name].append((ended_s, utc()))
            again = partial(self._have_sent_again, owed, {key[:2] for key in held})
            self._wait(again, "rows are still on their way", DRAINED_WITHIN_S)

    def _held(self) -> set[Key]:
        return {row.key for row in read_store(self._work / "lanewatch.db")}

    def _have_sent_again(self, owed: set[Key], known: set[tuple[str, str]]) -> bool:
        """Whether central has what is owed, and a first row of a new boot of every node."""
        held = self._held()
        return owed <= held and {node for node, boot, _ in held if (node, boot) not in known} >= set(
            self._nodes
        )

    def _end(self, part: Part) -> None:
        """As a person ends it; its last commits are read before it tidies its outbox up."""
        part.ask_to_end()
        until = utc() + ENDED_WITHIN_S
        while not part.has_ended():
            if utc() > until:
                raise ChaosError(f"{part.name} did not end when asked: {part.last_words()}")
            self._look_at_all()
            time.sleep(0.01)

    def _wait(
        self, ready: Callable[[], bool], problem: str, within_s: float, part: Part | None = None
    ) -> None:
        until = utc() + within_s
        while not ready():
            if utc() > until or (part is not None and part.has_ended()):
                raise ChaosError(f"{problem} after {within_s:.0f} s; {part.last_words() if part else ''}")
            self._look_at_all()
            time.sleep(0.5)


def _end_s(payload: bytes) -> float:
    return datetime.fromisoformat(json.loads(payload)["end"]).timestamp()


def main() -> int:
    """Run, print, write; 0 when every verdict is good."""
    options = _options()
    console = Console(soft_wrap=True)
    quiet = Console(quiet=True)
    brokers = ("nats", "mosquitto") if options.broker == "both" else (options.broker,)
    verdicts: dict[str, Verdict] = {}
    try:
        for broker in brokers:
            with tempfile.TemporaryDirectory(prefix="lanewatch-chaos-") as folder:
                run = Run(broker, options.kills, options.seed, Path(folder))
                verdicts[broker] = run.play(quiet if options.quiet else console)
    except (ChaosError, MissingError) as error:
        print(error, file=sys.stderr)
        return 2
    document = {
        "seed": options.seed,
        "kills": dict(zip(("node", "broker", "central"), options.kills, strict=True)),
        "brokers": {name: asdict(verdict) | {"good": verdict.is_good} for name, verdict in verdicts.items()},
    }
    console.print(_table(verdicts, options))
    if options.json is not None:
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 0 if all(verdict.is_good for verdict in verdicts.values()) else 1


def _table(verdicts: dict[str, Verdict], options: argparse.Namespace) -> Table:
    kills = "{} + {} + {}".format(*options.kills)
    table = Table(title=f"kill -9 of nodes + broker + central: {kills}, seed {options.seed}")
    table.add_column("")
    for name in verdicts:
        table.add_column(name, justify="right")
    for key in next(iter(map(asdict, verdicts.values()))):
        table.add_row(key.replace("_", " "), *(str(asdict(v)[key]) for v in verdicts.values()))
    table.add_row("verdict", *("good" if verdict.is_good else "BAD" for verdict in verdicts.values()))
    return table


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench chaos",
        description=__doc__,
        epilog="example: scripts/bench chaos --broker nats --short",
    )
    parser.add_argument("--kills", type=_three, help="kills of nodes,broker,central (default 20,10,10)")
    parser.add_argument("--broker", choices=("nats", "mosquitto", "both"), default="both")
    parser.add_argument("--short", action="store_true", help="4,2,2: a minute or two")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=output, metavar="FILE", help="also write the figures here")
    parser.add_argument("--quiet", action="store_true", help="print the table alone")
    options = parser.parse_args()
    options.kills = options.kills or (SHORT if options.short else LONG)
    return options


def _three(text: str) -> tuple[int, int, int]:
    parts = text.split(",")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not three numbers; write --kills 20,10,10")
    return int(parts[0]), int(parts[1]), int(parts[2])


if __name__ == "__main__":
    sys.exit(main())
