"""The fusion and the oracle of LIMITS.md, by port and stream, and which ports the engine does better in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HITS = "within_3min_over10min_unknown_missed"


@dataclass(frozen=True, slots=True)
class Limit:
    """What LIMITS.md says of one stream: MAE in s, and within 3 min where the true wait exceeds 10 min."""

    fusion_mae_s: float
    fusion_hits: float
    oracle_hits: float


@dataclass(frozen=True, slots=True)
class Against:
    """A port, its streams pooled: the engine beside the fusion. LIMITS.md rounds its shares to .01."""

    port: str
    hits: float
    fusion_hits: float
    mae_s: float
    fusion_mae_s: float


def read_limits(path: Path) -> dict[str, Limit]:
    """By port and class, as `p01 truck_fast`."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("p0"):
            fusion, oracle = ([float(figure) for figure in cell.split(" / ")] for cell in cells[1:3])
            found[cells[0]] = Limit(fusion[0], fusion[3], oracle[3])
    return found


def against_fusion(ports: Mapping[str, Any], limits: Mapping[str, Limit]) -> list[Against]:
    """Ports whose every stream LIMITS.md knows; figures weighted by the minutes of each stream."""
    found = []
    for port, scores in ports.items():
        streams = [(limits.get(f"{port[:3]} {name}"), one) for name, one in scores["per_class"].items()]
        known = [(limit, one) for limit, one in streams if limit is not None]
        far = sum(one.get("n_over10min", 0) for _, one in known)
        if len(known) < len(streams) or not far:
            continue
        minutes = sum(one["n_truth"] for _, one in known)
        found.append(
            Against(
                port,
                scores["overall"][HITS],
                sum(limit.fusion_hits * one.get("n_over10min", 0) for limit, one in known) / far,
                scores["overall"]["mae_s"],
                sum(limit.fusion_mae_s * one["n_truth"] for limit, one in known) / minutes,
            )
        )
    return found
