"""The description of the API as a page: every operation with its parameters and an example."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.feeds.clocks import Language
from dashboard.web.public.frame import Frame, frame

Json = Mapping[str, Any]
LONGEST_EXAMPLE = 60


@dataclass(frozen=True, slots=True)
class ApiStrings:
    """The words of one language."""

    title: str
    lead: str
    rules: tuple[str, ...]
    machine: str
    parameters: str
    body: str
    answer: str
    needs: str
    more: str


EN = ApiStrings(
    title="API reference",
    lead="Every operation with an example.",
    rules=(
        "Times are UTC, durations are seconds.",
        "A figure that is not known is null with its reason; never 0, never the last value again.",
        "Ranges of time run from “from” (inclusive) to “to” (exclusive).",
        "Long lists are paged: “limit” entries, newest first; the answer’s “before” asks for the next page.",
        "Feeds carry ETag and Cache-Control and may be read from any origin.",
        "What is refused is told by a problem document (RFC 9457, application/problem+json).",
    ),
    machine="The same for programs: OpenAPI",
    parameters="Parameters",
    body="To send",
    answer="Answer",
    needs="Needs sign-in.",
    more="…",
)
FR = ApiStrings(
    title="Référence de l’API",
    lead="Chaque opération avec un exemple.",
    rules=(
        "Les heures sont en UTC, les durées en secondes.",
        "Un chiffre inconnu est null, avec le motif ; jamais 0, jamais l’ancienne valeur.",
        "Les intervalles vont de « from » (inclus) à « to » (exclu).",
        "Les longues listes sont paginées : « limit » éléments, du plus récent au plus ancien ; "
        "le « before » de la réponse demande la page suivante.",
        "Les flux portent ETag et Cache-Control et se lisent depuis toute origine.",
        "Un refus est expliqué par un document de problème (RFC 9457, application/problem+json).",
    ),
    machine="La même pour les programmes : OpenAPI",
    parameters="Paramètres",
    body="À envoyer",
    answer="Réponse",
    needs="Connexion requise.",
    more="…",
)
BY_LANGUAGE: dict[Language, ApiStrings] = {"en": EN, "fr": FR}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `summary` falls back to English, which `summary_language` then says."""

    anchor: str
    method: str
    path: str
    summary: str
    summary_language: Language
    parameters: tuple[tuple[str, str], ...]
    needs: bool
    body: str | None
    media_type: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one tag."""

    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class ApiView:
    """The whole page."""

    frame: Frame
    strings: ApiStrings
    groups: tuple[Group, ...]


def api_view(document: Json, language: Language) -> ApiView:
    """The page of an OpenAPI `document` as `openapi.describe` makes it."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            tag = next(iter(told.get("tags", ())), "")
            groups.setdefault(tag, []).append(_operation(path, method, told, language, document))
    words = "description" if language == "en" else "x-description-fr"
    names = {tag["name"]: tag[words] for tag in document["tags"]}
    shown = [Group(name, tuple(groups.pop(tag))) for tag, name in names.items() if tag in groups]
    rest = tuple(operation for operations in groups.values() for operation in operations)
    if rest:
        shown.append(Group("…", rest))
    return ApiView(frame("/api", language), BY_LANGUAGE[language], tuple(shown))


def _operation(path: str, method: str, told: Json, language: Language, document: Json) -> Operation:
    french = told.get("x-summary-fr") if language == "fr" else None
    content = told["responses"].get("200", {}).get("content", {})
    media_type = next(iter(content), "")
    return Operation(
        anchor=told["operationId"],
        method=method.upper(),
        path=path,
        summary=french or told.get("summary", ""),
        summary_language="fr" if french else "en",
        parameters=tuple((one["name"], one["in"]) for one in told.get("parameters", ())),
        needs="security" in told,
        body=_body_example(told, document),
        media_type=media_type,
        answer=_printed(content.get(media_type, {}).get("example")),
    )


def _body_example(told: Json, document: Json) -> str | None:
    schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    examples = document["components"]["schemas"].get(name, schema).get("examples", [])
    return _printed(examples[0]) if examples else None


def _printed(example: object) -> str | None:
    """JSON indented, text as it is; the first lines of what is long."""
    if example is None:
        return None
    text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=1)
    lines = text.splitlines()
    return "\n".join(lines if len(lines) <= LONGEST_EXAMPLE else [*lines[:LONGEST_EXAMPLE], "…"])
