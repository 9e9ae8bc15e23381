"""The characters of a plate, and which of them look alike. Pure.

A text is personal information: it is never logged, written or sent. `PlateText` does not show itself.
"""

from __future__ import annotations

from dataclasses import dataclass

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SHORTEST, LONGEST = 4, 8

LOOK_ALIKES = {"0": "OQD", "1": "IL", "8": "B", "5": "S", "2": "Z", "6": "G"}
_FOLD = str.maketrans({other: kept for kept, others in LOOK_ALIKES.items() for other in others})


@dataclass(frozen=True, slots=True)
class PlateText:
    """Characters of a plate; printed as its length only."""

    characters: str

    def __repr__(self) -> str:
        return f"PlateText({len(self.characters)} characters)"

    __str__ = __repr__

    @property
    def folded(self) -> PlateText:
        """The same with one character for all that look alike."""
        return PlateText(fold(self.characters))

    def is_near(self, other: PlateText) -> bool:
        """Whether at most one character differs, is missing or is too many, look-alikes taken as one."""
        return _differ_by_one(fold(self.characters), fold(other.characters))


def fold(text: str) -> str:
    """Upper case, letters and digits only, one character for all that look alike."""
    kept = "".join(character for character in text.upper() if character in ALPHABET)
    return kept.translate(_FOLD)


def _differ_by_one(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == len(longer):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    if len(longer) - len(shorter) > 1:
        return False
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
