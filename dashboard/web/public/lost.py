"""The page of an address that gives none: there is nothing there, or not for this reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.feeds.clocks import Language
from dashboard.web.public.frame import Frame, address, frame

_TITLES: Mapping[int, Mapping[Language, str]] = {
    403: {"en": "Not open to you", "fr": "Accès réservé"},
    404: {"en": "No such page", "fr": "Page introuvable"},
}
_OTHER: Mapping[Language, str] = {"en": "That did not work", "fr": "Demande refusée"}
_NO_PAGE: Mapping[Language, str] = {
    "en": "There is no page at this address.",
    "fr": "Il n’y a aucune page à cette adresse.",
}
_WAY: Mapping[Language, str] = {"en": "See the waits now", "fr": "Voir l’attente actuelle"}


@dataclass(frozen=True, slots=True)
class LostView:
    """The whole page."""

    frame: Frame
    title: str
    sentence: str
    way: str
    home: str


def lost_view(language: Language, status: int, sentence: str) -> LostView:
    """It says why and points home; its own address is not repeated."""
    told = _NO_PAGE[language] if status == 404 else sentence
    title = _TITLES.get(status, _OTHER)[language]
    return LostView(frame("/", language), title, told, _WAY[language], address("/", language))
