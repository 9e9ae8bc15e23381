"""A node for hours, a fault a minute: memory flat, no thread lost, no committed count lost.

One real node watches several cameras at once, so that an hour of frames takes as much less time; broker and
central are real too. Cameras go, freeze, darken or send damaged pictures; broker and central are killed; the
node's disk is full; the node sleeps. At the end every committed row must be in central's store, once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dashboard.config import load_central
from dashboard.demo.recording import open_recording
from scripts.chaos.parts import BIN, MissingError, outbox_of, parts_of
from scripts.chaos.verdict import Key, Verdict, judge, read_store
from scripts.chaos.wal import Recorder, rows_of
from scripts.output import output
from scripts.soak import watching
from scripts.soak.faults import Fault, faults
from scripts.soak.films import make_films
from scripts.soak.site import NODE, make_recording

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "config" / "recordings" / "at-least"
MINUTES, CAMERAS = 120.0, 4
SHORT_MINUTES = 2.0
LOOK_EVERY_S = 0.25
SETTLED_S = 4.0
"""Rows that are younger than this are still on their way."""
UP_WITHIN_S, DRAINED_WITHIN_S, ENDED_WITHIN_S = 90.0, 180.0, 60.0
utc = time.time  # noqa: TID251 - a shell


class SoakError(Exception):
    """A run that cannot be judged: one line."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; `kept`: rows of the last moments, which are in the outbox still, not lost."""

    verdict: Verdict
    kept: int
    held: watching.Held
    faults: int

    @property
    def is_good(self) -> bool:
        """Nothing lost, memory flat, threads whole, and something went wrong at all."""
        return self.verdict.is_good and self.held.is_good and self.faults > 0

    def figures(self) -> dict[str, object]:
        """All of it, flat."""
        return {"faults": self.faults, "kept_in_outbox": self.kept} | asdict(self.held) | asdict(self.verdict)


class Soak:
    """One port, from its start to the proof."""

    def __init__(self, options: argparse.Namespace, work: Path) -> None:
        self._work, self._options = work, options
        films = make_films(SOURCE / "tail.mp4", work / "films", options.seed)
        places = make_recording(SOURCE, work / "recording", options.cameras, films["sound"])
        recording = open_recording(work / "recording")
        self._parts = {p.name: p for p in parts_of(recording, options.broker, work, utc() + 8.0)}
        self._faults = faults(self._parts, NODE, films, places)
        self._outbox = outbox_of(recording.nodes[0], work)
        self._recorder = Recorder(self._outbox)
        self._committed: dict[Key, bytes] = {}
        self._seen_at: dict[Key, float] = {}
        self._looks: list[watching.Look] = []
        self._asleep = False

    def play(self, console: Console) -> Outcome:
        """Start, let things go wrong, let the backlog drain, judge."""
        try:
            for part in self._parts.values():
                part.start()
                self._wait(part.is_up, f"{part.name} is not up", UP_WITHIN_S)
            done = self._suffer(console)
            self._wait(self._is_drained, "rows are still on their way", DRAINED_WITHIN_S)
            held = watching.judge(self._looks)
            self._end()
            return Outcome(*self._judge(), held, done)
        finally:
            for part in reversed(self._parts.values()):
                part.kill()

    def _suffer(self, console: Console) -> int:
        every_s = 60.0 / self._options.cameras
        until, done = utc() + 60.0 * self._options.minutes / self._options.cameras, 0
        begun = utc()
        self._watch_until(begun + every_s / 3, begun)
        while utc() + every_s <= until + 1.0:
            fault = next(self._faults)
            minute = (utc() - begun) / every_s
            left = f"{self._options.minutes:g} ({(until - utc()) / 60:.1f} min of ours left)"
            console.print(f"minute {minute:6.1f} of {left}  {fault.name}", highlight=False)
            self._go_through(fault, every_s, begun)
            done += 1
        return done

    def _go_through(self, fault: Fault, every_s: float, begun: float) -> None:
        start = utc()
        fault.begin()
        self._asleep = "sleeps" in fault.name
        try:
            self._watch_until(start + every_s * fault.share, begun)
        finally:
            fault.end()
            self._asleep = False
        self._watch_until(start + every_s, begun)

    def _watch_until(self, end: float, begun: float) -> None:
        while (left_s := end - utc()) > 0:
            self._look()
            node = self._parts[NODE]
            if node.has_ended():
                raise SoakError(f"the node ended by itself: {node.last_words()}")
            if not self._asleep:
                self._looks.append(watching.look(node.pid, utc() - begun))
            time.sleep(min(LOOK_EVERY_S, left_s))

    def _look(self, at_rest: bool = False) -> None:
        for row in self._recorder.look(at_rest):
            self._committed[NODE, row.boot, row.seq] = row.payload
            self._seen_at[NODE, row.boot, row.seq] = utc()

    def _is_drained(self) -> bool:
        """Whether central holds all but the rows that were committed just now."""
        self._look()
        held = {row.key for row in read_store(self._work / "lanewatch.db")}
        before = utc() - SETTLED_S
        settled = all(self._seen_at[key] > before for key in set(self._committed) - held)
        return settled and all(part.is_up() for part in self._parts.values())

    def _end(self) -> None:
        """As a person ends them, the node first; its last commits are read before it tidies its outbox up."""
        for name in (NODE, "central"):
            part, until = self._parts[name], utc() + ENDED_WITHIN_S
            part.ask_to_end()
            while not part.has_ended():
                if utc() > until:
                    raise SoakError(f"{name} did not end when asked: {part.last_words()}")
                if name == NODE:
                    self._look()
                time.sleep(0.01)

    def _judge(self) -> tuple[Verdict, int]:
        config, out = self._work / "port.yaml", self._work / "stored.json"
        subprocess.run([BIN / "lanewatch-port", "stored", "--config", config, "--json", out], check=True)
        held, stored = read_store(self._work / "lanewatch.db"), json.loads(out.read_text())
        kept = self._kept() - {row.key for row in held}
        gone = {key: payload for key, payload in self._committed.items() if key not in kept}
        return judge(gone, held, stored, 0, {NODE: []}, load_central(config)), len(kept)

    def _kept(self) -> set[Key]:
        """Rows that the node had not yet been told are stored when it ended: it sends them when it runs."""
        wal = self._outbox.with_name(self._outbox.name + "-wal")
        rows = rows_of(self._outbox.read_bytes(), wal.read_bytes() if wal.exists() else b"")
        return {(NODE, row.boot, row.seq) for row in rows}

    def _wait(self, ready: Callable[[], bool], problem: str, within_s: float) -> None:
        until = utc() + within_s
        while not ready():
            if utc() > until:
                raise SoakError(f"{problem} after {within_s:.0f} s; {self._parts[NODE].last_words()}")
            time.sleep(0.3)


