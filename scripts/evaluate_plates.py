"""Reading of plates against known truth, and what it costs -> docs/accuracy/plates.md.

scripts/evaluate plates             rendered North American plates, the plate sets' pictures, cost
scripts/evaluate plates --vehicles 40   so many rendered vehicles a condition
scripts/evaluate plates --model FILE    another finder
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge.detection.layouts import ModelError
from edge.plates.finder import load_finder
from edge.plates.reader import PlateReader
from scripts.plates.cost import cost_of
from scripts.plates.page import cost_part, page, rendered_part, sets_part
from scripts.plates.rendered import rendered
from scripts.plates.sets import SETS, plate_set

REPOSITORY = Path(__file__).parents[1]
PAGE = REPOSITORY / "docs" / "accuracy" / "plates.md"


def main() -> int:
    """Measure, print, write the page."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate plates", description=__doc__)
    parser.add_argument("--vehicles", type=int, default=60, help="rendered vehicles a condition")
    parser.add_argument("--model", help="the finder, if not the pack `plates`")
    options = parser.parse_args()
    model = options.model or "plates"
    try:
        finder, reader = load_finder(model), PlateReader.load()
    except ModelError as error:
        print(error, file=sys.stderr)
        return 2
    rows = []
    for row in rendered(finder, reader, options.vehicles):
        print(f"{row[0]}: single {row[1].cells()}; together {row[2].cells()}")
        rows.append(row)
    sets = {name: plate_set(listed, reader) for name, listed in SETS.items()}
    parts = [
        rendered_part(rows, options.vehicles),
        sets_part(sets),
        cost_part(cost_of(finder, reader, model)),
    ]
    text = page(finder.model, parts)
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
