"""The page docs/accuracy/waits.md, from the scores of variants by port."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from scripts.waits.limits import HITS, Limit, against_fusion
from scripts.waits.traces import Coverage, Trace, by_hour, by_stream, by_told

TRUSTED = ("truck_fast", "car_nexus")
CLOSE_OR_TENTH = "within_3min_or_10pct_over10min"
Figures = dict[str, Any]
Results = dict[str, dict[str, Figures]]
REFERENCES = (
    ("fusion (LIMITS)", "190", "314", ".695", ".451", ".89", "650", "7.4", ".455 / 290", ".499"),
    ("fusion without matches (LIMITS)", "-", "633", "-", ".317", ".79", "-", "-", "-", "-"),
    ("exact-queue formula (LIMITS)", "262", "-", "-", ".564", "-", "-", "-", ".506 / 399", "-"),
    ("oracle now (LIMITS)", "121", "209", ".808", ".620", ".83", "427", "5.4", ".757 / 149", ".683"),
)


def all_traces(ports: dict[str, Figures]) -> list[Trace]:
    """Every stream of every port."""
    return [one for figures in ports.values() for one in figures["traces"]]


def written(results: Results, limits: dict[str, Limit], pictures: str) -> Iterator[str]:
    """The page, line by line; plots lie in the folder `pictures` beside it."""
    yield from (
        "# Accuracy of waits on recorded ports",
        "",
        "Written by `scripts/evaluate waits`. The ports are synthetic (exact truth known); service laws and "
        "drivers are those of a traffic simulation, so the figures do not carry over to a real port as they "
        'stand. Definitions: README and score.py of the recorded ports. "> 10 min": minutes whose true wait '
        "exceeds 10 min; an unknown estimate is a miss there.",
        "",
        "These ports were watched while the engine was built and some choices were compared on them, so "
        "its own rows flatter it; on ports that nobody had looked at, the trusted streams gained nothing.",
        "",
        "## Mean of the ports",
        "",
        "| estimator | MAE s | MAE s, > 10 min | within 3 min | within 3 min, > 10 min | coverage of 90 % | "
        "width s | lag min | FAST and NEXUS pooled, > 10 min: within 3 min / MAE s | "
        "max(3 min, 10 %), > 10 min | `wait_mean_s`: MAE s / within 3 min |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    )
    for name, ports in results.items():
        yield _mean_row(name, list(ports.values()))
    for reference in REFERENCES:
        yield "| " + " | ".join(reference) + " | - |"
    yield from ("", f"CPU of a port-minute, both streams: {1000 * _cpu_s(results):.1f} ms.")
    first = next(iter(results.values()))
    yield from _ports(first, limits)
    yield from (
        "",
        "## Per port and stream (noisy feed, with matches)",
        "",
        "| port, class | MAE s | bias s | MAE s, > 10 min | within 3 min | within 3 min, > 10 min | "
        "max(3 min, 10 %), > 10 min | minutes > 10 min | coverage | width s | `wait_mean_s`: within 3 min | "
        "fusion, oracle now: within 3 min, > 10 min |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    )
    for port, scores in first.items():
        for stream, figures in scores["per_class"].items():
            yield _stream_row(f"{port[:3]} {stream}", figures, limits)
    yield from _pictures(all_traces(first), pictures)


def _ports(first: dict[str, Figures], limits: dict[str, Limit]) -> Iterator[str]:
    """Port by port beside the fusion."""
    found = against_fusion(first, limits)
    better = sum(one.hits > one.fusion_hits for one in found)
    closer = sum(one.mae_s < one.fusion_mae_s for one in found)
    yield from (
        "",
        "## Port by port beside the fusion (noisy feed, with matches)",
        "",
        f"Better than the fusion row in {better} of {len(found)} ports (within 3 min, > 10 min); by MAE in "
        f"{closer}. LIMITS.md has the fusion by stream, rounded to .01; here streams are pooled by minutes.",
        "",
        "| port | within 3 min, > 10 min: ours, fusion | MAE s: ours, fusion | max(3 min, 10 %), > 10 min | "
        "`wait_mean_s`: MAE s / within 3 min |",
        "|---|---|---|---|---|",
    )
    for one in found:
        overall = first[one.port]["overall"]
        yield (
            f"| {one.port} | {_share(one.hits)}, {_share(one.fusion_hits)} | "
            f"{_whole(one.mae_s)}, {_whole(one.fusion_mae_s)} | {_share(overall.get(CLOSE_OR_TENTH))} | "
            f"{_whole(overall['class_mean_mae_s'])} / {_share(overall['class_mean_within_3min'])} |"
        )


def _pictures(found: Sequence[Trace], pictures: str) -> Iterator[str]:
    """Where coverage is off, and the plots; `main` draws them."""
    yield from (
        "",
        "## How often the 90 % band holds the truth (noisy feed, with matches)",
        "",
        "The engine states one band, of 90 %. Minutes of one queue are not independent: one bad hour moves a "
        "row, as the rings (single ports) show. Blue: .88-.92; diamonds lie outside, arrows left of it.",
        "",
        f"![Coverage of the 90 % band by stream, told wait and hour]({pictures}/reliability.png)",
        "",
        "| by | group | minutes | coverage |",
        "|---|---|---|---|",
    )
    for what, rows in (("stream", by_stream(found)), ("told wait", by_told(found)), ("hour", by_hour(found))):
        for row in rows:
            yield _coverage_row(what, row)
    yield from (
        "",
        "## Truth, estimate and band",
        "",
        "Gaps in a line: unknown, or no vehicle to tell a truth.",
    )
    for port in sorted({one.port for one in found}):
        yield from ("", f"![Truth, estimate and 90 % band of {port}]({pictures}/{port}.png)")


def _coverage_row(what: str, row: Coverage) -> str:
    return f"| {what} | {row.label} | {row.minutes} | {_share(row.share)} |"


def _cpu_s(results: Results) -> float:
    """Seconds of CPU that a minute of a port took, the reading of its files included."""
    return statistics.fmean(p["overall"]["cpu_s"] for ports in results.values() for p in ports.values())


def _mean_row(name: str, scores: Sequence[Figures]) -> str:
    def mean(key: str) -> float | None:
        known = [s["overall"][key] for s in scores if s["overall"].get(key) is not None]
        return statistics.fmean(known) if known else None

    lag_min = mean("lag_mean_min")

    cells = [
        _whole(mean("mae_s")),
        _whole(mean("mae_over10min_s")),
        _share(mean("within_3min")),
        _share(mean(HITS)),
        _share(mean("coverage90")),
        _whole(mean("mean_width_s")),
        "-" if lag_min is None else f"{lag_min:.1f}",
        _trusted(scores),
        _share(mean(CLOSE_OR_TENTH)),
        f"{_whole(mean('class_mean_mae_s'))} / {_share(mean('class_mean_within_3min'))}",
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def _trusted(scores: Sequence[Figures]) -> str:
    """Minutes over 10 min of FAST and NEXUS, pooled."""
    streams = [s["per_class"][name] for s in scores for name in TRUSTED if name in s["per_class"]]
    return f"{_share(_pooled(streams, HITS))} / {_whole(_pooled(streams, 'mae_over10min_s'))}"


def _pooled(streams: Sequence[Figures], key: str) -> float | None:
    """The mean of `key`, each stream weighted by its minutes over 10 min."""
    known = [(s["n_over10min"], s[key]) for s in streams if s.get("n_over10min") and s.get(key) is not None]
    minutes = sum(n for n, _ in known)
    return sum(n * value for n, value in known) / minutes if minutes else None


def _stream_row(name: str, figures: Figures, limits: dict[str, Limit]) -> str:
    limit = limits.get(name)
    cells = [
        _whole(figures.get("mae_s")),
        _whole(figures.get("bias_s")),
        _whole(figures.get("mae_over10min_s")),
        _share(figures.get("within_3min")),
        _share(figures.get(HITS)),
        _share(figures.get(CLOSE_OR_TENTH)),
        str(figures.get("n_over10min", 0)),
        _share(figures.get("coverage90")),
        _whole(figures.get("mean_width_s")),
        _share(figures.get("class_mean_within_3min")),
        f"{limit.fusion_hits:.2f}, {limit.oracle_hits:.2f}" if limit else "-, -",
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}".lstrip("0")


def _whole(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"
