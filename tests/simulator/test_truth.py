"""The rule for the true wait of a vehicle that joins at some moment."""

from __future__ import annotations

import pytest

from simulator.truth import true_wait_s

FAST = "commercial/fast"


def joiner(join_s: float | None, booth_s: float | None, stream: str = FAST) -> dict[str, object]:
    return {"stream": stream, "join_s": join_s, "booth_s": booth_s}


PAIR = [joiner(100, 120), joiner(140, 180)]


@pytest.mark.parametrize(
    ("case", "vehicles", "at_s", "expected_s"),
    [
        ("at a joiner: its own wait", PAIR, 100, 20),
        ("half way: the mean of both waits", PAIR, 120, 30),
        ("at the next joiner: its own wait", PAIR, 140, 40),
        ("before the first joiner: none can be told", PAIR, 99, None),
        ("after the last joiner: none can be told", PAIR, 141, None),
        ("a joiner more than 60 s away says nothing", [joiner(0, 10), joiner(70, 90)], 5, None),
        ("both joiners within 60 s say it", [joiner(0, 10), joiner(70, 90)], 35, 15),
        (
            "a neighbour that never reached its booth says nothing",
            [joiner(0, 10), joiner(20, None)],
            10,
            None,
        ),
        ("who never joined is no neighbour", [*PAIR, joiner(None, None)], 120, 30),
        ("the other stream says nothing", [joiner(0, 10), joiner(20, 50, "commercial/standard")], 10, None),
        ("nobody at all", [], 10, None),
    ],
)
def test_true_wait(
    case: str, vehicles: list[dict[str, object]], at_s: float, expected_s: float | None
) -> None:
    assert true_wait_s({"vehicles": vehicles}, FAST, at_s) == expected_s