def main() -> int:
    """Run, print, write; 0 when all is good."""
    options = _options()
    console = Console(soft_wrap=True, quiet=options.quiet)
    try:
        with tempfile.TemporaryDirectory(prefix="lanewatch-soak-") as folder:
            outcome = Soak(options, Path(folder)).play(console)
    except (SoakError, MissingError) as error:
        print(error, file=sys.stderr)
        return 2
    table = Table(title=f"{options.minutes:g} minutes of frames, {options.broker}")
    table.add_column("")
    table.add_column(NODE, justify="right")
    for key, value in outcome.figures().items():
        table.add_row(key.replace("_", " "), "too short to tell" if value is None else str(value))
    table.add_row("verdict", "good" if outcome.is_good else "BAD")
    Console(soft_wrap=True).print(table)
    if options.json is not None:
        document = {"minutes": options.minutes, "good": outcome.is_good} | outcome.figures()
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 0 if outcome.is_good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: scripts/bench soak --cameras 8 (two hours of frames in 15 minutes); "
        "scripts/bench soak --minutes 20 --broker mosquitto",
    )
    parser.add_argument("--minutes", type=float, help=f"minutes of frames (default {MINUTES:g})")
    parser.add_argument("--cameras", type=int, default=CAMERAS, help="cameras at once: so many times as fast")
    parser.add_argument("--short", action="store_true", help=f"{SHORT_MINUTES:g} minutes of frames")
    parser.add_argument("--broker", choices=("nats", "mosquitto"), default="nats")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=output, metavar="FILE", help="also write the figures here")
    parser.add_argument("--quiet", action="store_true", help="print the table alone")
    options = parser.parse_args()
    options.minutes = options.minutes or (SHORT_MINUTES if options.short else MINUTES)
    if options.minutes < 1 or not 1 <= options.cameras <= 8:
        parser.error("--minutes takes 1 or more, --cameras 1 to 8")
    return options


if __name__ == "__main__":
    sys.exit(main())
