"""Why a stream has no figure, or is closed, in words of both languages."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.feeds.clocks import Language

_REASONS: Mapping[str, tuple[str, str]] = {
    "no measurement yet": ("No measurement yet.", "Aucune mesure pour l’instant."),
    "no lane measures it": ("No camera measures it.", "Aucune caméra ne la mesure."),
    "not measured lately": ("It was not measured lately.", "Aucune mesure récente."),
    "no evidence that it is open": (
        "There is no evidence that it is open.",
        "Rien n’indique que la voie est ouverte.",
    ),
    "no usable measurement": ("There is no usable measurement.", "Il n’y a pas de mesure utilisable."),
    "held": (
        "The port holds this figure back for now.",
        "Le poste frontalier a suspendu la publication de ce chiffre pour l’instant.",
    ),
    "withdrawn": (
        "The port withdrew the last figure; the next measurement will be shown.",
        "Le poste frontalier a retiré le dernier chiffre~; la prochaine mesure sera affichée.",
    ),
    "none of its booths is open": ("None of its booths is open.", "Aucune de ses guérites n’est ouverte."),
    "its booths serve other classes": (
        "Its booths serve other lanes now.",
        "Ses guérites accueillent d’autres voies en ce moment.",
    ),
    "not offered here": ("It is not offered here.", "Elle n’est pas offerte ici."),
    "the queue goes beyond the view": (
        "The queue is longer than the cameras see.",
        "La file dépasse le champ des caméras.",
    ),
    "outside its hours": ("Outside its hours.", "En dehors des heures d’ouverture."),
    "central was not running": ("The server was not running.", "Le serveur ne fonctionnait pas."),
    "lane sign": ("According to the lane sign.", "Selon le panneau de la voie."),
    "operator": ("According to the port.", "Selon le poste frontalier."),
    "closed by the operator": ("The port has closed it.", "Le poste frontalier l’a fermée."),
}


def reasons(language: Language) -> Mapping[str, str]:
    """Each reason that the engine and the rules of publication give -> a sentence."""
    return {name: words[0 if language == "en" else 1] for name, words in _REASONS.items()}
