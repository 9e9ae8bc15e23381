"""The operations about the next hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.web.public.operation import DESK, PUBLIC, Operation

_TOLD: dict[str, Any] = {"wait_s": 1500, "low_s": 700, "high_s": 2600, "basis": ["balance", "queue"]}
_FORECAST: dict[str, Any] = {
    "port": "ambassador",
    "generated_at": "2026-11-25T15:14:30Z",
    "arrive_at": "2026-11-25T17:00:00Z",
    "streams": [
        {
            "direction": "us_bound",
            "stream": "commercial/fast",
            "state": "measured",
            "forecast": _TOLD,
            "reason": None,
        }
    ],
}
_WHATIF: dict[str, Any] = {
    "port": "ambassador",
    "direction": "us_bound",
    "lane": "b5",
    "state": "open",
    "serves": ["commercial/fast"],
    "at": "2026-11-25T15:14:00Z",
    "streams": [
        {
            "stream": "commercial/fast",
            "points": [
                {
                    "at": "2026-11-25T16:14:00Z",
                    "without": _TOLD,
                    "with": _TOLD | {"wait_s": 900, "low_s": 300, "high_s": 1700},
                    "change_s": -600,
                }
            ],
        }
    ],
}

_SHARE: dict[str, Any] = {"share": 0.871, "low": 0.842, "high": 0.896, "of": 604}
_KIND: dict[str, Any] = {
    "figures": [
        {
            "ahead_min": 0,
            "n": 604,
            "mae_s": 96,
            "bias_s": -12,
            "within_3min": _SHARE,
            "coverage_90": _SHARE | {"share": 0.904, "low": 0.878, "high": 0.925},
        }
    ],
    "actual": {
        "n": 604,
        "p95_s": 2460,
        "standards": [{"within_min": 45, **_SHARE, "target": 0.9, "met": False}],
    },
}
_ACCURACY: dict[str, Any] = {
    "generated_at": "2026-11-25T15:14:30Z",
    "from": "2026-10-26T15:14:30Z",
    "to": "2026-11-25T15:14:30Z",
    "ports": [
        {
            "id": "ambassador",
            "streams": [
                {
                    "direction": "us_bound",
                    "traffic": "commercial",
                    "class": "fast",
                    "verified": _KIND | {"fhwa": _SHARE | {"target": 0.85, "met": None}},
                    "self_consistent": _KIND,
                }
            ],
        }
    ],
}

AHEAD_OPERATIONS: Mapping[str, Operation] = {
    "GET /api/v1/ports/{port}/forecast": Operation(
        PUBLIC,
        "The wait to expect at an arrival up to 4 hours ahead",
        "L’attente à prévoir pour une arrivée dans les 4 heures",
        _FORECAST,
    ),
    "GET /feed/v1/accuracy.json": Operation(
        PUBLIC,
        "How right the figures of the last 30 days were",
        "La justesse des chiffres des 30 derniers jours",
        _ACCURACY,
    ),
    "POST /api/v1/ports/{port}/whatif": Operation(
        DESK,
        "The next hour if a booth opened, closed or changed class",
        "La prochaine heure si une guérite ouvrait, fermait ou changeait de catégorie",
        _WHATIF,
    ),
}
