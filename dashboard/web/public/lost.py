"""The page of an address where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.feeds.clocks import Language
from dashboard.web.public.frame import Frame, address, frame

_WORDS: dict[Language, tuple[str, str, str]] = {
    "en": ("No such page", "There is no page at this address.", "See the waits now"),
    "fr": ("Page introuvable", "Il n’y a aucune page à cette adresse.", "Voir l’attente actuelle"),
}


@dataclass(frozen=True, slots=True)
class LostView:
    """The whole page."""

    frame: Frame
    title: str
    sentence: str
    way: str
    home: str


def lost_view(language: Language) -> LostView:
    """It points home; its own address is not repeated."""
    return LostView(frame("/", language), *_WORDS[language], address("/", language))
