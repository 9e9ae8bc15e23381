"""The short form of scripts/bench soak over a real broker, and how looks at a process are judged."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from scripts.soak.watching import Look, judge
from tests.conftest import REPOSITORY

BENCH = REPOSITORY / "scripts" / "bench"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_two_minutes_of_frames_with_faults_lose_nothing(tmp_path: Path) -> None:
    out = tmp_path / "soak.json"
    command = [BENCH, "soak", "--short", "--cameras", "4", "--json", out]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    figures = json.loads(out.read_text())
    assert figures["faults"] >= 1
    assert [figures[name] for name in ("lost", "twice", "changed", "gaps", "left_in_outbox")] == [0] * 5
    assert figures["counted_committed"] == figures["counted_stored"] > 0
    assert figures["threads_at_first"] == figures["threads_at_last"] > 4
    assert "broker killed" in run.stdout


def looks(rss_mb: list[float], threads: list[int] | None = None) -> list[Look]:
    counts = threads or [9] * len(rss_mb)
    return [Look(float(at), mb, n) for at, (mb, n) in enumerate(zip(rss_mb, counts, strict=True))]


@pytest.mark.parametrize(
    ("case", "seen", "good"),
    [
        ("flat after a warm-up", looks([60 + min(i, 20) for i in range(100)]), True),
        ("it grows by a tenth", looks([100 + i / 5 for i in range(100)]), False),
        ("a peak in between is no growth", looks([100.0] * 50 + [140.0] + [100.0] * 49), True),
        ("a thread is lost", looks([100.0] * 100, [9] * 60 + [8] * 40), False),
        ("a thread is left over", looks([100.0] * 100, [9] * 60 + [10] * 40), False),
        ("one comes and goes", looks([100.0] * 100, [9] * 60 + [10] * 5 + [9] * 35), True),
        ("too short to tell of memory", looks([50.0 + 5 * i for i in range(8)]), True),
        ("nothing seen", [], False),
    ],
)
def test_looks_are_judged(case: str, seen: list[Look], good: bool) -> None:
    assert judge(seen).is_good == good


@pytest.mark.parametrize("arguments", [["--minutes", "0.2"], ["--cameras", "0"]])
def test_wrong_numbers_end_in_a_usage_line(arguments: list[str]) -> None:
    run = subprocess.run([BENCH, "soak", *arguments], capture_output=True, text=True)
    assert run.returncode == 2
    assert "--minutes takes 1 or more" in run.stderr
