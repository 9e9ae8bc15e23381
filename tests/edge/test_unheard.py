"""When a node says that nobody receipts what it sends."""

from __future__ import annotations

import pytest

from edge.node.unheard import SILENCE_S, Unheard


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
