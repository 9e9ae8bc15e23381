"""Every word of the traveller pages, English and French side by side.

`~` stands for a no-break space, which holds a number and its unit together (a thin one where French
punctuation wants it). FAST is EXPRES in French.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.feeds.clocks import Language
from dashboard.web.reasons import reasons


@dataclass(frozen=True, slots=True)
class Strings:
    """The words of one language; texts in braces are filled in."""

    language: Language
    title_many_ports: str
    title_measured: str
    as_of: str
    trouble: str
    connection_lost: str
    notice_until: str
    notice_until_day: str
    reload: str
    directions: Mapping[str, str]
    into: Mapping[str, str]
    traffics: Mapping[str, str]
    classes: Mapping[str, str]
    class_notes: Mapping[str, str]
    states: Mapping[str, str]
    range_minutes: str
    up_to: str
    at_least: str
    beyond_view: str
    minute: str
    minutes: str
    minutes_short: str
    second: str
    seconds: str
    hour: str
    hours: str
    no_wait: str
    likely: str
    measured: str
    ago: str
    basis: Mapping[str, str]
    basis_and: str
    queue: str
    queue_one: str
    queue_none: str
    queue_length: str
    lanes_open: str
    lanes_open_one: str
    lanes_open_of: str
    lanes_open_one_of: str
    unknown_since: str
    last_measured: str
    reasons: Mapping[str, str]
    no_reason: str
    hours_span: str
    opening_hours: str
    redirected: str
    redirect_classes: Mapping[str, str]
    benefit: str
    how_title: str
    how_range: str
    how_wait: str
    how_unknown: str
    whose: str
    data: str


EN = Strings(
    language="en",
    title_many_ports="Border crossings",
    title_measured="wait times, measured by {operator}",
    as_of="As of {clock}",
    trouble="Measurements are not arriving as they should. What is shown here may end soon.",
    connection_lost="No connection. These are the figures of {clock}.",
    notice_until="Notice of the port, until {clock}",
    notice_until_day="Notice of the port, until {day}, {clock}",
    reload="Reload",
    directions={"us_bound": "To the United States", "canada_bound": "To Canada", "mexico_bound": "To Mexico"},
    into={"us": "To the United States", "ca": "To Canada"},
    traffics={"commercial": "Trucks", "passenger": "Cars"},
    classes={
        "commercial/fast": "FAST",
        "commercial/standard": "Standard",
        "commercial/bus": "Buses",
        "commercial/nexus": "NEXUS",
        "commercial/ready": "Ready Lane",
        "passenger/standard": "Standard",
        "passenger/nexus": "NEXUS",
        "passenger/ready": "Ready Lane",
        "passenger/bus": "Buses",
        "passenger/fast": "FAST",
    },
    class_notes={
        "commercial/fast": "enrolled carriers and drivers",
        "commercial/standard": "all other trucks",
    },
    states={"unknown": "Unknown", "closed": "Closed", "not_offered": "Not offered here"},
    range_minutes="{low} to {high}~minutes",
    up_to="up to {high}",
    at_least="At least {low}",
    beyond_view="The queue is longer than the cameras see.",
    minute="{n}~minute",
    minutes="{n}~minutes",
    minutes_short="{n}~min",
    second="{n}~second",
    seconds="{n}~seconds",
    hour="{n}~hour",
    hours="{n}~hours",
    no_wait="No wait",
    likely="Most likely {wait}.",
    measured="Measured {age} ago, from {basis}.",
    ago="{age} ago",
    basis={
        "queue": "the queue in view",
        "balance": "vehicle counts",
        "match": "vehicles timed from end to end",
        "sign": "the lane sign",
        "operator": "port staff",
        "history": "past days",
    },
    basis_and="{first} and {last}",
    queue="{n}~vehicles in the queue",
    queue_one="1~vehicle in the queue",
    queue_none="no vehicle in the queue",
    queue_length="about {length}~m long",
    lanes_open="{n}~lanes open",
    lanes_open_one="1~lane open",
    lanes_open_of="{n}~of~{total}~lanes open",
    lanes_open_one_of="1~of~{total}~lanes open",
    unknown_since="Unknown since {since}, last measured at {measured}.",
    last_measured="Last measured at {measured}.",
    reasons=reasons("en"),
    no_reason="There is no usable measurement.",
    hours_span="{first} to {last}",
    opening_hours="Open {hours}.",
    redirected="Use {lanes} meanwhile.",
    redirect_classes={
        "standard": "the standard lanes",
        "fast": "the FAST lanes",
        "nexus": "the NEXUS lanes",
        "ready": "the Ready Lanes",
        "bus": "the bus lanes",
    },
    benefit="FAST saves about {wait}.",
    how_title="How to read these figures",
    how_range="A range holds for nine of ten vehicles that join the queue now.",
    how_wait="A wait runs from the end of the queue to the start of inspection.",
    how_unknown="A figure older than {limit} is withdrawn; unknown does not mean that there is no queue.",
    whose="Measured by cameras of {operator}. These are not figures of CBP or CBSA.",
    data="The same figures as data",
)

FR = Strings(
    language="fr",
    title_many_ports="Postes frontaliers",
    title_measured="temps d’attente, mesurés par {operator}",
    as_of="Situation à {clock}",
    trouble="Les mesures n’arrivent pas normalement. L’affichage pourrait bientôt s’interrompre.",
    connection_lost="Aucune connexion. Ces chiffres datent de {clock}.",
    notice_until="Avis du poste frontalier, jusqu’à {clock}",
    notice_until_day="Avis du poste frontalier, jusqu’au {day} à {clock}",
    reload="Actualiser",
    directions={
        "us_bound": "Vers les États-Unis",
        "canada_bound": "Vers le Canada",
        "mexico_bound": "Vers le Mexique",
    },
    into={"us": "Vers les États-Unis", "ca": "Vers le Canada"},
    traffics={"commercial": "Camions", "passenger": "Voitures"},
    classes={
        "commercial/fast": "EXPRES",
        "commercial/standard": "Voies ordinaires",
        "commercial/bus": "Autobus",
        "commercial/nexus": "NEXUS",
        "commercial/ready": "Ready Lane",
        "passenger/standard": "Voies ordinaires",
        "passenger/nexus": "NEXUS",
        "passenger/ready": "Ready Lane",
        "passenger/bus": "Autobus",
        "passenger/fast": "EXPRES",
    },
    class_notes={
        "commercial/fast": "transporteurs et conducteurs inscrits",
        "commercial/standard": "tous les autres camions",
    },
    states={"unknown": "Inconnue", "closed": "Fermée", "not_offered": "Non offerte ici"},
    range_minutes="{low} à {high}~minutes",
    up_to="jusqu’à {high}",
    at_least="Au moins {low}",
    beyond_view="La file dépasse le champ des caméras.",
    minute="{n}~minute",
    minutes="{n}~minutes",
    minutes_short="{n}~min",
    second="{n}~seconde",
    seconds="{n}~secondes",
    hour="{n}~heure",
    hours="{n}~heures",
    no_wait="Pas d’attente",
    likely="Le plus probable~: {wait}.",
    measured="Mesurée il~y~a {age}, d’après {basis}.",
    ago="il~y~a {age}",
    basis={
        "queue": "la file visible",
        "balance": "le comptage des véhicules",
        "match": "des véhicules suivis de bout en bout",
        "sign": "le panneau de la voie",
        "operator": "le personnel du poste frontalier",
        "history": "les jours précédents",
    },
    basis_and="{first} et {last}",
    queue="{n}~véhicules dans la file",
    queue_one="1~véhicule dans la file",
    queue_none="aucun véhicule dans la file",
    queue_length="environ {length}~m",
    lanes_open="{n}~voies ouvertes",
    lanes_open_one="1~voie ouverte",
    lanes_open_of="{n}~voies ouvertes sur~{total}",
    lanes_open_one_of="1~voie ouverte sur~{total}",
    unknown_since="Inconnue depuis {since}, dernière mesure à {measured}.",
    last_measured="Dernière mesure à {measured}.",
    reasons=reasons("fr"),
    no_reason="Il n’y a pas de mesure utilisable.",
    hours_span="de {first} à {last}",
    opening_hours="Heures d’ouverture~: {hours}.",
    redirected="En attendant, utilisez {lanes}.",
    redirect_classes={
        "standard": "les voies ordinaires",
        "fast": "les voies EXPRES",
        "nexus": "les voies NEXUS",
        "ready": "les voies Ready Lane",
        "bus": "les voies d’autobus",
    },
    benefit="EXPRES fait gagner environ {wait}.",
    how_title="Comment lire ces chiffres",
    how_range="La fourchette vaut pour neuf véhicules sur dix qui se joignent à la file maintenant.",
    how_wait="L’attente va de la fin de la file au début de l’inspection.",
    how_unknown=(
        "Un chiffre de plus de {limit} est retiré~; «~inconnue~» ne veut pas dire qu’il n’y a pas de file."
    ),
    whose="Mesuré par les caméras de l’exploitant~: {operator}. Ce ne sont pas des chiffres du CBP ni de "
    "l’ASFC.",
    data="Les mêmes chiffres sous forme de données",
)


BY_LANGUAGE: dict[Language, Strings] = {"en": EN, "fr": FR}


def fill(text: str, **values: object) -> str:
    """`text` with its braces filled and its `~` turned into no-break spaces (those of the values stay).

    Before `: ; ! ? »` and behind `«` they are thin.
    """
    thin = re.sub(r"~(?=[:;!?»])|(?<=«)~", "\u202f", text)
    return thin.replace("~", "\u00a0").format(**values)


def held(text: str) -> str:
    """Free text with each number bound to the word behind it by a no-break space."""
    return re.sub(r"(\d) (?=\w)", "\\1\u00a0", text)
