"""Of failed tries to connect, the first is told, and each with another reason."""

from __future__ import annotations

import pytest

from edge.daemon.tries import Tries

REFUSED = [("refused", "Not authorized"), ("ended", "Unspecified error")]
AWAY = [("ended", "no connection")]
CUT = [("ended", "Unspecified error")]
UP = [("up", "")]


@pytest.mark.parametrize(
    ("case", "steps", "told"),
    [
        ("a refusal is one try", REFUSED, ["Not authorized"]),
        ("again and again", REFUSED * 9, ["Not authorized"]),
        ("away again and again", AWAY * 9, ["no connection"]),
        ("away, then refused", AWAY * 2 + REFUSED * 2, ["no connection", "Not authorized"]),
        ("refused, then away", REFUSED * 2 + AWAY * 2, ["Not authorized", "no connection"]),
        ("cut before an answer", REFUSED + CUT * 2, ["Not authorized", "Unspecified error"]),
        ("up in between", REFUSED + UP + REFUSED, ["Not authorized", "Not authorized"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_told(case: str, steps: list[tuple[str, str]], told: list[str]) -> None:
    tries = Tries()
    news = []
    for step, reason in steps:
        if step == "up":
            tries.up()
        elif tries.refused(reason) if step == "refused" else tries.ended(reason):
            news.append(reason)
    assert news == told, case
