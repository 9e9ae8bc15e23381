"""The words of the dispatchers' page, English and French side by side; `~` as in dashboard/web/strings.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.feeds.clocks import Language


@dataclass(frozen=True, slots=True)
class DispatchStrings:
    """The words of one language."""

    title: str
    lead: str
    arrive_label: str
    show: str
    clear: str
    wrong: str
    lanes: str
    now: str
    at: str
    open: Mapping[str, str]
    open_head: str
    elsewhere: Mapping[str, str]
    saves: str
    no_forecast: str
    too_far: str
    forecast_note: str
    tomorrow: str


EN = DispatchStrings(
    title="Plan an arrival",
    lead="Is FAST open, where do FAST trucks go if it is not, and how long is the wait when your truck "
    "gets there?",
    arrive_label="The truck arrives at",
    show="Show the forecast",
    clear="Only now",
    wrong="“{clock}” is no time of day; write it as 14:30.",
    lanes="Lanes",
    now="Now",
    at="At {clock}",
    open={
        "open": "Open",
        "closed": "Closed",
        "unknown": "Not known",
        "not_offered": "Not offered",
    },
    open_head="Open?",
    elsewhere={
        "standard": "use the standard lanes",
        "fast": "use the FAST lanes",
        "nexus": "use the NEXUS lanes",
        "ready": "use the Ready Lanes",
        "bus": "use the bus lanes",
    },
    saves="saves about {wait}",
    no_forecast="No forecast",
    too_far="Too far ahead",
    forecast_note="A forecast holds for nine of ten trucks that join the queue then, as far as the next hour "
    "follows the last ones.",
    tomorrow="tomorrow",
)

FR = DispatchStrings(
    title="Planifier une arrivée",
    lead="La voie EXPRES est-elle ouverte, où vont ses camions sinon, et quelle sera l’attente à l’arrivée "
    "du vôtre~?",
    arrive_label="Le camion arrive à",
    show="Afficher la prévision",
    clear="Maintenant seulement",
    wrong="«~{clock}~» n’est pas une heure~; écrivez-la ainsi~: 14:30.",
    lanes="Voies",
    now="Maintenant",
    at="À {clock}",
    open={
        "open": "Ouverte",
        "closed": "Fermée",
        "unknown": "On ne sait pas",
        "not_offered": "Non offerte",
    },
    open_head="Ouverte~?",
    elsewhere={
        "standard": "utilisez les voies ordinaires",
        "fast": "utilisez les voies EXPRES",
        "nexus": "utilisez les voies NEXUS",
        "ready": "utilisez les voies Ready Lane",
        "bus": "utilisez les voies d’autobus",
    },
    saves="gain d’environ {wait}",
    no_forecast="Pas de prévision",
    too_far="Trop loin dans le temps",
    forecast_note="Une prévision vaut pour neuf camions sur dix qui se joignent alors à la file, pour "
    "autant que "
    "l’heure qui vient ressemble aux dernières.",
    tomorrow="demain",
)

BY_LANGUAGE: dict[Language, DispatchStrings] = {"en": EN, "fr": FR}
