"""The operations of the desk and of those who run central."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.web.public.operation import DESK, HEALTH, PUBLIC, Operation

_BY = {"who": "m.tremblay", "at": "2026-11-25T15:30:00Z", "from": "2026-11-25T15:30:00Z"}
_STAFFING: dict[str, Any] = {
    "id": 41,
    "kind": "staffing",
    **_BY,
    "until": "2026-11-25T19:30:00Z",
    "port": "ambassador",
    "direction": "us_bound",
    "lane": "b5",
    "state": "open",
    "serves": ["commercial/fast"],
    "note": "until the end of the shift",
}
_HOLD: dict[str, Any] = {
    "id": 42,
    "kind": "hold",
    **_BY,
    "until": "2026-11-25T16:00:00Z",
    "port": "ambassador",
    "direction": "us_bound",
    "stream": "commercial/fast",
    "note": None,
}
_NOTICE: dict[str, Any] = {
    "direction": None,
    "en": "Two lanes are closed for works.",
    "fr": "Deux voies sont fermées pour travaux.",
    "from": "2026-11-25T15:30:00Z",
    "until": "2026-11-25T23:00:00Z",
}
_NOTICE_ORDER: dict[str, Any] = {
    "id": 43,
    "kind": "notice",
    **_BY,
    "until": "2026-11-25T23:00:00Z",
    "port": "ambassador",
    "direction": None,
    "en": _NOTICE["en"],
    "fr": _NOTICE["fr"],
    "note": None,
}
_OFFICIAL: dict[str, Any] = {
    "direction": "us_bound",
    "stream": "commercial/standard",
    "agency": "cbp",
    "state": "measured",
    "wait_s": 1800,
    "lanes_open": 4,
    "measured_at": "2026-11-25T15:00:00Z",
    "age_s": 2070,
    "seen_first": "2026-11-25T15:05:00Z",
    "seen_last": "2026-11-25T15:30:00Z",
}
_OURS: dict[str, Any] = {
    "state": "measured",
    "reason": None,
    "wait_s": 2520,
    "low_s": 1980,
    "high_s": 3060,
    "age_s": 20,
    "less_s": 720,
}

_LINE: dict[str, Any] = {
    "id": 1207,
    "at": "2026-11-25T15:30:00Z",
    "who": "m.tremblay",
    "address": "192.0.2.7",
    "what": "hold",
    "detail": "ambassador us_bound commercial/fast until 2026-11-25T16:00:00Z",
    "outcome": "done",
}

_EVENT: dict[str, Any] = {
    "id": 88,
    "at": "2026-11-25T15:02:11Z",
    "node": "n2",
    "type": "camera_lost",
    "camera": "c1",
    "lane": None,
    "detail": "no picture for 10 s",
}

DESK_OPERATIONS: Mapping[str, Operation] = {
    "PUT /api/v1/ports/{port}/lanes/{lane}/staffing": Operation(
        DESK,
        "Announce that a booth lane opens or closes, now or later",
        "Annoncer l’ouverture ou la fermeture d’une guérite, maintenant ou plus tard",
        _STAFFING,
    ),
    "DELETE /api/v1/ports/{port}/lanes/{lane}/staffing": Operation(
        DESK,
        "Take back what was announced of a lane",
        "Annuler ce qui a été annoncé pour une voie",
        {"orders": [_STAFFING]},
    ),
    "GET /api/v1/ports/{port}/staffing": Operation(
        DESK, "What is announced of the lanes", "Ce qui est annoncé pour les voies", {"orders": [_STAFFING]}
    ),
    "PUT /api/v1/ports/{port}/publication": Operation(
        DESK,
        "Hold, withdraw or release public figures",
        "Retenir, retirer ou libérer des chiffres publics",
        {"orders": [_HOLD]},
    ),
    "GET /api/v1/ports/{port}/publication": Operation(
        DESK, "Which figures are held", "Les chiffres retenus", {"orders": [_HOLD]}
    ),
    "PUT /api/v1/ports/{port}/notices": Operation(
        DESK,
        "Tell travellers something, in both languages",
        "Publier un avis dans les deux langues",
        _NOTICE_ORDER,
    ),
    "DELETE /api/v1/ports/{port}/notices": Operation(
        DESK, "Take notices back", "Retirer des avis", {"orders": [_NOTICE_ORDER]}
    ),
    "GET /api/v1/ports/{port}/notices": Operation(
        PUBLIC, "Notices for travellers", "Avis aux voyageurs", {"notices": [_NOTICE]}
    ),
    "GET /api/v1/audit": Operation(
        DESK,
        "Who did what from where, newest first, in pages",
        "Qui a fait quoi et d’où, du plus récent au plus ancien, par pages",
        {"entries": [_LINE], "before": None},
    ),
    "GET /api/v1/ports/{port}/orders": Operation(
        DESK,
        "Every order ever given, newest first, in pages",
        "Tous les ordres donnés, du plus récent au plus ancien, par pages",
        {"orders": [_HOLD, _STAFFING], "before": 41},
    ),
    "GET /api/v1/ports/{port}/events": Operation(
        DESK,
        "What happened to nodes and cameras, newest first, in pages",
        "Ce qui est arrivé aux nœuds et aux caméras, du plus récent au plus ancien, par pages",
        {"events": [_EVENT], "before": None},
    ),
    "GET /api/v1/ports/{port}/official": Operation(
        DESK,
        "What the agencies publish, beside our figures",
        "Ce que publient les organismes, à côté de nos chiffres",
        {"figures": [_OFFICIAL | {"ours": _OURS}]},
    ),
    "GET /api/v1/ports/{port}/official/history": Operation(
        DESK,
        "What the agencies published of a stream, newest first, in pages",
        "Ce que les organismes ont publié d’une catégorie, du plus récent au plus ancien, par pages",
        {"figures": [_OFFICIAL], "before": None},
    ),
    "GET /healthz": Operation(
        HEALTH, "Whether the process answers", "Si le service répond", {"status": "ok"}
    ),
    "GET /readyz": Operation(
        HEALTH,
        "Whether figures can be trusted to be fresh",
        "Si les chiffres sont à jour",
        "ready",
        "text/plain",
        also=((503, "text/plain", "not ready: broker"),),
    ),
}
