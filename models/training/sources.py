"""What a net learns from: sets of pictures, and how often each is drawn."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.training.pictures import Labelled, digest


@dataclass(frozen=True, slots=True)
class Source:
    """A training set: its pictures, the share of drawn pictures that come from it, where it is from."""

    name: str
    pictures: list[Labelled]
    share: float
    licence: str
    notice: str | None = None

    def entry(self) -> dict[str, Any]:
        """What the card says of it, with a digest over pictures and labels."""
        said = {
            "name": self.name,
            "pictures": len(self.pictures),
            "share": self.share,
            "licence": self.licence,
            "sha256": digest(self.pictures),
        }
        return said | ({"notice": self.notice} if self.notice else {})


def draw(rng: np.random.Generator, sets: list[Source], count: int) -> list[Labelled]:
    """`count` pictures of one set, the set chosen by its share."""
    shares = np.array([s.share if s.pictures else 0.0 for s in sets])
    chosen = sets[rng.choice(len(sets), p=shares / shares.sum())]
    return [chosen.pictures[k] for k in rng.integers(len(chosen.pictures), size=count)]
