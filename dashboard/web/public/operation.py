"""What one operation of the API is for, in both languages, and what it answers, by example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

JSON = "application/json"
PUBLIC, OFFICIAL, DESK, HEALTH = "feeds", "official formats", "desk", "health"
TAGS = {
    PUBLIC: ("The waits, open to all", "Les attentes, ouvertes à tous"),
    OFFICIAL: (
        "The same in the formats that today's readers parse",
        "Les mêmes dans les formats que lisent les logiciels actuels",
    ),
    DESK: ("For the port's managers, signed in", "Pour les gestionnaires du poste, après connexion"),
    HEALTH: ("For those who run it", "Pour l’exploitation"),
}
"""Tag -> its words, English and French."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`schema` names a component; `example` is the body, as text unless it is JSON.

    `also`: (status, media type, example) of other answers, whose body is text and no problem document.
    """

    tag: str
    en: str
    fr: str
    example: Any
    media_type: str = JSON
    schema: str | None = None
    also: tuple[tuple[int, str, str], ...] = ()
