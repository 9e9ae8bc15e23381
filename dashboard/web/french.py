"""Sentences that programs write in English, in French: why something was set aside, is away, or was refused.

Such a sentence is kept (in a database, in a log) as it was written. Here the English one is the key; what
stands in braces is taken over. What has no French is shown as it is and marked as English. `~` as in
strings.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dashboard.web.strings import fill

SENTENCES: Mapping[str, str] = {
    # why a message was set aside (dashboard/ingest/judge.py, edge/messages/codec.py)
    "a topic that is not in the table": "sujet qui n’est pas dans la table",
    "says port {port}, node {node}, against its topic": (
        "dit poste {port}, nœud {node}, contrairement à son sujet"
    ),
    "`boot` holds a character that cannot be printed": "«~boot~» contient un caractère non imprimable",
    "node {node} of port {port} is not in port.yaml; name it at a lane": (
        "le nœud {node} du poste {port} n’est pas dans port.yaml~; nommez-le à une voie"
    ),
    "lane {lane} is not in port.yaml; add it to the port": (
        "la voie {lane} n’est pas dans port.yaml~; ajoutez-la au poste"
    ),
    "older ones, no longer listed": "messages plus anciens, qui ne sont plus énumérés",
    "{name}: {n} bytes, the limit is {limit}": "{name}~: {n}~octets, la limite est de {limit}",
    "{kind}: `{field}` is missing": "{kind}~: «~{field}~» manque",
    "{kind}: `start` and `end` need a zone (UTC, as {example})": (
        "{kind}~: «~start~» et «~end~» doivent porter un fuseau (UTC, comme {example})"
    ),
    "{name}: Object missing required field `{field}`": "{name}~: le champ obligatoire «~{field}~» manque",
    "{name}: JSON is malformed: {why}": "{name}~: JSON mal formé ({why})",
    "{name}: Input data was truncated": "{name}~: message tronqué",
    "{name}: Expected `{wanted}`, got `{found}` - at `{where}`": (
        "{name}~: «~{wanted}~» attendu à «~{where}~», «~{found}~» reçu"
    ),
    "{name}: Expected `{wanted}`, got `{found}`": "{name}~: «~{wanted}~» attendu, «~{found}~» reçu",
    "{name}: Invalid enum value '{value}' - at `{where}`": (
        "{name}~: valeur «~{value}~» inconnue à «~{where}~»"
    ),
    "{name}: Expected `{wanted}` >= {least} - at `{where}`": (
        "{name}~: «~{wanted}~» d’au moins {least} attendu à «~{where}~»"
    ),
    # what central is without
    "starting: reading back the last reports": "démarrage~: relecture des derniers rapports",
    "ingest is not running": "la réception des rapports est arrêtée",
    "the database has not answered yet": "la base de données n’a pas encore répondu",
    "the database is away: {error}": "la base de données ne répond pas~: {error}",
    "the broker at {where} cannot be reached": "le courtier à {where} est injoignable",
    "the broker refuses: {why}": "le courtier refuse~: {why}",
    "the connection to the broker ended: {why}": "la connexion au courtier a pris fin~: {why}",
    "the broker refuses the subscription to {topic}": "le courtier refuse l’abonnement à {topic}",
    "the broker has not answered yet": "le courtier n’a pas encore répondu",
    # why a receiver gets no messages (dashboard/webhooks/sending.py)
    "cannot be reached (no answer within {n} s)": "injoignable (pas de réponse en {n}~s)",
    "cannot be reached ({why})": "injoignable ({why})",
    "was reached and did not answer within {n} s": "joint, mais n’a pas répondu en {n}~s",
    "was reached and gave no answer ({why})": "joint, mais n’a donné aucune réponse ({why})",
    "answered {status}": "a répondu {status}",
    "redirects ({status}), which is not followed; enter the final address": (
        "redirige vers une autre adresse ({status}), ce qui n’est pas suivi~; entrez l’adresse finale"
    ),
    "leads to an address that is not public": "mène à une adresse qui n’est pas publique",
    # why an official feed is not imported (dashboard/official)
    "the server answered {status}; try later": "le serveur a répondu {status}~; réessayez plus tard",
    "cannot be fetched ({why}); check the address and the network": (
        "téléchargement impossible ({why})~; vérifiez l’adresse et le réseau"
    ),
    "took longer than {n} s; try later": "le téléchargement a dépassé {n}~s~; réessayez plus tard",
    "is larger than {n} MB; no official feed is": "dépasse {n}~Mo, ce qu’aucun flux officiel ne fait",
    "the document is empty; the last good figures are kept": (
        "le document est vide~; les derniers bons chiffres sont conservés"
    ),
    "this is no official feed that is known; give {known}": (
        "ce n’est pas un flux officiel connu~; donnez {known}"
    ),
    "this is no text; give {known}": "ce n’est pas du texte~; donnez {known}",
    "this is no whole JSON document ({why}); fetch it again": (
        "ce n’est pas un document JSON complet ({why})~; à redemander"
    ),
    "the JSON document is no list of crossings; give {known}": (
        "le document JSON n’est pas une liste de postes~; donnez {known}"
    ),
    "the list of crossings is empty; the last good figures are kept": (
        "la liste des postes est vide~; les derniers bons chiffres sont conservés"
    ),
    "the crossings in the list are of no format that is known; give {known}": (
        "les postes de la liste ne sont dans aucun format connu~; donnez {known}"
    ),
    "this is a web page, not a feed; give {known}": "c’est une page Web, pas un flux~; donnez {known}",
    "the XML document is no `border_wait_time`; give {known}": (
        "le document XML n’est pas un «~border_wait_time~»~; donnez {known}"
    ),
    "the XML document declares a document type; official feeds have none": (
        "le document XML déclare un type de document, ce qu’aucun flux officiel ne fait"
    ),
    "this is no whole XML document ({why}); fetch it again": (
        "ce n’est pas un document XML complet ({why})~; à redemander"
    ),
    "the document holds no {what}; the last good figures are kept": (
        "le document ne contient rien d’utilisable ({what})~; les derniers bons chiffres sont conservés"
    ),
    "only {read} of {expected} {what} could be read; the format may have changed, {kept}": (
        "seulement {read} sur {expected} ont pu être lus ({what})~; le format a peut-être changé, les "
        "derniers bons chiffres sont conservés"
    ),
    "{format}, {n} figures, none of a stream in port.yaml; give {keys} under `official` of the direction": (
        "{format}, {n}~chiffres, dont aucun n’est d’une catégorie de port.yaml~; donnez {keys} sous "
        "«~official~» de la direction"
    ),
    "No figures were computed for {n} s.": "Aucun chiffre calculé depuis {n}~s.",
    "No figures were computed for {n} min.": "Aucun chiffre calculé depuis {n}~min.",
    "no ingest worker of port {port} was seen for {n} s": (
        "aucun processus de réception du poste {port} depuis {n}~s"
    ),
    # what a node says of a camera (edge/camera, edge/node)
    "mean grey {n} of 255": "gris moyen {n} sur 255",
    "no detail at all": "aucun détail visible",
    "hardly any detail is left": "presque aucun détail visible",
    "another view": "autre vue",
    "another view; the picture is {now}, it was {before}": "autre vue~; image de {now}, auparavant {before}",
    "by {x}, {y} px of {size}; the picture is {now}, it was {before}": (
        "de {x}, {y}~px sur {size}~; image de {now}, auparavant {before}"
    ),
    "by {x}, {y} px of {size}": "de {x}, {y}~px sur {size}",
    # why an order or a question was refused (dashboard/orders, dashboard/ahead, dashboard/web)
    "`from` lies more than 7 days ahead; give it nearer to its time.": (
        "Le début est dans plus de 7~jours~; donnez l’ordre plus près de cette date."
    ),
    "`until` and `for_min` both say how long; keep one.": (
        "«~until~» et «~for_min~» donnent tous deux la durée~; gardez-en un."
    ),
    "It would end before it begins; give a later `until`.": (
        "Il finirait avant de commencer~; donnez une fin plus tardive."
    ),
    "A {kind} lasts {hours} h at most; give an earlier `until`.": (
        "Un ordre «~{kind}~» dure au plus {hours}~h~; donnez une fin plus proche."
    ),
    "A text is empty; write a sentence in English and one in French.": (
        "Un texte est vide~; écrivez une phrase en anglais et une en français."
    ),
    "A text has {n} letters, {most} at most; shorten it.": (
        "Un texte compte {n}~caractères, {most} au plus~; abrégez-le."
    ),
    "There is no {what} '{name}'; there is {known}.": (
        "«~{name}~» n’existe pas ici ({what})~; il y a {known}."
    ),
    "No figure is shown there now, so there is none to withdraw.": (
        "Aucun chiffre n’est affiché là en ce moment~; il n’y a rien à retirer."
    ),
    "Order {order} holds {scope}; release that instead.": (
        "L’ordre {order} suspend {scope}~; publiez cela de nouveau."
    ),
    "A stream belongs to a direction; name it with `direction`.": (
        "Une catégorie appartient à une direction~; nommez-la avec «~direction~»."
    ),
    "The database is away: {error}. Nothing was ordered; try again.": (
        "La base de données ne répond pas ({error}). Rien n’a été ordonné~; réessayez."
    ),
    "The database is away; try again in a moment.": (
        "La base de données ne répond pas~; réessayez dans un instant."
    ),
    "The database is away: {error}.": "La base de données ne répond pas ({error}).",
    "Nothing was measured lately, so nothing can be said of the next hour.": (
        "Aucune mesure récente~: on ne peut rien dire de la prochaine heure."
    ),
    "No stream was counted for long enough to say what a change would do.": (
        "Aucune catégorie n’a été comptée assez longtemps pour dire l’effet d’un changement."
    ),
    "lane: {lane} is no booth of {port}; name one of {known}.": (
        "{lane} n’est pas une guérite de {port}~; nommez l’une de {known}."
    ),
    "serves: {stream} is no stream of {direction}; name one of {known}.": (
        "{stream} n’est pas une catégorie de {direction}~; nommez l’une de {known}."
    ),
    "serves: a closed booth serves nobody; leave it out, or ask for state open.": (
        "Une guérite fermée n’accueille personne~; ne cochez rien, ou choisissez «~ouvre~»."
    ),
    "`from` must lie before `to`.": "Le début («~from~») doit précéder la fin («~to~»).",
    "This needs the role {role}; you have {own}.": (
        "Il faut pour cela le rôle «~{role}~»~; vous avez le rôle «~{own}~»."
    ),
    "There is nothing at this address; /feed and /api say what there is.": (
        "Il n’y a rien à cette adresse~; /fr/feed et /fr/api disent ce qu’il y a."
    ),
    "This address does not take that method; the header Allow names those it takes.": (
        "Cette adresse n’accepte pas cette méthode~; l’en-tête Allow nomme celles qu’elle accepte."
    ),
    "A request may hold {n} bytes.": "Une demande peut contenir {n}~octets.",
    "body: send JSON, with the header Content-Type: application/json.": (
        "body~: envoyez du JSON, avec l’en-tête Content-Type: application/json."
    ),
    "Sign in first.": "Ouvrez d’abord une session.",
    "Too many failed sign-ins; try again in {n} minutes.": (
        "Trop d’échecs d’ouverture de session~; réessayez dans {n}~minutes."
    ),
    "Too many requests from your address.": "Trop de demandes depuis votre adresse.",
    "This is a fault of ours; the log of central tells more.": (
        "C’est une erreur de notre côté~; le journal du serveur en dit plus."
    ),
}


def in_french(text: str) -> str | None:
    """The French of a whole sentence; None where there is none."""
    for pattern, french in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            return fill(french, **found.groupdict())
    return None


def _patterns() -> Iterator[tuple[re.Pattern[str], str]]:
    for english, french in SENTENCES.items():
        parts = re.split(r"\{(\w+)\}", english)
        text = "".join(
            f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
        )
        yield re.compile(text, re.DOTALL), french


_PATTERNS = tuple(_patterns())
