"""The words of the feed's documentation, English and French side by side."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.feeds.clocks import Language


@dataclass(frozen=True, slots=True)
class GuideStrings:
    """The words of one language; `~` as in dashboard/web/strings.py."""

    title: str
    lead: str
    formats: str
    formats_lead: str
    also: str
    fresh: str
    example: str
    not_here: str
    states: str
    states_head: tuple[str, str, str, str]
    states_rows: tuple[tuple[str, str, str, str], ...]
    fetch: str
    fetch_rules: tuple[str, ...]
    client: str
    client_lead: str
    widget: str
    widget_lead: str
    widget_options: tuple[tuple[str, str], ...]
    widget_see: str
    hooks: str
    hooks_lead: str
    hooks_rules: tuple[str, ...]
    more: str
    reference: str
    terms: str
    default_terms: str
    not_official: str


EN = GuideStrings(
    title="The waits as data",
    lead="Every figure of the page, free to read for programs, in the formats that they already parse.",
    formats="Formats",
    formats_lead="The examples are what each address says at this moment.",
    also="Also at",
    fresh="Ask every {seconds} s or less often.",
    example="Example",
    not_here="No direction here leads into that country: every figure in it is unknown.",
    states="What each state means",
    states_head=("State", "Meaning", "In the CBP formats", "In the CBSA format"),
    states_rows=(
        (
            "measured",
            "There is a wait with its 90~% range, its age and what it rests on.",
            "The minutes, with the word of the format for a short or a long wait",
            "“{n}~minutes”",
        ),
        (
            "at_least",
            "The queue is longer than the cameras see: low_s is a lower bound, wait_s is null.",
            "“delay” with the bound from 10~minutes on, and a sentence; else “Update Pending”",
            "“--”",
        ),
        (
            "unknown",
            "No usable measurement; “reason” says why. It never means that nobody waits.",
            "“Update Pending”",
            "“--”",
        ),
        (
            "closed",
            "There is evidence that it is closed; “redirected_to” says where to go.",
            "“Lanes Closed”",
            "“Closed”",
        ),
        ("not_offered", "The port has no such lane.", "“N/A”", "“Not Applicable”"),
    ),
    fetch="Fetching politely",
    fetch_rules=(
        "Send the ETag of the last answer as If-None-Match; 304 means that nothing changed.",
        "Cache-Control says for how long an answer may be kept. Do not keep a figure beyond its "
        "“valid_until”.",
        "Any web page may read the feeds (Access-Control-Allow-Origin: *); no cookie, no key.",
        "Times are UTC. Show the age of a figure, and say “unknown” when there is none.",
        "“queue.vehicles” is reckoned for all lanes; “length_m” is seen, in the longest lane, from the booth "
        "to the end of the last vehicle that stands. Who is being served counts in the length.",
        "What is refused comes as application/problem+json with a sentence that says why.",
    ),
    client="A client in ten lines",
    client_lead="Python 3, nothing to install.",
    widget="For your web page",
    widget_lead="A small frame that keeps itself up to date and works without scripts:",
    widget_options=(
        ("port", "the port’s id; the first port if left out"),
        ("direction", "the direction’s id; every direction if left out"),
        ("traffic, class", "commercial or passenger; fast, standard, nexus, ready or bus; all if left out"),
        ("lang", "en or fr"),
    ),
    widget_see="See it on its own",
    hooks="Told when it matters",
    hooks_lead="The port can send a signed message to your server when a wait crosses a threshold or a state "
    "changes. Ask the port to enter your address. This checks the signature:",
    hooks_rules=(
        "The header X-Lanewatch-Signature is “t=…,v1=…”: the time of sending in UTC seconds, "
        "and the HMAC-SHA256 of “t.body”.",
        "Refuse what is older than five minutes, and what you have seen before (“id” stays the same on a "
        "retry).",
        "Answer with any status from 200 to 299 within ten seconds; else it is sent again, less and less "
        "often.",
    ),
    more="More",
    reference="Reference of every operation, with examples",
    terms="Terms",
    default_terms="Use the figures freely if you name {operator} as their source and show how old they are.",
    not_official="These are not figures of CBP or CBSA; the compatible formats are for programs that read "
    "theirs.",
)

FR = GuideStrings(
    title="Les attentes sous forme de données",
    lead="Tous les chiffres de la page, à lire librement par les programmes, dans les formats qu’ils "
    "connaissent.",
    formats="Formats",
    formats_lead="Les exemples sont ce que dit chaque adresse en ce moment.",
    also="Aussi à",
    fresh="À demander toutes les {seconds}~s, ou moins souvent.",
    example="Exemple",
    not_here="Aucune direction ne mène ici dans ce pays~: tous ses chiffres sont inconnus.",
    states="Ce que veut dire chaque état",
    states_head=("État", "Signification", "Dans les formats du CBP", "Dans le format de l’ASFC"),
    states_rows=(
        (
            "measured",
            "Il y a une attente, avec sa fourchette à 90~%, son âge et ce sur quoi elle repose.",
            "Les minutes, avec le mot du format pour une attente courte ou longue",
            "«~{n}~minutes~»",
        ),
        (
            "at_least",
            "La file dépasse le champ des caméras~: low_s est un minimum, wait_s est null.",
            "«~delay~» avec le minimum dès 10~minutes, et une phrase~; sinon «~Update Pending~»",
            "«~--~»",
        ),
        (
            "unknown",
            "Pas de mesure utilisable~; «~reason~» dit pourquoi. Ce n’est jamais une absence d’attente.",
            "«~Update Pending~»",
            "«~--~»",
        ),
        (
            "closed",
            "Il est établi que la voie est fermée~; «~redirected_to~» dit où aller.",
            "«~Lanes Closed~»",
            "«~Fermé~»",
        ),
        ("not_offered", "Le poste n’a aucune voie de cette catégorie.", "«~N/A~»", "«~Ne s'applique pas~»"),
    ),
    fetch="Bonnes pratiques",
    fetch_rules=(
        "Renvoyez l’ETag de la dernière réponse dans If-None-Match~; 304 veut dire que rien n’a changé.",
        "Cache-Control dit combien de temps garder une réponse. Ne gardez aucun chiffre après son "
        "«~valid_until~».",
        "Toute page web peut lire les flux (Access-Control-Allow-Origin: *)~; ni témoin, ni clé.",
        "Les heures sont en UTC. Affichez l’âge d’un chiffre, et dites «~inconnue~» quand il n’y en a pas.",
        "«~queue.vehicles~» est estimé pour toutes les voies~; «~length_m~» est vu, dans la voie la plus "
        "longue, du poste jusqu’à l’arrière du dernier véhicule arrêté. Celui qu’on inspecte compte dans la "
        "longueur.",
        "Un refus arrive en application/problem+json, avec une phrase qui dit pourquoi.",
    ),
    client="Un client en dix lignes",
    client_lead="Python~3, rien à installer.",
    widget="Pour votre page web",
    widget_lead="Un petit cadre qui se tient à jour et fonctionne sans scripts~:",
    widget_options=(
        ("port", "l’identifiant du poste~; le premier poste par défaut"),
        ("direction", "l’identifiant de la direction~; toutes par défaut"),
        (
            "traffic, class",
            "commercial ou passenger~; fast, standard, nexus, ready ou bus~; toutes par défaut",
        ),
        ("lang", "en ou fr"),
    ),
    widget_see="L’afficher seul",
    hooks="Être averti au bon moment",
    hooks_lead="Le poste peut envoyer un message signé à votre serveur quand une attente franchit un seuil "
    "ou "
    "qu’un état change. Demandez-lui d’inscrire votre adresse. Ce code vérifie la signature~:",
    hooks_rules=(
        "L’en-tête X-Lanewatch-Signature est «~t=…,v1=…~»~: l’heure d’envoi en secondes UTC, "
        "et le HMAC-SHA256 de «~t.corps~».",
        "Refusez ce qui a plus de cinq minutes, et ce que vous avez déjà vu («~id~» reste le même à chaque "
        "essai).",
        "Répondez par un code de 200 à 299 en moins de dix secondes~; sinon l’envoi reprend, de moins en "
        "moins souvent.",
    ),
    more="En savoir plus",
    reference="Référence de chaque opération, avec exemples",
    terms="Conditions",
    default_terms="Utilisez librement ces chiffres en citant {operator} comme source et en affichant leur "
    "âge.",
    not_official="Ce ne sont pas des chiffres du CBP ni de l’ASFC~; les formats compatibles servent aux "
    "programmes "
    "qui lisent les leurs.",
)

BY_LANGUAGE: dict[Language, GuideStrings] = {"en": EN, "fr": FR}
