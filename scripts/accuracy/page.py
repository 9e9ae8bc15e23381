"""The figures as a page: real and rendered pictures never in one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]

HEAD = """# Accuracy of the models

Written by `scripts/evaluate models`. AP by pycocotools (101 recalls, 300 boxes a picture, `ignore` areas as
crowd), whatever the class unless a class is named. Precision and recall at IoU 0.5 and at the score on the
pack's card (references: 0.3). Suppression is across classes; its IoU is named, references stand at two. None
of these pictures was learnt from, and none chose a threshold.
"""


def figure(value: float | None) -> str:
    """Three digits, or a dash for what there is none of."""
    return "-" if value is None else f"{value:.3f}".replace("0.", ".", 1) if value < 1 else f"{value:.3f}"


def table(columns: list[str], rows: Iterable[list[str]]) -> list[str]:
    """Markdown."""
    return [
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]


def main_table(rows: list[Row]) -> list[str]:
    """Overall figures of every detector on one set."""
    return table(
        [
            "detector",
            "input",
            "AP50",
            "AP50-95",
            "score",
            "precision",
            "recall",
            "by day",
            "by night",
        ],
        (
            [
                r["detector"],
                r["setting"],
                figure(r["ap50"]),
                figure(r["ap50_95"]),
                f"{r['score']:g}",
                figure(r["precision"]),
                figure(r["recall"]),
                figure(r["day"]["recall"]),
                figure(r["night"]["recall"]),
            ]
            for r in rows
        ),
    )


def size_table(rows: list[Row]) -> list[str]:
    """Recall by size of the true box."""
    names = list(rows[0]["recall_by_size"])
    counts = {n: (rows[0]["recall_by_size"][n] or (0, 0))[1] for n in names}
    return table(
        ["recall", "input", *(f"{n} ({counts[n]})" for n in names)],
        (
            [
                r["detector"],
                r["setting"],
                *(figure(s[0]) if (s := r["recall_by_size"][n]) else "-" for n in names),
            ]
            for r in rows
        ),
    )


def class_table(rows: list[Row]) -> list[str]:
    """AP50 of each class, and the share of found vehicles of a class that are called so."""
    names = [n for n, ap in rows[0]["ap50_by_class"].items() if ap is not None]
    return table(
        ["detector", "input", *(f"AP50 {n}" for n in names), *(f"{n} called so" for n in names)],
        (
            [
                r["detector"],
                r["setting"],
                *(figure(r["ap50_by_class"][n]) for n in names),
                *(figure(r["called_so"][n]) for n in names),
            ]
            for r in rows
        ),
    )


def confusion_table(row: Row) -> list[str]:
    """What one detector called the vehicles of each true class."""
    cells: dict[str, dict[str, int]] = row["confusion"]
    names = [*(n for n in cells), "missed"]
    lines = table(
        ["true, then called", *names],
        ([f"{true}", *(str(cells[true].get(n, 0)) for n in names)] for true in cells),
    )
    return [f"{row['detector']}, {row['setting']}:", "", *lines]


def section(rows: list[Row], classed: bool) -> list[str]:
    """All tables of one set."""
    first = rows[0]
    lines = [
        f"### {first['set']}",
        "",
        f"{first['pictures']} pictures, {first['boxes']} boxes; {first['kind']}.",
        "",
        *main_table(rows),
        *size_table(rows),
    ]
    if classed:
        lines += class_table(rows)
        for row in [r for r in rows if r["shown"]]:
            lines += confusion_table(row)
    return lines
