"""The short form of scripts/bench chaos, over both brokers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

BENCH = REPOSITORY / "scripts" / "bench"


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("broker", ["nats", "mosquitto"])
def test_kill_9_of_everything_loses_and_doubles_nothing(
    broker: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if broker == "mosquitto":
        request.getfixturevalue("mosquitto")
    out = tmp_path / "chaos.json"
    command = [BENCH, "chaos", "--short", "--broker", broker, "--seed", "3", "--json", out]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    document = json.loads(out.read_text())
    figures = document["brokers"][broker]
    assert document["kills"] == {"node": 4, "broker": 2, "central": 2}
    assert figures["good"]
    assert figures["committed"] > 20
    assert [figures[name] for name in ("lost", "twice", "gaps", "left_in_outbox")] == [0, 0, 0, 0]
    assert "kill -9  broker" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "word"), [(["fly"], "usage: scripts/bench"), (["chaos", "--kills", "3"], "three numbers")]
)
def test_wrong_words_end_in_a_usage_line(arguments: list[str], word: str) -> None:
    run = subprocess.run([BENCH, *arguments], capture_output=True, text=True)
    assert run.returncode == 2
    assert word in run.stderr
