"""docs/accuracy/plates.md out of results: rendered and real apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scripts.plates.cost import Cost
from scripts.plates.rendered import LOOKS, Score
from scripts.plates.sets import SetScore
from simulator.plates import SERIES

CAVEAT = """Widths of 48 to 120 px: what a camera gives that is set up for plates, not one that sees four
lanes. Rendered faces are cleaner than the road: take these figures as an upper bound."""
UNLABELLED = """No label says what stands on these plates of real vehicles: nothing that was read is kept or
printed, no wrong-read rate can be told. `steady`: three cuts, shifted by a pixel, give one text."""
ASSUMED = "The recorded ports of the wait benchmark assume 77.5 % read, and 2 % of booth reads wrong."


def page(finder_name: str, parts: list[str]) -> str:
    """docs/accuracy/plates.md."""
    head = f"""# Reading of plates

Printed by `scripts/evaluate plates`; nothing here is written by hand. Rendered and real stand apart.
Reading is off by default (docs/privacy/). {ASSUMED}

Finder: `{finder_name}`; reader: rapidocr's PP-OCR recogniser. A read is right when all characters are,
look-alikes ({{0OQD}} {{1IL}} {{8B}} {{5S}} {{2Z}} {{6G}}) taken as one. Wrong reads are a share of reads.
"""
    return "\n".join([head, *parts]) + "\n"


def rendered_part(rows: Sequence[tuple[str, Score, Score]], vehicles: int) -> str:
    """The table of rendered plates."""
    lines = [
        f"## Rendered North American plates: {vehicles} vehicles a condition, {LOOKS} looks at each",
        "| condition | single looks: read | wrong | several looks: vehicles read | wrong |",
        "|---|---|---|---|---|",
    ]
    total = Score(), Score()
    for name, single, together in rows:
        lines.append(f"| {name} | {single.cells()} | {together.cells()} |")
        for whole, part in zip(total, (single, together), strict=True):
            whole.shown, whole.read, whole.wrong = (
                whole.shown + part.shown, whole.read + part.read, whole.wrong + part.wrong,
            )  # fmt: skip
    lines.append(f"| all | {total[0].cells()} | {total[1].cells()} |")
    places = ", ".join(dict.fromkeys(series.place.title() for series in SERIES))
    lines.append(f"\nSeries: {places}. {CAVEAT}")
    return "\n".join(lines)


def sets_part(scores: Mapping[str, SetScore | None]) -> str:
    """The table of the plate sets; None: that set is not here."""
    lines = [
        "\n## Crops of the plate sets (real, labelled boxes)",
        UNLABELLED,
        "",
        "| set | plates | large enough | of these read | steady |",
        "|---|---|---|---|---|",
    ]
    for name, score in scores.items():
        if score is None:
            lines.append(f"| {name} | not beside this repository | | | |")
            continue
        large = max(1, score.large)
        lines.append(
            f"| {name} | {score.plates} | {score.large} | {100 * score.read / large:.1f} % "
            f"| {100 * score.steady / large:.1f} % |"
        )
    return "\n".join(lines)


def cost_part(cost: Cost) -> str:
    """What reading costs."""
    return f"""
## Cost, apart from measuring
One look = finding in the picture of one vehicle, then reading. One thread, median of 40; beside it one
inference of the vehicle detector in the same run.

| | ms | of a vehicle inference | MB more |
|---|---|---|---|
| finding | {cost.find_ms:.1f} | {cost.find_ms / cost.bare_ms:.2f} | {cost.find_mb:.0f} |
| reading | {cost.read_ms:.1f} | {cost.read_ms / cost.bare_ms:.2f} | {cost.read_mb:.0f} |

At most `looks_per_s` (5) looks a second for all cameras of a node, and none once a vehicle's looks agree."""
