"""When a node says that nobody receipts what it sends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from edge.node.unheard import SILENCE_S, Unheard
from tests.conftest import REPOSITORY
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import until
from tests.edge.test_node_run import RUN, looped_from, now, write_config


@pytest.mark.parametrize(
    ("case", "steps", "told"),
    [
        ("receipts come", [("sent", 0), ("receipted", 1), ("sent", 200), ("look", 201)], False),
        ("none comes", [("sent", 0), ("sent", 60), ("look", SILENCE_S + 1)], True),
        ("none comes yet", [("sent", 0), ("look", SILENCE_S)], False),
        ("nothing was sent", [("look", 1000)], False),
        ("refused, and thrown out again and again",
         [("sent", 0), ("connected", 30), ("sent", 31), ("connected", 60), ("sent", 61), ("look", 99)],
         True),
        ("the broker was away", [("sent", 0), ("connected", 3600), ("sent", 3600), ("look", 3601)], False),
        ("told once", [("sent", 0), ("look", 100), ("sent", 101), ("look", 300)], True),
    ],
)  # fmt: skip
def test_silence(case: str, steps: list[tuple[str, float]], told: bool) -> None:
    unheard, said = Unheard(), []
    for step, at in steps:
        if step == "receipted":
            unheard.receipted()
        elif step == "look":
            said.append(unheard.look(at))
        else:
            getattr(unheard, step)(at)
    assert [seconds for seconds in said if seconds is not None] == ([said[0]] if told else [])


def test_the_end_of_the_silence_is_told_of_once() -> None:
    unheard = Unheard()
    unheard.sent(0)
    assert unheard.look(100) == 100
    assert unheard.receipted()
    assert not unheard.receipted()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_node_at_a_broker_without_central_says_so(kind: str, tmp_path: Path) -> None:
    impatient = RUN.replace("import sys", "import edge.node.unheard as u\nu.SILENCE_S = 2.0\nimport sys", 1)
    with broker(kind, tmp_path / "broker") as port, (tmp_path / "node.log").open("w") as log:
        config = write_config(tmp_path, port, playback=looped_from(now()))
        child = subprocess.Popen([sys.executable, "-c", impatient, str(config)], cwd=REPOSITORY, stderr=log)
        try:
            assert until(lambda: '"no_receipts"' in (tmp_path / "node.log").read_text())
            assert (tmp_path / "node.log").read_text().count('"no_receipts"') == 1
        finally:
            child.kill()
            child.wait()
