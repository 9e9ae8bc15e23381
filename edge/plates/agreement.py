"""One text out of several looks at one plate, or none: looks that disagree make no text. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from edge.plates.text import LONGEST, SHORTEST, PlateText, fold

LOOKS_NEEDED = 2
AGREED_SHARE = 0.65
"""The winner of each place must have this share of all that was seen there; a draw is none."""

SURE = 0.5
"""A look with a character that is less sure than this does not count."""


@dataclass(frozen=True, slots=True)
class Look:
    """One picture of a plate: its characters, how sure each is (0-1), how much the picture counts."""

    text: PlateText
    sure: tuple[float, ...] = field(repr=False)
    weight: float = 1.0

    @property
    def counts(self) -> bool:
        """Whether it can be a plate that was read."""
        return SHORTEST <= len(self.text.characters) <= LONGEST and min(self.sure, default=0.0) >= SURE


def agreed(looks: Iterable[Look]) -> PlateText | None:
    """What the looks agree on, look-alikes taken as one; None when there are too few or they disagree.

    First the length, then each place: its winner needs AGREED_SHARE, weighed by sureness and picture.
    """
    usable = [look for look in looks if look.counts]
    lengths: Counter[int] = Counter()
    for look in usable:
        lengths[len(look.text.characters)] += 1
    if not lengths:
        return None
    length, times = lengths.most_common(1)[0]
    if times < LOOKS_NEEDED or times < AGREED_SHARE * len(usable):
        return None
    chosen = [look for look in usable if len(look.text.characters) == length]
    winners = [_winner(chosen, place) for place in range(length)]
    return None if None in winners else PlateText("".join(winner for winner in winners if winner))


def _winner(looks: Iterable[Look], place: int) -> str | None:
    votes: Counter[str] = Counter()
    for look in looks:
        votes[fold(look.text.characters[place])] += look.sure[place] * look.weight  # type: ignore[assignment]
    winner, weight = votes.most_common(1)[0]
    return winner if weight >= AGREED_SHARE * sum(votes.values()) else None
