"""When what is killed and started again: random, but the same for the same seed. Pure; times in seconds."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

UP_S = (0.3, 14.0)
"""From the start of a part to its next kill: often before it is really up."""
DOWN_S = (0.2, 4.0)


@dataclass(frozen=True, slots=True)
class Deed:
    """At `at_s` after the beginning kill `part`, or start it again."""

    at_s: float
    part: str
    kills: bool


def deeds(kills: Mapping[str, int], seed: int, begin_s: float) -> list[Deed]:
    """As many kills of each part, each with its new start; the parts do not wait for each other."""
    made = []
    for part, times in kills.items():
        dice = random.Random(f"{seed} {part}")
        at_s = begin_s
        for _ in range(times):
            at_s += dice.uniform(*UP_S)
            made.append(Deed(at_s, part, kills=True))
            at_s += dice.uniform(*DOWN_S)
            made.append(Deed(at_s, part, kills=False))
    return sorted(made, key=lambda deed: deed.at_s)
