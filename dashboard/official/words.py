"""The words of official feeds in English, French and Spanish: states and minutes."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Word = Literal["delay", "no delay", "closed", "not_offered", "unknown"]

_WORDS: dict[str, Word] = {
    "delay": "delay",
    "demora": "delay",
    "no delay": "no delay",
    "no delays": "no delay",
    "sin demora": "no delay",
    "sin demoras": "no delay",
    "aucun delai": "no delay",
    "lanes closed": "closed",
    "closed": "closed",
    "temporarily closed": "closed",
    "carriles cerrados": "closed",
    "cerrado": "closed",
    "ferme": "closed",
    "ferme temporairement": "closed",
    "temporairement ferme": "closed",
    "n/a": "not_offered",
    "not applicable": "not_offered",
    "no aplica": "not_offered",
    "ne s'applique pas": "not_offered",
    "update pending": "unknown",
    "actualizacion pendiente": "unknown",
    "pendiente": "unknown",
    "--": "unknown",
    "": "unknown",
}
BORDERS = {
    "canadian border": "ca",
    "mexican border": "mx",
    "frontera canadiense": "ca",
    "frontera mexicana": "mx",
    "frontera de mexico": "mx",
    "frontera de canada": "ca",
}
_LONGEST_MIN = 48 * 60
_SPAN = re.compile(
    r"(?:(\d{1,3})\s*(?:h|hr|hrs|hour|hours|heure|heures|hora|horas)\b)?\s*"
    r"(?:(\d{1,4})\s*(?:min|mins|minute|minutes|minuto|minutos)?)?"
)


def plain(text: object) -> str:
    """Lower case, without accents, single spaces; what is no text is empty."""
    if not isinstance(text, str):
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.replace("\u2019", "'").lower().split())


def word(text: object) -> Word | None:
    """What a status says; None for one that is not known."""
    return _WORDS.get(plain(text))


def minutes(text: object) -> int | None:
    """`5`, `10 min`, `1 hr`, `1 hrs 15 min`, `1 hour 1 minute`, `61 minutes`; None without a number."""
    if isinstance(text, bool):
        return None
    if isinstance(text, int):
        return text if 0 <= text <= _LONGEST_MIN else None
    match = _SPAN.fullmatch(plain(text))
    if match is None or (match[1] is None and match[2] is None):
        return None
    told = 60 * int(match[1] or 0) + int(match[2] or 0)
    return told if told <= _LONGEST_MIN else None


def count(text: object) -> int | None:
    """A small number of lanes."""
    told = plain(text)
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= 3 else None
